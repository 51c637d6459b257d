"""Who has which channel, by keys alone."""

from textual.widgets import Input, OptionList, Static

from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.filter import ChannelFilter, Criterion, CriterionKind
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.flows.pack_choices import KnownPack, known_packs
from micboard_tui.tui.screens.channel_screen import DetailScreen
from micboard_tui.tui.screens.name_picker import PickScreen
from micboard_tui.tui.screens.swap_screen import SwapScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.test_app import board, playing, toasts
from tests.tui.theatre import CHAPEL, SILENCE, Theatre, device, says, settle, vocal

FULL = Battery(80, 4, 400)
NOTHING = Assignment(ChannelRef(device(2).id, 0), None, Role.PRIMARY)


def stage() -> Theatre:
    """Three channels at one receiver, two at another."""
    first = [vocal(f"Vox {number}", 470_000 + number * 400, FULL) for number in (1, 2, 3)]
    second = [vocal(f"Gtr {number}", 480_000 + number * 400, FULL) for number in (1, 2)]
    return Theatre(
        {"127.0.0.2": says("A", *first), "127.0.0.3": says("B", *second)}, device(2), device(3, CHAPEL)
    )


def vox(number: int) -> ChannelRef:
    return ChannelRef(device(2).id, number)


def held(theatre: Theatre, ref: ChannelRef) -> Assignment | None:
    state = theatre.live.channel(ref)
    return state.assignment if state else None


def who(theatre: Theatre, ref: ChannelRef) -> str | None:
    said = held(theatre, ref)
    return said.performer.name if said and said.performer else None


async def asked(app: MicboardApp) -> PickScreen:
    await until(lambda: isinstance(app.screen, PickScreen) and bool(app.screen.query(OptionList)))
    assert isinstance(app.screen, PickScreen)
    return app.screen


async def test_two_letters_and_enter_give_a_channel_to_somebody() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("n")
        await asked(app)
        await pilot.press(*"Ada L", "enter")
        await until(lambda: who(theatre, vox(1)) == "Ada L")
        await pilot.press("down", "n")
        await asked(app)
        await pilot.press("a", "d", "tab", "enter")
        await until(lambda: who(theatre, vox(2)) == "Ada L")
        assert [held(theatre, vox(number)).role for number in (1, 2)] == [Role.PRIMARY, Role.BACKUP]  # type: ignore[union-attr]
        await until(lambda: any(each.startswith("Ada L has Vox 2") for each in toasts(app)))
        settle(app)
        assert "Ada L" in text_of(app)


async def test_the_name_of_the_channel_is_the_first_that_is_offered() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("n")
        await asked(app)
        await pilot.press("enter")
        await until(lambda: who(theatre, vox(1)) == "Vox 1")


async def test_escape_changes_nothing() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("n")
        await asked(app)
        await pilot.press("a", "escape")
        assert who(theatre, vox(1)) is None
        assert theatre.cast.steps == []


async def test_somebody_can_be_chosen_with_the_arrows_and_freed_again() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        services = app.open_or_wait()
        assert services is not None
        for name in ("Ada", "Bea"):
            assert (await services.assignments.add_performer(name)).success
        await pilot.press("n")
        await asked(app)
        await pilot.press("down", "down", "up", "down", "enter")
        await until(lambda: who(theatre, vox(1)) == "Bea")
        await pilot.press("n")
        screen = await asked(app)
        assert "now Bea, live" in str(screen.query(Static).first().content)
        await pilot.press("up", "enter")
        await until(lambda: who(theatre, vox(1)) is None)


async def test_marked_channels_are_given_away_together_and_taken_back_in_one_step() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("space", "shift+down")
        assert board(app).marked == {vox(1), vox(2), vox(3)}
        settle(app)
        assert "3 marked" in text_of(app)
        await pilot.press("n")
        await asked(app)
        await pilot.press(*"Trio", "enter")
        await until(lambda: [who(theatre, vox(number)) for number in (1, 2, 3)] == ["Trio"] * 3)
        await until(lambda: not board(app).marked)
        await until(lambda: any("live on another primary" in each for each in toasts(app)))
        await pilot.press("u")
        await until(lambda: [who(theatre, vox(number)) for number in (1, 2, 3)] == [None] * 3)
        await pilot.press("ctrl+r")
        await until(lambda: who(theatre, vox(3)) == "Trio")
        await until(
            lambda: any(each.startswith("Redone: 3 channels assigned to Trio") for each in toasts(app))
        )


