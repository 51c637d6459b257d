"""Keys for the selected channels, from the key to what the board shows. The flows have tests of their own."""

from dataclasses import replace

import pytest
from textual.widgets import Input, OptionList, Static

from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.mic_number import count_up
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.filter import ChannelFilter, Criterion, CriterionKind
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.flows import flow_starter
from micboard_tui.tui.screens.channel_screen import ChannelScreen
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.mic_number_dialog import MicNumberDialog, MicNumberQuestion
from micboard_tui.tui.screens.name_picker import NamePicker
from micboard_tui.tui.screens.swap_screen import SwapScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import FULL, UNASSIGNED, two_receivers, vox
from tests.tui.scripted_rig import (
    CHAPEL,
    FACTS,
    METERS,
    SILENCE,
    AllServices,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)
from tests.tui.test_app import board, open_app, toasts

pytestmark = pytest.mark.journey


def held(rig: ScriptedRig, ref: ChannelRef) -> Assignment | None:
    state = rig.live.channel(ref)
    return state.assignment if state else None


def who(rig: ScriptedRig, ref: ChannelRef) -> str | None:
    assignment = held(rig, ref)
    return assignment.performer.name if assignment and assignment.performer else None


async def wait_for_picker(app: MicboardApp) -> NamePicker:
    await until(lambda: isinstance(app.screen, NamePicker) and bool(app.screen.query(OptionList)))
    assert isinstance(app.screen, NamePicker)
    return app.screen


@pytest.mark.no_cover
async def test_two_letters_and_enter_give_a_channel_to_somebody() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("n")
        await wait_for_picker(app)
        await pilot.press(*"Ada L", "enter")
        await until(lambda: who(rig, vox(1)) == "Ada L")
        await pilot.press("down", "n")
        await wait_for_picker(app)
        await pilot.press("a", "d", "tab", "enter")
        await until(lambda: who(rig, vox(2)) == "Ada L")
        assert [held(rig, vox(number)).role for number in (1, 2)] == [Role.PRIMARY, Role.BACKUP]  # type: ignore[union-attr]
        await until(lambda: any(each.startswith("Ada L has Vox 2") for each in toasts(app)))
        settle(app)
        assert "Ada L" in text_of(app)


@pytest.mark.no_cover
async def test_marked_channels_are_given_away_together_and_taken_back_in_one_step() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("space", "shift+down")
        assert board(app).marked == {vox(1), vox(2), vox(3)}
        settle(app)
        assert "3 marked" in text_of(app)
        await pilot.press("n")
        await wait_for_picker(app)
        await pilot.press(*"Trio", "enter")
        await until(lambda: [who(rig, vox(number)) for number in (1, 2, 3)] == ["Trio"] * 3)
        await until(lambda: not board(app).marked)
        await until(lambda: any("live on another primary" in each for each in toasts(app)))
        await pilot.press("u")
        await until(lambda: [who(rig, vox(number)) for number in (1, 2, 3)] == [None] * 3)
        await pilot.press("ctrl+r")
        await until(lambda: who(rig, vox(3)) == "Trio")
        await until(
            lambda: any(each.startswith("Redone: 3 channels assigned to Trio") for each in toasts(app))
        )


async def test_marks_come_and_go() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("space", "up", "space")
        assert board(app).marked == set()
        await pilot.press("asterisk")
        assert len(board(app).marked) == 5
        await pilot.press("asterisk")
        assert not board(app).marked
        await pilot.press("end", "shift+up", "escape")
        assert not board(app).marked


async def test_nothing_is_done_to_what_a_filter_hides() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("asterisk")
        rig.report(
            2,
            *reports(
                "A",
                *[vocal(f"Vox {each}", 470_000 + each * 400, FULL, SILENCE) for each in (1, 2, 3)],
            ),
        )
        settle(app)
        app.board_screen.show_view(
            View(channel_filter=ChannelFilter(frozenset({Criterion(CriterionKind.STATE, "rf_lost")})))
        )
        assert board(app).marked == {vox(1), vox(2), vox(3)}


async def test_a_spare_takes_over_with_one_key() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("s")
        await until(lambda: any("Vox 1 has no performer" in each for each in toasts(app)))
        await pilot.press("n")
        await wait_for_picker(app)
        await pilot.press(*"Ada", "enter")
        await until(lambda: who(rig, vox(1)) == "Ada")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.pause()
        assert "4 ready" in str(app.screen.query_one("#answer", Static).content)
        await pilot.press("j", "k", "enter")
        await until(lambda: who(rig, vox(2)) == "Ada")
        left = held(rig, vox(1))
        assert left is not None
        assert left.expected_off
        assert left.performer is None
        await until(lambda: board(app).selected == vox(2))
        await until(lambda: any("Vox 1 is still live" in each for each in toasts(app)))


