"""What the board says of alarms: on top, in the header, in each row, beside it, and in the palette."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from micboard_tui.contracts.holder_texts import TAKES_OVER
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.command_palette import alarm_commands
from micboard_tui.tui.draw.alarm_sign import FLASH_OFF
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.terminal.frame_rate import FrameRate
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.tui.conftest import strips_of, text_of
from tests.tui.scripted_rig import settle
from tests.tui.test_alarm_desk import BATTERY, NOW, OFFLINE, RACK, RF_LOST, alarms_of, rig_of_four
from tests.tui.test_screens import open_board

BY_DESIGN = SuppressedCondition(OFFLINE, SuppressionReason.OUT_OF_SERVICE, 0.0)


def line(board: BoardScreen, name: str) -> str:
    return board.query_one(name, Lines).text


async def test_alarms_on_the_board(screen: SnapshotAssertion) -> None:
    rig = rig_of_four()
    async with open_board(rig, (80, 24), operator="Pia") as (app, pilot):
        rig.alarms.show(*alarms_of(rig.live.now()))
        for size in ((80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            settle(app)
            await pilot.pause()
            app.board_screen.board.select(ChannelRef(RACK, 2))
            settle(app)
            await pilot.pause()
            assert text_of(app) == screen(name=f"{size[0]}x{size[1]}")


async def test_the_top_line_follows_what_people_have_seen() -> None:
    rig = rig_of_four()
    async with open_board(rig, (120, 24), operator="Pia") as (app, pilot):
        board = settle(app)
        # Before any alarm was raised, what is wrong stands there.
        assert line(board, "#worst").startswith(" Offline")
        lost = Alarm(RF_LOST, NOW, rig.live.now() - 13, rig.live.now())
        rig.alarms.show(lost)
        settle(app)
        assert line(board, "#worst").startswith(" ! RF lost 13s: Lead, Rack A/1 – check pack")
        await pilot.click("#worst", offset=(5, 0))
        assert board.board.selected == ChannelRef(RACK, 1)
        # One that cleared unseen stays, and says so.
        rig.alarms.show(replace(lost, cleared_at=rig.live.now()))
        settle(app)
        assert line(board, "#worst").startswith(" ! RF lost, cleared 13s: Lead")
        # The palette acknowledges without opening the desk.
        [command] = alarm_commands(board, app.run_action)
        await command.callback()
        await until(lambda: rig.alarms.actors == ["Pia"])
        settle(app)
        assert " new" not in line(board, "#header")
        # The worst problem again; what was seen of it says so.
        rig.alarms.show(Alarm(BATTERY, NOW, 1.0, 2.0, acknowledged_by="Pia", acknowledged_at=3.0))
        settle(app)
        assert "1 seen" in line(board, "#header")
        # And what nobody wants as an alarm says so, too.
        rig.live.findings = replace(rig.live.findings, alarms=AlarmList(suppressed=(BY_DESIGN,)))
        settle(app)
        assert line(board, "#worst").startswith(" by design: Offline")


async def test_only_the_sign_of_an_urgent_new_alarm_flashes() -> None:
    rig = rig_of_four()
    async with open_board(rig, (80, 24)) as (app, pilot):
        rig.alarms.show(*alarms_of(rig.live.now()))
        board = settle(app)
        presenter = board._presenter
        presenter.flash_off = FLASH_OFF

        def colors() -> list[object]:
            board.sample()
            return [segment.style for strip in strips_of(app) for segment in strip if segment.text == "!"]

        settle(app)
        steady = colors()
        rig.manual_clock.now += 0.25
        other = colors()
        assert len(steady) == len(other)
        assert sum(a != b for a, b in zip(steady, other, strict=True)) == 1
        # With few frames nothing flashes.
        presenter.flash_off = None
        assert colors() == steady
        await pilot.pause()


async def test_without_colours_the_flashing_sign_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    rig = rig_of_four()
    async with open_board(rig, (80, 24)) as (app, _):
        rig.alarms.show(Alarm(RF_LOST, NOW, rig.live.now() - 13, rig.live.now()))
        board = settle(app)
        board.tick()
        rows = [text_of(app).splitlines()[4][:6]]
        rig.manual_clock.now += 0.25
        board._frame_rate = FrameRate(10)
        board.tick()
        rows.append(text_of(app).splitlines()[4][:6])
        assert [row[3] for row in sorted(rows)] == ["!", "*"]


async def test_while_another_process_reads_the_devices_the_board_shows_which_and_no_channel_as_live() -> None:
    rig = rig_of_four()
    rig.leases.other = "Ada on foh"
    async with rig.app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, MicboardApp)
        await until(lambda: rig.opened == 1 and len(app._notifications) > 0)
        board = settle(app)
        assert line(board, "#worst").startswith(" Read by Ada on foh since ")
        (refusal,) = app._notifications
        assert TAKES_OVER in refusal.message
        assert (rig.drivers, {device.state.is_online for device in rig.live.snapshot()}) == ({}, {False})