async def test_marks_come_and_go() -> None:
    async with playing(stage()) as (app, pilot):
        await pilot.press("space", "up", "space")
        assert board(app).marked == set()
        await pilot.press("asterisk")
        assert len(board(app).marked) == 5
        await pilot.press("asterisk")
        assert not board(app).marked
        await pilot.press("end", "shift+up", "escape")
        assert not board(app).marked


async def test_nothing_is_done_to_what_a_filter_hides() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("asterisk")
        theatre.say(
            2, *says("A", *[vocal(f"Vox {each}", 470_000 + each * 400, FULL, SILENCE) for each in (1, 2, 3)])
        )
        settle(app)
        app.board_screen.show_view(
            View(channel_filter=ChannelFilter(frozenset({Criterion(CriterionKind.STATE, "rf_lost")})))
        )
        assert board(app).marked == {vox(1), vox(2), vox(3)}


async def test_the_location_of_a_receiver_is_set_the_same_way() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("l")
        await asked(app)
        await pilot.press("c", "h", "enter")
        await until(lambda: theatre.records.kept[device(2).id].location_id == CHAPEL.id)
        await pilot.press("l")
        await asked(app)
        await pilot.press(*"Balcony", "enter")
        await until(lambda: any(each.name == "Balcony" for each in theatre.live.locations()))
        await pilot.press("l")
        await asked(app)
        await pilot.press("up", "enter")
        await until(lambda: theatre.records.kept[device(2).id].location_id is None)
        await pilot.press("u", "u", "u")
        await until(lambda: theatre.records.kept[device(2).id].location_id == "stage")


async def test_a_spare_takes_over_with_one_key() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("s")
        await until(lambda: any("Nobody has Vox 1" in each for each in toasts(app)))
        await pilot.press("n")
        await asked(app)
        await pilot.press(*"Ada", "enter")
        await until(lambda: who(theatre, vox(1)) == "Ada")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.pause()
        assert "4 ready" in str(app.screen.query_one("#answer", Static).content)
        await pilot.press("j", "k", "enter")
        await until(lambda: who(theatre, vox(2)) == "Ada")
        left = held(theatre, vox(1))
        assert left is not None
        assert left.expected_off
        assert left.performer is None
        await until(lambda: board(app).selected == vox(2))
        await until(lambda: any("Vox 1 is still live" in each for each in toasts(app)))


async def test_a_spare_that_goes_says_so_on_its_line() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("n")
        await asked(app)
        await pilot.press("enter")
        await until(lambda: who(theatre, vox(1)) == "Vox 1")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, SwapScreen)
        theatre.say(
            2, *says("A", *[vocal(f"Vox {each}", 470_000 + each * 400, FULL, SILENCE) for each in (1, 2, 3)])
        )
        services = app.open_or_wait()
        assert services is not None
        await services.assignments.mark([ChannelRef(device(3).id, 1)], expected_off=True)
        screen.look()
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
        assert who(theatre, vox(1)) == "Vox 1"


async def test_without_any_spare_it_is_said() -> None:
    theatre = Theatre({"127.0.0.2": says("A", vocal("Vox 1", 470_400, FULL))}, device(2))
    async with playing(theatre) as (app, pilot):
        await pilot.press("n")
        await asked(app)
        await pilot.press("enter")
        await until(lambda: who(theatre, vox(1)) == "Vox 1")
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.pause()
        assert "No channel is free" in str(app.screen.query_one("#answer", Static).content)
        await pilot.press("enter", "escape")


async def test_what_is_expected_to_be_off_is_no_alarm_and_shows_as_off() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        theatre.say(
            2, *says("A", *[vocal(f"Vox {each}", 470_000 + each * 400, FULL, SILENCE) for each in (1, 2, 3)])
        )
        settle(app)
        assert text_of(app).count("RF lost") >= 3
        await pilot.press("asterisk", "x")
        await until(lambda: all(theatre.live.channel(vox(each)).expected_off for each in (1, 2, 3)))  # type: ignore[union-attr]
        settle(app)
        assert "RF lost" not in text_of(app)
        assert text_of(app).count("expected off") >= 3
        await pilot.press("home", "x")
        await until(lambda: not theatre.live.channel(vox(1)).expected_off)  # type: ignore[union-attr]


