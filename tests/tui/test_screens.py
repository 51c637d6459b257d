"""How each screen looks, as text, at the sizes that must work."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.battery import Battery, BatteryType, LastBattery, MinutesNote
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Encryption, Meters, Slot, SlotStatus
from micboard_tui.domain.device import DeviceKind, DeviceState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.log_event import LogEvent
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import FirstStartScreen
from micboard_tui.tui.screens.mic_number_dialog import MicNumberDialog
from micboard_tui.tui.screens.name_picker import NamePicker
from micboard_tui.tui.screens.swap_screen import SwapScreen
from tests.fakes.links import until
from tests.tui.conftest import Picture, assert_can_be_drawn, strips_of, text_of
from tests.tui.scripted_rig import (
    CHAPEL,
    FACTS,
    METERS,
    OPTIONS,
    PACK,
    REFUSED,
    SILENCE,
    SILENT,
    STAGE,
    Script,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)
from tests.tui.test_log import Memory

SIZES = [(80, 24), (120, 40), (200, 60)]
at_all_sizes = pytest.mark.parametrize(
    "size",
    # The fast tests see the smallest one.
    [pytest.param(size, marks=pytest.mark.journey if size != SIZES[0] else ()) for size in SIZES],
    ids=lambda size: f"{size[0]}x{size[1]}",
)
FINE = Battery(78, 4, 405, BatteryType.LI_ION, None, 97, 112, 31)


@asynccontextmanager
async def open_board(
    rig: ScriptedRig, size: tuple[int, int], **look: object
) -> AsyncGenerator[tuple[MicboardApp, Pilot[str]]]:
    """The app with everybody heard and everything drawn."""
    app = rig.app(replace(OPTIONS, **look))  # type: ignore[arg-type] # the names are those of BoardOptions
    async with app.run_test(size=size) as pilot:
        await rig.all_devices_settle()
        # Whichever device was drawn first, the first channel is selected.
        settle(app).board.action_edge(0)
        await pilot.pause()
        yield app, pilot
        assert_can_be_drawn(app)


def calm() -> ScriptedRig:
    first = reports(
        "FOH 1",
        vocal("Ada Vocals", 482125, FINE),
        vocal("Grace Guitar", 486500, Battery(55, 3, 245), METERS._replace(antenna="B", audio_dbfs=-31.0)),
        vocal("MC", 489875, Battery(bars=5), METERS._replace(rf_dbm=-71.0, audio_dbfs=-48.0)),
        vocal("Spare", 493325, Battery(100, 5), METERS._replace(rf_dbm=-39.0, audio_dbfs=-50.0)),
    )
    second = reports(
        "Chapel 1",
        vocal("Pulpit", 614125, FINE),
        vocal("Reader", 615500, FINE),
        model="QLXD4",
    )
    return ScriptedRig({"127.0.0.2": first, "127.0.0.3": second}, device(2), device(3, CHAPEL, "Chapel rack"))


def trouble() -> ScriptedRig:
    """One channel in each state, and the rarer problems."""
    lost = replace(FACTS, name="Lead Vox", transmitter=replace(PACK, battery=Battery(41, 3, 190)))
    first = reports(
        "Axient",
        (replace(lost, name="Lost in RF"), SILENCE),
        (ChannelFacts(name="Nobody", frequency_khz=500100, transmitter_present=False), SILENCE),
        (replace(FACTS, name="Muted here", receiver_muted=True), METERS),
        (replace(FACTS, name="Muted there", transmitter=replace(PACK, muted=True)), METERS),
        (replace(FACTS, name="Wrong key", encryption=Encryption.MISMATCH), METERS),
        (
            replace(FACTS, name="Nearly empty", transmitter=replace(PACK, battery=Battery(9, 1, 11))),
            METERS._replace(quality_percent=100),
        ),
        (replace(FACTS, name="Clips"), METERS._replace(audio_dbfs=0.0, overload=True)),
        (
            replace(FACTS, name="Weak", interference=True, encryption=Encryption.ON),
            METERS._replace(rf_dbm=-91.0, quality_percent=24),
        ),
        (
            replace(
                FACTS,
                name="Bad contact",
                transmitter=replace(PACK, battery=Battery(15, 1, minutes_note=MinutesNote.CONTACT_WARNING)),
            ),
            METERS._replace(rf_dbm=-97.0),
        ),
        (replace(FACTS, name=None, frequency_khz=None, transmitter=None, transmitter_present=None), METERS),
        model="AD4Q-A",
    )
    rig = ScriptedRig(
        {"127.0.0.2": first, "127.0.0.3": SILENT, "127.0.0.4": REFUSED},
        device(2),
        device(3, CHAPEL, "Chapel rack"),
        device(4, None, "SLX-D"),
    )
    gone = device(3)
    last = ChannelState(
        gone.id,
        1,
        facts=replace(FACTS, name="Pulpit", transmitter=None, transmitter_present=None),
        last_battery=LastBattery(Battery(55, 3, 250), rig.manual_clock.now - 700),
        observed_at=rig.manual_clock.now - 700,
        link_state=LinkState.OFFLINE,
    )
    rig.store(DeviceState(gone.id, model="ULXD4D"), last, replace(last, number=2, last_battery=None))
    rig.store(DeviceState(device(4).id, model="SLXD4"), replace(last, device_id=device(4).id))
    return rig


@at_all_sizes
async def test_a_calm_stage(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(calm(), size) as (app, _):
        assert text_of(app) == screen


@at_all_sizes
async def test_trouble(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = trouble()
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 75
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_layouts(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = trouble()
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 75
        for layout in Layout:
            app.board_screen.show_view(View(layout=layout))
            await pilot.pause()
            settle(app)
            await pilot.pause()
            assert text_of(app) == screen(name=layout)


async def test_large_letters_in_ascii(screen: SnapshotAssertion) -> None:
    async with open_board(trouble(), (120, 40), glyphs="ascii") as (app, pilot):
        for key in ("v", "v", "home"):
            await pilot.press(key)
            await pilot.pause()
        settle(app)
        app.clear_notifications()
        await pilot.pause()
        text = text_of(app)
        assert text.isascii()
        assert text == screen


@at_all_sizes
async def test_who_has_what(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Performers, a spare, a channel that is expected off, two that are marked."""
    async with open_board(calm(), size) as (app, pilot):
        services = app._background.services
        assert services is not None
        cast, rack = services.assignments, device(2).id
        await cast.assign([ChannelRef(rack, 1), ChannelRef(rack, 2)], "Zoë Kravitz-Öztürk", actor="Pia")
        await cast.mark([ChannelRef(rack, 4)], role=Role.SPARE, expected_off=True, actor="Pia")
        await pilot.press("down", "space", "space")
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
@pytest.mark.no_cover
async def test_choosing(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(calm(), size) as (app, pilot):
        services = app._background.services
        assert services is not None
        cast, rack = services.assignments, device(2).id
        await cast.assign([ChannelRef(rack, 1)], "Ada", actor="Pia")
        await cast.add_performer("Bea", part="backing vocals", actor="Pia")
        await cast.mark([ChannelRef(rack, 4)], role=Role.SPARE, actor="Pia")
        settle(app)
        for key in ("n", "s", "l"):
            await pilot.press(key)
            await until(lambda: isinstance(app.screen, NamePicker | SwapScreen))
            await pilot.pause()
            assert text_of(app) == screen(name=key)
            await pilot.press("escape")
            await until(lambda: app.screen is app.board_screen)


@at_all_sizes
async def test_mic_numbers(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Some channels are numbered, and the headings are receivers."""
    async with open_board(calm(), size) as (app, pilot):
        services = app._background.services
        assert services is not None
        cast, rack = services.assignments, device(2).id
        await cast.number_channels([ChannelRef(rack, 1), ChannelRef(rack, 2)], "IEM 9", actor="Pia")
        await cast.number_channels([ChannelRef(device(3).id, 1)], "7", actor="Pia")
        await cast.assign([ChannelRef(rack, 2)], "Ada", actor="Pia")
        await pilot.press("g", "g", "g")
        settle(app)
        app.clear_notifications()
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_typing_mic_numbers(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Of marked channels, while another one has one of the numbers."""
    async with open_board(calm(), size) as (app, pilot):
        services = app._background.services
        assert services is not None
        cast, rack = services.assignments, device(2).id
        await cast.number_channels([ChannelRef(device(3).id, 1)], "8", actor="Pia")
        await cast.assign([ChannelRef(rack, 2)], "Ada", actor="Pia")
        await pilot.press("space", "shift+down")
        settle(app)
        await pilot.press("N")
        await until(lambda: isinstance(app.screen, MicNumberDialog))
        await pilot.press("7")
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_values_that_are_old_say_so(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = calm()
    rig.scripts["127.0.0.3"] = reports(
        "Chapel 1", (replace(FACTS, name="Metered", meter_interval_s=0.1), METERS), (FACTS, METERS)
    )
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 4
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_problems_first(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(trouble(), size) as (app, pilot):
        await pilot.press("o")
        settle(app)
        app.clear_notifications()
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_names_that_mean_harm(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    names = ["[red]x[/] A>B", "\x1b[2J\x1b]0;gone\x07", "日本語のマイク", "e\u0301\u202edrow", "a\nb\tc"]
    script = reports("[bold]Rack[/]", *(vocal(name, 482125, FINE) for name in names), model="[blink]ULXD4Q")
    rig = ScriptedRig({"127.0.0.2": script}, device(2, hostile_location()), locations=[hostile_location()])
    async with open_board(rig, size) as (app, _):
        text = text_of(app)
        assert "\x1b" not in text
        assert "[red]x[/]" in text
        assert text == screen


def hostile_location() -> Location:
    return replace(CHAPEL, name="[u]舞台[/] \x1b[31m")


@at_all_sizes
async def test_disaster(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    """More goes wrong than any screen holds."""
    batteries = [FINE, Battery(19, 2, 28), Battery(4, 0, 6)]
    scripts: dict[str, Script] = {
        f"127.0.0.{rack}": reports(
            f"Rack {rack}",
            *(
                vocal(
                    f"Ensemble {rack}{number}",
                    470_000 + 1_500 * rack + 375 * number,
                    batteries[(rack + number) % 3],
                    SILENCE if number == rack % 5 else METERS._replace(rf_dbm=-50.0 - 7 * number),
                )
                for number in range(1, 5)
            ),
        )
        for rack in range(2, 22)
    }
    scripts["127.0.0.9"], scripts["127.0.0.13"] = SILENT, REFUSED
    rig = ScriptedRig(scripts, *(device(rack, (STAGE, CHAPEL)[rack % 2]) for rack in range(2, 22)))
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 75
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_chargers(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    charging = Battery(41, health_percent=96, cycles=118, temperature_c=33)
    bays = (
        Bay(1, BayState.CHARGING, "ULXD1", "Guitar", "0A1B", charging, minutes_to_full=95),
        Bay(2, BayState.READY, "SB900A", None, "7F22", Battery(100, health_percent=88, cycles=301)),
        Bay(3, BayState.FAULT, "SB900A", error="Too warm to be charged"),
        Bay(4, BayState.EMPTY),
        Bay(5),
        Bay(6, BayState.UNKNOWN, "ADX1", "Spare 3", "99C0", Battery(64, health_percent=97)),
    )
    heard = DeviceHeard(DeviceKind.CHARGER, 0, "SBC840", "Charger FOH", bay_count=6)
    off = replace(FACTS, name="Guitar", transmitter=None, transmitter_present=False)
    rig = ScriptedRig(
        {
            "127.0.0.2": reports("FOH 1", vocal("Ada", 482125, FINE), (off, SILENCE)),
            "127.0.0.3": [heard, *map(BayHeard, bays)],
        },
        device(2),
        device(3, CHAPEL),
    )
    async with open_board(rig, size) as (app, pilot):
        board = text_of(app)
        await pilot.press("c")
        await pilot.pause()
        app.screen.query_one("#bays")
        assert f"{board}{text_of(app)}" == screen
        await pilot.press("j", "escape")


@at_all_sizes
async def test_a_charger_that_never_spoke_is_not_denied(size: tuple[int, int]) -> None:
    async with open_board(ScriptedRig(), size) as (app, pilot):
        await pilot.press("escape", "c")
        await pilot.pause()
        assert "No charger is registered yet." in text_of(app)
    async with open_board(ScriptedRig({"127.0.0.2": SILENT}, device(2)), size) as (app, pilot):
        await pilot.press("c")
        await pilot.pause()
        assert "No charger has reported its bays yet." in text_of(app)
        await pilot.press("d")
        assert isinstance(app.screen, DevicesScreen)


@at_all_sizes
async def test_an_empty_board(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(ScriptedRig(), size) as (app, pilot):
        await until(lambda: isinstance(app.screen, FirstStartScreen))
        await pilot.press("escape")
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_rf_in_percent(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Of a receiver that gives no dBm, in every place where a level stands."""
    meters = Meters(audio_dbfs=-20.0, antenna="A", carrier=True, rf_a_percent=81, rf_b_percent=7)
    weak = meters._replace(rf_a_percent=6)
    script = reports("G4", vocal("Gtr", 606_000, FINE, meters), vocal("Bass", 607_000, FINE, weak))
    async with open_board(ScriptedRig({"127.0.0.2": script}, device(2)), size) as (app, pilot):
        board = text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert f"{board}{text_of(app)}" == screen


@at_all_sizes
async def test_the_first_start(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(ScriptedRig(), size) as (app, pilot):
        await until(lambda: isinstance(app.screen, FirstStartScreen))
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


async def test_all_about_one_channel(screen: SnapshotAssertion) -> None:
    rig = calm()
    slots = (
        Slot(1, SlotStatus.LINKED_ACTIVE, "AD1", "Ada", rf_on=True, battery=FINE),
        Slot(2, SlotStatus.STANDARD, "AD2", rf_on=False),
        Slot(3, SlotStatus.EMPTY),
    )
    facts = replace(
        FACTS,
        frequency2_khz=590000,
        slots=slots,
        raw=(("AUDIO_GAIN", "030"), ("CHAN_NAME", "[red]Lead Vox > {x}")),
    )
    meters = METERS._replace(antenna_levels_dbm=(-52.0, -61.0, None, -80.0), quality_percent=80)
    rig.scripts["127.0.0.2"] = reports("Axient", (facts, meters), model="AD4D-A")
    async with open_board(rig, (80, 60)) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_one_channel_on_the_whole_screen(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(calm(), size) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_devices(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(trouble(), size) as (app, pilot):
        await pilot.press("d", "down")
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_help(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(calm(), size) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_dialogs(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    openers = {"add": "A", "remove": "D", "filter": "f", "find": "slash", "keep": "V"}
    async with open_board(calm(), size) as (app, pilot):
        for title, key in openers.items():
            await pilot.press(key)
            await pilot.pause()
            for field in app.screen.query("Input"):
                field.cursor_blink = False  # type: ignore[attr-defined] # an Input has it
            await pilot.pause()
            assert text_of(app) == screen(name=title)
            await pilot.press("escape")
            await until(lambda: app.screen is app.board_screen)


@pytest.mark.parametrize("size", [(59, 24), (80, 14)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_too_small_says_so_and_comes_back(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_board(calm(), (80, 24)) as (app, pilot):
        before = text_of(app)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert text_of(app) == screen
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        settle(app)
        await pilot.pause()
        assert text_of(app) == before


async def test_the_least_size(screen: SnapshotAssertion) -> None:
    async with open_board(calm(), (60, 15)) as (app, _):
        assert text_of(app) == screen


@pytest.mark.parametrize("make", [calm, trouble], ids=["calm", "trouble"])
@at_all_sizes
async def test_ascii_is_ascii(
    screen: SnapshotAssertion, size: tuple[int, int], make: Callable[[], ScriptedRig]
) -> None:
    async with open_board(make(), size, glyphs="ascii") as (app, pilot):
        text = text_of(app)
        assert text.isascii()
        assert text == screen
        await pilot.press("enter")
        await pilot.pause()
        assert "\N{EN DASH}" not in text_of(app)


async def test_the_demo_says_that_nothing_is_real() -> None:
    async with open_board(calm(), (80, 24), demo=True) as (app, _):
        assert text_of(app).startswith(" demo ")


async def test_a_pack_that_goes_off_leaves_its_last_battery(screen: SnapshotAssertion) -> None:
    rig = calm()
    async with open_board(rig, (80, 24)) as (app, pilot):
        rig.manual_clock.now += 30
        rig.report(
            2,
            FactsHeard(1, replace(FACTS, transmitter=None, transmitter_present=False)),
            MetersHeard(1, Meters(-103.0, carrier=False)),
        )
        rig.manual_clock.now += 125
        settle(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_the_log(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    log = Memory(
        LogEvent(0.0, "info", "session open", "", (("device", "192.0.2.7"),)),
        LogEvent(
            3.0, "warning", "session ended", "", (("code", "DEVICE_SILENT"), ("reason", "No word " * 9))
        ),
    )
    async with open_board(calm(), size, log=log) as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_five_minutes_of_one_channel(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = calm()
    async with open_board(rig, size) as (app, pilot):
        for level in (-60.0, -40.0, None, -90.0, -52.0):
            rig.manual_clock.now += 20
            rig.report(2, MetersHeard(1, METERS._replace(rf_dbm=level, audio_dbfs=level and level + 20)))
            settle(app)
        rig.report(2, MetersHeard(1, SILENCE))
        await pilot.press("enter", "v")
        await pilot.pause()
        assert text_of(app) == screen


@pytest.mark.parametrize("theme", ["stage", "light", "contrast", "colorblind", "mono"])
async def test_themes(snapshot: SnapshotAssertion, theme: str) -> None:
    files = tuple(sorted((Path(__file__).parents[2] / "themes").glob("*.toml")))
    rig = trouble()
    async with open_board(rig, (80, 24), theme=theme, theme_files=files) as (app, pilot):
        rig.manual_clock.now += 75
        settle(app)
        await pilot.pause()
        picture = app.export_screenshot(title=theme)
        # Fonts come from a server otherwise.
        drawn = re.sub(r"@font-face\s*\{.*?\}\s*", "", picture, flags=re.DOTALL)
        assert drawn == snapshot.use_extension(Picture)


@pytest.mark.no_cover
async def test_without_colours_every_state_is_read_by_its_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = trouble()
    async with open_board(rig, (80, 24)) as (app, _):
        coloured = text_of(app)
    monkeypatch.setenv("NO_COLOR", "1")
    rig = trouble()
    async with open_board(rig, (80, 24)) as (app, _):
        assert text_of(app) == coloured
        styles = [style for strip in strips_of(app) for _, style, _ in strip if style is not None]
        assert all(
            color is None or color.triplet is None or len(set(color.triplet)) == 1
            for style in styles
            for color in (style.color, style.bgcolor)
        )
        assert {line[4] for line in coloured.splitlines() if line[:3].strip("▌ ").isdigit()} >= set("L-MXR")
