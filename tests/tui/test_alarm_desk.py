"""The alarm desk: what it lists, what its keys do, and that nothing jumps."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_flood import AlarmFlood
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.alarm_desk_screen import AlarmDeskScreen
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.moment_screen import MomentScreen
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import FACTS, METERS, SILENT, ScriptedRig, device, reports, settle, vocal
from tests.tui.test_screens import open_board

pytestmark = pytest.mark.journey

NOW, SOON, AT_BREAK = AlarmPriority.NOW, AlarmPriority.SOON, AlarmPriority.AT_BREAK
RACK, GONE = device(2).id, device(3).id
FULL = Battery(97, 5, 480)
RF_LOST = AlarmKey(ProblemCode.RF_LOST, RACK, 1)
BATTERY = AlarmKey(ProblemCode.BATTERY_CRITICAL, RACK, 2)
QUALITY = AlarmKey(ProblemCode.QUALITY_LOW, RACK, 3)
OFFLINE = AlarmKey(ProblemCode.OFFLINE, GONE)
CLIP = AlarmKey(ProblemCode.AUDIO_CLIP, RACK, 4)


def rig_of_four() -> ScriptedRig:
    """Four channels on a receiver, the last a spare, and a receiver that is gone."""
    quiet = METERS._replace(audio_dbfs=-70.0)
    channels = [
        vocal("Lead", 470_400, FULL),
        vocal("Nurse", 470_800, Battery(9, 1, 11)),
        vocal("Paris", 471_200, FULL),
        (replace(FACTS, name="Spare 2", frequency_khz=471_600), quiet),
    ]
    return ScriptedRig(
        {"127.0.0.2": reports("Rack A", *channels), "127.0.0.3": SILENT}, device(2), device(3, name="Rack B")
    )


def alarms_of(now: float) -> list[Alarm]:
    hidden = (AlarmKey(ProblemCode.RF_LOW, GONE, number) for number in (1, 2, 3))
    seen = {"acknowledged_by": "Pia", "acknowledged_at": now - 120}
    return [
        Alarm(RF_LOST, NOW, now - 13, now, count=3, is_flapping=True),
        Alarm(BATTERY, NOW, now - 400, now, **seen, note="swap after the duel"),  # type: ignore[arg-type]
        Alarm(OFFLINE, NOW, now - 7500, now),
        *(Alarm(key, AT_BREAK, now - 7500, now, hidden_by=OFFLINE) for key in hidden),
        Alarm(QUALITY, SOON, now - 95, now - 61, cleared_at=now - 60),
        Alarm(CLIP, AT_BREAK, now - 40, now, shelved_by="Pia", shelved_until=now + 840),
    ]


@asynccontextmanager
async def open_desk(
    size: tuple[int, int] = (80, 24),
) -> AsyncGenerator[tuple[ScriptedRig, MicboardApp, Pilot[str], AlarmDeskScreen]]:
    """The desk over these alarms."""
    rig = rig_of_four()
    async with open_board(rig, size, operator="Pia") as (app, pilot):
        assignments = app._background.services.assignments  # type: ignore[union-attr]
        await assignments.assign([ChannelRef(RACK, 1)], "Mercutio", actor="Pia")
        rig.alarms.show(*alarms_of(rig.live.now()))
        await pilot.press("a")
        assert isinstance(app.screen, AlarmDeskScreen)
        await pilot.pause()
        app.screen.show_current()
        await pilot.pause()
        yield rig, app, pilot, app.screen


def lines_of(desk: AlarmDeskScreen) -> list[str]:
    return desk.query_one("#alarms", Lines).text.split("\n")


@pytest.mark.no_cover
async def test_the_desk_at_all_sizes(screen: SnapshotAssertion) -> None:
    async with open_desk() as (_, app, pilot, desk):
        for size in ((80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            desk.show_current()
            await pilot.pause()
            assert text_of(app) == screen(name=f"{size[0]}x{size[1]}")


async def test_what_the_keys_do() -> None:
    async with open_desk((120, 24)) as (rig, app, pilot, desk):
        live = rig.live
        # One is acknowledged and stays on its line; its state says who saw it.
        assert "Offline +3 channels" in lines_of(desk)[0]
        await pilot.press("a")
        await until(lambda: "seen 0s Pia" in lines_of(desk)[0])
        # Several marked ones at once.
        await pilot.press("down", "space", "space")
        assert desk.chosen_alarms == [BATTERY, RF_LOST]
        await pilot.press("A")
        await pilot.pause()
        await pilot.press("down", "enter")
        await until(lambda: len(lines_of(desk)) == 2)
        shelved = {alarm.key: alarm.shelved_until for alarm in live.findings.alarms.alarms}
        assert shelved[RF_LOST] == shelved[BATTERY] == live.now() + 900
        # u takes it back.
        await pilot.press("u")
        await until(lambda: len(lines_of(desk)) == 4)
        # All that are new, after a question that says how many.
        await pilot.press("asterisk")
        await pilot.pause()
        assert "all 2 new alarms" in text_of(app)
        await pilot.press("y")
        await until(lambda: not live.findings.alarms.new)
        assert set(rig.alarms.actors) == {"Pia"}
        # A note.
        await pilot.press("n")
        await pilot.pause()
        await pilot.press(*"cable", "enter")
        await until(lambda: any(alarm.note == "cable" for alarm in live.findings.alarms.alarms))


def cleared_at(now: float) -> AlarmEvent:
    old = Alarm(CLIP._replace(channel=1), AT_BREAK, now - 900, 0.0, cleared_at=now)
    return AlarmEvent(AlarmEventKind.CLEARED, old, now)


async def fail_to_read_past(rig: ScriptedRig, desk: AlarmDeskScreen) -> None:
    """Past alarms that cannot be read are not called none."""
    rig.alarms.is_broken = True
    desk._read_past()
    await until(lambda: "past ones cannot be read" in desk.query_one("#header", Lines).text)


async def test_what_is_listed() -> None:
    async with open_desk((120, 24)) as (rig, _app, pilot, desk):
        # Nothing jumps: what is selected stays on its line while others come before it.
        await pilot.press("end")
        assert desk.selected is not None
        assert desk.selected.alarm.key == QUALITY
        new = Alarm(AlarmKey(ProblemCode.RF_LOST, RACK, 3), NOW, rig.live.now(), rig.live.now())
        rig.alarms.show(*rig.live.findings.alarms.alarms, new)
        desk.show_current()
        assert desk.selected.alarm.key == QUALITY
        # By words, then all of it again.
        await pilot.press("slash", *"merc", "enter")
        assert [line.split()[:3] for line in lines_of(desk)] == [["▌!", "0:13", "RF"]]
        await pilot.press("escape")
        assert len(lines_of(desk)) == 5
        # Of other kinds; past ones come from the history.
        rig.alarms.history.append(cleared_at(rig.live.now()))
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("space", "down", "space", "end", "space", "enter")
        await pilot.pause()
        desk.show_current()
        await until(lambda: len(lines_of(desk)) == 1)
        assert ("cleared 0s" in lines_of(desk)[0], desk.chosen_alarms) == (True, [])
        await fail_to_read_past(rig, desk)
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("c")
        assert len(lines_of(desk)) == 5


async def test_where_enter_and_a_double_click_go() -> None:
    async with open_desk() as (_, app, pilot, desk):
        await pilot.press("down", "down")
        assert desk.selected is not None
        assert desk.selected.alarm.key == RF_LOST
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BoardScreen)
        assert app.screen.board.selected == ChannelRef(RACK, 1)
        # It goes to the board past other screens.
        await pilot.press("enter", "a")
        await pilot.pause()
        await pilot.click("#alarms", offset=(10, 1))
        await pilot.click("#alarms", offset=(10, 1), times=2)
        await until(lambda: isinstance(app.screen, BoardScreen))
        assert app.screen.board.selected == ChannelRef(RACK, 2)


async def test_an_empty_desk_says_what_would_stand_there(screen: SnapshotAssertion) -> None:
    async with open_desk() as (rig, app, pilot, desk):
        rig.alarms.show()
        desk.show_current()
        await pilot.pause()
        assert text_of(app) == screen
        await pilot.press("a", "A", "n", "asterisk", "enter", "space")
        assert rig.alarms.actors == []
        refused = await rig.alarms.acknowledge([RF_LOST], actor="Pia")
        assert not refused.success
        assert refused.error.code is ErrorCode.ALARM_NOT_FOUND


async def test_in_a_flood_what_can_wait_is_one_line_for_each_device() -> None:
    async with open_desk((120, 24)) as (rig, app, pilot, desk):
        now = rig.live.now()
        waiting = [
            Alarm(AlarmKey(cause, RACK, number), priority, now - number, now)
            for number in (1, 2, 3)
            for cause, priority in ((ProblemCode.QUALITY_LOW, SOON), (ProblemCode.AUDIO_CLIP, AT_BREAK))
        ]
        urgent = Alarm(RF_LOST, NOW, now, now)
        alarms = AlarmList((urgent, *waiting), AlarmFlood(now - 130, 63, OFFLINE))
        rig.live.findings = replace(rig.live.findings, alarms=replace(alarms, flood=None))
        desk.show_current()
        await pilot.press("end", "space")
        marked = desk.chosen_alarms
        assert len(marked) == 1
        rig.live.findings = replace(rig.live.findings, alarms=alarms)
        desk.show_current()
        settle(app)
        # What was marked before the flood stays marked, and nothing else is.
        assert desk.chosen_alarms == marked
        await pilot.press("escape")
        assert "FLOOD 63 in 2:10, first: Offline Rack B" in desk.query_one("#header", Lines).text
        assert "FLOOD 63" in app.board_screen.query_one("#header", Lines).text
        first, second = lines_of(desk)
        assert "RF lost" in first
        assert "Poor quality +5 alarms" in second
        # What is done on the line is done with all of it.
        await pilot.press("end")
        assert len(desk.chosen_alarms) == 6
        await pilot.press("a")
        await until(lambda: len(rig.live.findings.alarms.new) == 1)


async def test_t_goes_to_the_moment_of_the_alarm_and_back() -> None:
    async with open_desk((120, 40)) as (rig, app, pilot, desk):
        alarm = rig.live.findings.alarms.alarms[0]
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, MomentScreen))
        moment = app.screen
        assert isinstance(moment, MomentScreen)
        assert moment.chosen_moment == alarm.raised_at
        await pilot.press("escape")
        assert app.screen is desk