async def test_a_spare_that_goes_says_so_on_its_line() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("n")
        await wait_for_picker(app)
        await pilot.press("enter")
        await until(lambda: who(rig, vox(1)) == "Vox 1")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, SwapScreen)
        rig.report(
            2,
            *reports(
                "A",
                *[vocal(f"Vox {each}", 470_000 + each * 400, FULL, SILENCE) for each in (1, 2, 3)],
            ),
        )
        services = app._background.services
        assert services is not None
        await services.assignments.mark([ChannelRef(device(3).id, 1)], expected_off=True, actor="Pia")
        screen.refresh_spares()
        options = screen.query_one(OptionList)
        assert [options.get_option_at_index(place).disabled for place in range(4)] == [
            False,
            False,
            True,
            False,
        ]
        assert "RF lost" in str(options.get_option_at_index(0).prompt)
        assert "1 ready" in str(screen.query_one("#answer", Static).content)
        await pilot.press("escape")
        assert who(rig, vox(1)) == "Vox 1"


async def test_without_any_spare_it_is_said() -> None:
    rig = ScriptedRig({"127.0.0.2": reports("A", vocal("Vox 1", 470_400, FULL))}, device(2))
    async with open_app(rig) as (app, pilot):
        await pilot.press("n")
        await wait_for_picker(app)
        await pilot.press("enter")
        await until(lambda: who(rig, vox(1)) == "Vox 1")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.pause()
        assert "No channel is free" in str(app.screen.query_one("#answer", Static).content)
        await pilot.press("enter", "escape")


async def test_what_is_expected_to_be_off_is_no_alarm_and_shows_as_off() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        rig.report(
            2,
            *reports(
                "A",
                *[vocal(f"Vox {each}", 470_000 + each * 400, FULL, SILENCE) for each in (1, 2, 3)],
            ),
        )
        settle(app)
        assert text_of(app).count("RF lost") >= 3
        await pilot.press("asterisk", "x")
        # The two of the other receiver are live.
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(lambda: all(rig.live.channel(vox(each)).expected_off for each in (1, 2, 3)))  # type: ignore[union-attr]
        settle(app)
        assert "RF lost" not in text_of(app)
        assert text_of(app).count("expected off") >= 3
        await pilot.press("home", "x")
        await until(lambda: not rig.live.channel(vox(1)).expected_off)  # type: ignore[union-attr]


async def test_a_receiver_moves_up_and_down_the_rack() -> None:
    rig = ScriptedRig(
        {
            f"127.0.0.{each}": reports(name, vocal(name, 470_000 + each * 400, FULL))
            for each, name in ((2, "A"), (3, "B"))
        },
        device(2),
        device(3),
    )
    async with open_app(rig) as (app, pilot):
        await pilot.press("J")
        await until(lambda: [each.device.id for each in rig.live.snapshot()] == ["rack-3", "rack-2"])
        settle(app)
        assert [ref.device_id for ref in board(app).channels] == ["rack-3", "rack-2"]
        assert board(app).selected == vox(1)
        await pilot.press("K")
        await until(lambda: [each.device.id for each in rig.live.snapshot()] == ["rack-2", "rack-3"])
        await pilot.press("o", "J")
        await until(lambda: any("rack order" in each for each in toasts(app)))


async def test_the_same_keys_work_where_one_channel_is_shown() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("enter", "right", "n")
        await wait_for_picker(app)
        await pilot.press(*"Ada", "enter")
        await until(lambda: who(rig, vox(2)) == "Ada")
        await until(lambda: isinstance(app.screen, ChannelScreen))
        await pilot.pause()
        app.screen.show_current()  # type: ignore[attr-defined]
        assert "performer     Ada" in text_of(app)


async def test_devices_are_moved_to_a_location_from_their_list() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("d", "l")
        await wait_for_picker(app)
        await pilot.press("c", "h", "enter")
        await until(lambda: rig.records.kept[device(2).id].location_id == CHAPEL.id)
        await pilot.press("u")
        await until(lambda: rig.records.kept[device(2).id].location_id == "stage")


@pytest.mark.no_cover
async def test_a_hostile_name_is_shown_as_it_is() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("n")
        screen = await wait_for_picker(app)
        screen.query_one(Input).value = "[red]>{x}"
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: who(rig, vox(1)) == "[red]>{x}")
        settle(app)
        assert "[red]>{x}" in text_of(app)
        await pilot.press("n")
        screen = await wait_for_picker(app)
        screen.query_one(Input).value = "\x1b[31m"
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: any("cannot be shown" in each for each in toasts(app)))
        assert "\x1b" not in text_of(app)


async def test_the_pack_on_air_is_planned_and_another_one_by_name() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("p")
        screen = await wait_for_picker(app)
        assert "Which pack is planned for Vox 1?" in text_of(app)
        assert screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await until(lambda: (held(rig, vox(1)) or UNASSIGNED).planned_pack == "Vox 1")
        assert (held(rig, vox(1)) or UNASSIGNED).planned_model == "ULXD2"

        await pilot.press("p")
        await wait_for_picker(app)
        await pilot.press(*"Pack 7", "enter")
        await until(lambda: (held(rig, vox(1)) or UNASSIGNED).planned_pack == "Pack 7")
        settle(app)
        await pilot.pause()
        assert "Wrong pack" in text_of(app)

        await pilot.press("p")
        await wait_for_picker(app)
        await pilot.press("down", "enter")
        await until(lambda: (held(rig, vox(1)) or UNASSIGNED).planned_pack is None)
        await pilot.press("u")
        await until(lambda: (held(rig, vox(1)) or UNASSIGNED).planned_pack == "Pack 7")