async def test_a_receiver_moves_up_and_down_the_rack() -> None:
    theatre = Theatre(
        {
            f"127.0.0.{each}": says(name, vocal(name, 470_000 + each * 400, FULL))
            for each, name in ((2, "A"), (3, "B"))
        },
        device(2),
        device(3),
    )
    async with playing(theatre) as (app, pilot):
        await pilot.press("J")
        await until(lambda: [each.device.id for each in theatre.live.snapshot()] == ["rack-3", "rack-2"])
        settle(app)
        assert [ref.device_id for ref in board(app).channels] == ["rack-3", "rack-2"]
        assert board(app).selected == vox(1)
        await pilot.press("K")
        await until(lambda: [each.device.id for each in theatre.live.snapshot()] == ["rack-2", "rack-3"])
        await pilot.press("o", "J")
        await until(lambda: any("rack order" in each for each in toasts(app)))


async def test_the_same_keys_work_where_one_channel_is_shown() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("enter", "right", "n")
        await asked(app)
        await pilot.press(*"Ada", "enter")
        await until(lambda: who(theatre, vox(2)) == "Ada")
        await until(lambda: isinstance(app.screen, DetailScreen))
        await pilot.pause()
        app.screen.look()  # type: ignore[attr-defined]
        assert "performer     Ada" in text_of(app)


async def test_devices_are_moved_to_a_location_from_their_list() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("d", "l")
        await asked(app)
        await pilot.press("c", "h", "enter")
        await until(lambda: theatre.records.kept[device(2).id].location_id == CHAPEL.id)
        await pilot.press("u")
        await until(lambda: theatre.records.kept[device(2).id].location_id == "stage")


async def test_nothing_to_take_back_is_said() -> None:
    async with playing(stage()) as (app, pilot):
        await pilot.press("u", "ctrl+r")
        await until(lambda: any("no step to undo" in each for each in toasts(app)))


async def test_without_any_channel_the_keys_say_so() -> None:
    async with playing(Theatre({}, device(2))) as (app, pilot):
        await pilot.press("n", "s", "x")
        await until(lambda: len([each for each in toasts(app) if each == "No channel is chosen."]) >= 1)


async def test_a_hostile_name_is_shown_as_it_is() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("n")
        screen = await asked(app)
        screen.query_one(Input).value = "[red]>{x}"
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: who(theatre, vox(1)) == "[red]>{x}")
        settle(app)
        assert "[red]>{x}" in text_of(app)
        await pilot.press("n")
        screen = await asked(app)
        screen.query_one(Input).value = "\x1b[31m"
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: any("cannot be shown" in each for each in toasts(app)))
        assert "\x1b" not in text_of(app)


async def test_the_pack_on_air_is_planned_and_another_one_told() -> None:
    theatre = stage()
    async with playing(theatre) as (app, pilot):
        await pilot.press("p")
        screen = await asked(app)
        assert "Which pack belongs to Vox 1?" in text_of(app)
        assert screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await until(lambda: (held(theatre, vox(1)) or NOTHING).planned_pack == "Vox 1")
        assert (held(theatre, vox(1)) or NOTHING).planned_model == "ULXD2"

        await pilot.press("p")
        await asked(app)
        await pilot.press(*"Pack 7", "enter")
        await until(lambda: (held(theatre, vox(1)) or NOTHING).planned_pack == "Pack 7")
        settle(app)
        await pilot.pause()
        assert "Wrong pack" in text_of(app)

        await pilot.press("p")
        await asked(app)
        await pilot.press("down", "enter")
        await until(lambda: (held(theatre, vox(1)) or NOTHING).planned_pack is None)
        await pilot.press("u")
        await until(lambda: (held(theatre, vox(1)) or NOTHING).planned_pack == "Pack 7")


def test_packs_in_chargers_are_offered_unless_they_are_somebodys() -> None:
    bays = (
        Bay(1, BayState.READY, "SK", pack_serial="6241406927", battery=Battery(100)),
        Bay(2, BayState.CHARGING, "SKM", pack_name="Bass", battery=Battery(12)),
        Bay(3, BayState.EMPTY, pack_name="Ghost"),
        Bay(4, BayState.READY, "BA70"),
    )
    charger = DeviceSnapshot(device(4, name="Charger"), DeviceState(device(4).id, bays=bays))
    bass = ChannelState(device(2).id, 2, dock=Dock(device(4).id, "Charger", bays[1]))
    rack = DeviceSnapshot(device(2), DeviceState(device(2).id), (bass,))
    silent = ChannelState(device(2).id, 1)
    assert known_packs(silent, [rack, charger]) == {
        "6241406927": KnownPack("SK", "6241406927", "Charger bay 1, 100%")
    }
    assert list(known_packs(bass, [rack, charger])) == ["6241406927", "Bass"]