async def test_what_is_live_is_silenced_after_a_yes_counted_and_back_with_its_sound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow_starter, "LOOK_S", 0.02)
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("x")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(lambda: rig.live.channel(vox(1)).expected_off)  # type: ignore[union-attr]
        settle(app)
        await pilot.pause()
        assert "1 silenced" in text_of(app)
        rig.report(2, FactsHeard(1, replace(FACTS, transmitter=None, transmitter_present=False)))
        rig.report(2, MetersHeard(1, SILENCE))
        services = app._background.services
        assert isinstance(services, AllServices)
        await services.silences.look()
        settle(app)
        await pilot.pause()
        assert "silenced" not in text_of(app)
        rig.report(2, FactsHeard(1, FACTS), MetersHeard(1, METERS))
        await services.silences.look()
        assert not rig.live.channel(vox(1)).expected_off  # type: ignore[union-attr]
        await until(lambda: any("on again with sound" in text for text in toasts(app)))
        await pilot.press("u")
        await until(lambda: rig.live.channel(vox(1)).expected_off)  # type: ignore[union-attr]


async def wait_for_numbers(app: MicboardApp) -> MicNumberDialog:
    await until(lambda: isinstance(app.screen, MicNumberDialog) and bool(app.screen.query("#others")))
    assert isinstance(app.screen, MicNumberDialog)
    return app.screen


async def test_marked_channels_are_numbered_with_what_was_typed() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("space", "shift+down", "N")
        dialog = await wait_for_numbers(app)
        await pilot.press(*"Lead", "enter")
        assert app.screen is dialog
        assert "8 cells at most, with a number at the end" in str(
            dialog.query_one("#numbers", Static).render()
        )
        await pilot.press(*["backspace"] * 4, *"IEM 9")
        shown = str(dialog.query_one("#numbers", Static).render()).splitlines()
        assert [line.split() for line in shown] == [
            ["IEM", str(number), "Vox", f"{channel},", f"A/{channel}"]
            for number, channel in ((9, 1), (10, 2), (11, 3))
        ]
        await pilot.press("enter")
        await until(lambda: rig.live.channel(vox(3)).mic_number == "IEM 11")  # type: ignore[union-attr]
        settle(app)
        assert all(f"IEM {number} " in text_of(app) for number in (9, 10, 11))
        # The same key gives back what is there, and finding goes by it.
        await pilot.press("escape", "number_sign")
        dialog = await wait_for_numbers(app)
        assert dialog.query_one(Input).value == "IEM 11"
        await pilot.press("escape", "slash", *"iem10", "enter")
        assert board(app).selected == vox(2)
        await pilot.press("u")
        await until(lambda: rig.live.channel(vox(3)).mic_number is None)  # type: ignore[union-attr]
        settle(app)
        assert "IEM" not in text_of(app)


async def test_tab_goes_through_the_roles_and_the_shared_pack() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("n")
        picker = await wait_for_picker(app)
        shown = [str(picker.query_one("#role", Static).render())]
        for _ in range(4):
            await pilot.press("tab")
            shown.append(str(picker.query_one("#role", Static).render()))
        chosen = [text.split("[")[1].split("]")[0] for text in shown]
        assert chosen == ["primary", "backup", "backup, shared pack", "spare", "primary"]
        await pilot.press("tab", "tab", *"Ada", "enter")
        await until(lambda: who(rig, vox(1)) == "Ada")
        assignment = held(rig, vox(1))
        assert assignment is not None
        assert (assignment.role, assignment.shared_pack) == (Role.BACKUP, True)


async def test_of_many_channels_the_first_and_the_last_number_are_shown() -> None:
    rig = two_receivers()
    names = [f"Vox {number}" for number in range(1, 13)]
    question = MicNumberQuestion(
        "Mic number of 12 channels", names, "", lambda start: count_up(start, 12), lambda _: ""
    )
    async with open_app(rig) as (app, pilot):
        app.push_screen(MicNumberDialog(question))
        dialog = await wait_for_numbers(app)
        shown = dialog.query_one("#numbers", Static)
        for typed, first, last in (
            ("", ["Vox", "1"], ["Vox", "12"]),
            ("5", ["5", "Vox", "1"], ["16", "Vox", "12"]),
        ):
            await pilot.press(*typed)
            await pilot.pause()
            lines = str(shown.render()).splitlines()
            assert (lines[0].split(), lines[-2], lines[-1].split()) == (first, "...", last)
            assert len(lines) == 8
