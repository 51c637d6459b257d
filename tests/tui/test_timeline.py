"""The timeline from the key to the curves, and back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import MAX_EVENTS, EventQuery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import BayHeard, DeviceHeard
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.event_subjects import EventSubjects
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.marker_dialog import MarkerDialog
from micboard_tui.tui.screens.moment_request import MomentRequested
from micboard_tui.tui.screens.moment_screen import MomentScreen
from micboard_tui.tui.screens.timeline_screen import TimelineScreen
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.scripted_rig import FACTS, SILENCE, ScriptedRig, device, reports
from tests.tui.test_app import open_app
from tests.tui.test_screens import SIZES, open_board

pytestmark = pytest.mark.journey

NOW = 1_000_000.0
FELL_AT = NOW - 300.0
ONE = ChannelRef(DeviceId("rack-2"), 1)
CHARGER = DeviceId("rack-3")


def level(*tenths: int) -> LevelSummary:
    return LevelSummary(min(tenths), sum(tenths), max(tenths), len(tenths))


def recorded(ref: ChannelRef, at: float) -> ChannelSummary:
    """Both antennas fall for five seconds; before two minutes ago of that nothing was recorded."""
    since = at - FELL_AT
    if since < -120:
        return ChannelSummary()
    swing = int(at * 7 + ref.number) % 5 * 10
    depth = 350 if 0 <= since < 5 else 0
    state = LinkState.RF_LOST if depth else LinkState.LIVE
    flags = ReadingFlag.ANTENNA_DBM | link_flag(state)
    return ChannelSummary(
        level(-600 - swing - depth, -560 - depth),
        level(-660 - depth, -640 + swing - depth),
        level(-300 - swing, -200 + swing),
        None,
        80 if since < 10 else 79,
        flags,
        10,
    )


async def put_events(rig: ScriptedRig) -> None:
    await rig.events.add(
        [
            Event(FELL_AT - 200, EventKind.PROGRAM, "micboard-tui 1.0 started"),
            Event(FELL_AT - 20, EventKind.STEP, "Vox assigned to Ada", *ONE, actor="Pia"),
            Event(FELL_AT, EventKind.LINK, "RF lost, was live", *ONE, subject="A/1"),
            Event(FELL_AT + 1, EventKind.ALARM, "RF lost", *ONE, details={"alarm": "raised"}),
            Event(FELL_AT + 5, EventKind.LINK, "live, was RF lost", *ONE, subject="A/1"),
            Event(FELL_AT + 8, EventKind.MARKER, "crackle in the duet", actor="Zoë"),
            Event(FELL_AT + 9, EventKind.SESSION, "Session ended", DeviceId("gone"), subject="Old rack"),
        ]
    )


def shown(app: MicboardApp, name: str) -> str:
    return app.screen.query_one(f"#{name}", Lines).text


def has_curves(app: MicboardApp) -> bool:
    return isinstance(app.screen, MomentScreen) and any(sign > "\u2800" for sign in shown(app, "charts"))


async def at_all_sizes(app: MicboardApp, pilot: Pilot[str]) -> str:
    """The screen at the three sizes, below one another."""
    texts = []
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await until(lambda: not isinstance(app.screen, MomentScreen) or has_curves(app))
        await pilot.pause()
        texts.append(text_of(app))
    return "\n".join(texts)


async def open_moment(app: MicboardApp) -> MomentScreen:
    await until(lambda: has_curves(app))
    assert isinstance(app.screen, MomentScreen)
    return app.screen


def cursor_is_at(moment: MomentScreen, at: float) -> Callable[[], bool]:
    return lambda: moment.chosen_moment == at


async def test_from_the_key_to_the_curves_of_an_alarm_and_back(screen: SnapshotAssertion) -> None:
    rig = two_receivers()
    rig.recorder.recorded = recorded
    async with open_app(rig, SIZES[1]) as (app, pilot):
        rig.events.kept.clear()
        await put_events(rig)
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, TimelineScreen) and "crackle" in shown(app, "events"))
        assert await at_all_sizes(app, pilot) == screen(name="list")

        await pilot.press("f")
        assert "1 event, only alarms" in shown(app, "header")
        await pilot.press("enter")
        await open_moment(app)
        assert await at_all_sizes(app, pilot) == screen(name="moment")
        await pilot.press("escape")
        assert isinstance(app.screen, TimelineScreen)
        assert app.screen.chosen_channels == [ONE]


async def test_the_cursor_says_what_was_and_why() -> None:
    rig = two_receivers()
    rig.recorder.recorded = recorded
    async with open_app(rig, SIZES[1]) as (app, _):
        rig.events.kept.clear()
        await put_events(rig)
        app.post_message(MomentRequested(FELL_AT + 1, [ONE]))
        await open_moment(app)
        await until(lambda: "alarm" in shown(app, "values"))
        values = shown(app, "values").splitlines()
        assert values[0].startswith(" 13:41:41  RF lost  A -")
        assert values[1].strip() == "alarm  RF lost"
        assert values[2] == " 13:41:42  both antennas fell together: body or pack"


async def test_events_are_stepped_through_and_markers_are_put_at_the_cursor() -> None:
    rig = two_receivers()
    rig.recorder.recorded = recorded
    async with open_app(rig, SIZES[1]) as (app, pilot):
        rig.events.kept.clear()
        await put_events(rig)
        app.post_message(MomentRequested(FELL_AT + 1, [ONE]))
        moment = await open_moment(app)

        await pilot.press("comma")
        await until(lambda: moment.chosen_moment == FELL_AT)
        await pilot.press("comma")
        await until(lambda: moment.chosen_moment == FELL_AT - 20)
        assert "step  Vox assigned to Ada, Pia" in shown(app, "values")
        await pilot.press("full_stop")
        await until(lambda: moment.chosen_moment == FELL_AT)
        # A marker of the show is reached like what is about the channel.
        for seconds in (1, 5, 8):
            await pilot.press("full_stop")
            await until(cursor_is_at(moment, FELL_AT + seconds))
        await pilot.press("minus")
        assert ", 5m" in shown(app, "header")
        await pilot.press("plus", "home", "m")
        await until(lambda: isinstance(app.screen, MarkerDialog))
        await pilot.press("enter")
        await until(lambda: rig.events.kept[-1].kind is EventKind.MARKER)
        marker = rig.events.kept[-1]
        assert (marker.at, marker.ref) == (FELL_AT + 1, ONE)
        # It is shown at once, although nothing new is recorded at that time.
        await until(lambda: "marker  marker, operator, and 1 more" in shown(app, "values"))


async def test_a_marker_of_an_earlier_run_is_taken_back_where_it_is_selected() -> None:
    rig = two_receivers()
    async with open_board(rig, SIZES[1], operator="Pia") as (app, pilot):
        rig.events.kept.clear()
        await put_events(rig)
        await rig.events.add([Event(FELL_AT + 20, EventKind.MARKER, "hum", *ONE, actor="Pia")])
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, TimelineScreen) and "hum" in shown(app, "events"))
        await pilot.press("home", "u")
        await until(lambda: "hum" not in shown(app, "events"))
        assert [event.text for event in rig.events.kept if event.kind is EventKind.MARKER] == [
            "crackle in the duet"
        ]
        await pilot.press("home", "u")
        await pilot.pause()
        assert isinstance(app.screen, TimelineScreen), "the newest is no marker"
        await pilot.press("down", "u")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        assert "Take back the marker of Zoë: crackle in the duet?" in text_of(app)
        await pilot.press("n")
        await until(lambda: isinstance(app.screen, TimelineScreen))
        assert "crackle" in shown(app, "events")
        await pilot.press("u")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(lambda: "crackle" not in shown(app, "events"))


def charger_rig() -> ScriptedRig:
    """The pack of the only channel is in the first bay of the charger, and another in the second."""
    off = replace(FACTS, name="Guitar", transmitter=None, transmitter_present=False)
    heard = DeviceHeard(DeviceKind.CHARGER, 0, "SBC840", "Charger FOH", bay_count=2)
    bays = (Bay(1, BayState.CHARGING, "ULXD1", "Guitar"), Bay(2, BayState.FAULT, error="Too warm"))
    rig = ScriptedRig(
        {"127.0.0.2": reports("A", (off, SILENCE)), "127.0.0.3": [heard, *map(BayHeard, bays)]},
        device(2),
        device(3),
    )
    rig.recorder.recorded = recorded
    return rig


async def test_a_charger_has_no_curves_but_its_events() -> None:
    rig = charger_rig()
    async with open_app(rig) as (app, pilot):
        rig.events.kept.clear()
        fault = Event(FELL_AT, EventKind.ALARM, "Charger fault", CHARGER, subject="Charger FOH")
        await rig.events.add([replace(fault, at=FELL_AT - 20, text="Charger fault cleared"), fault])
        await pilot.press("t")
        await until(lambda: "Charger fault" in shown(app, "events"))
        await pilot.press("home", "enter")
        await until(lambda: isinstance(app.screen, MomentScreen) and "cleared" in shown(app, "charts"))
        assert "no curves" in shown(app, "charts")
        assert shown(app, "header").startswith(" Charger FOH")
        assert not has_curves(app)
        assert isinstance(app.screen, MomentScreen)
        assert app.screen.chosen_devices == [CHARGER]
        moment = app.screen
        await pilot.press("comma")
        await until(cursor_is_at(moment, FELL_AT - 20))


async def test_of_a_bay_the_channel_is_shown_whose_pack_is_in_it_with_the_events_of_the_charger() -> None:
    rig = charger_rig()
    async with open_app(rig) as (app, _):
        await rig.events.add([Event(FELL_AT, EventKind.ALARM, "Charger fault", CHARGER)])
        subjects = EventSubjects(rig.live)
        for bay, docked in ((1, [ONE]), (2, []), (0, [])):
            request = subjects.moment_of(FELL_AT, CHARGER, None, bay)
            assert (list(request.channels), request.charger) == (docked, CHARGER)
        assert subjects.moment_of(FELL_AT, None, None, 1).charger is None
        app.post_message(subjects.moment_of(FELL_AT, CHARGER, None, 1))
        await open_moment(app)
        await until(lambda: "Charger fault" in shown(app, "values"))
        assert shown(app, "header").startswith(" A/1 Guitar")


async def test_of_a_crowded_time_it_says_that_older_events_are_left_out() -> None:
    rig = two_receivers()
    rig.recorder.recorded = recorded
    async with open_app(rig, SIZES[1]) as (app, _):
        rig.events.kept.clear()
        other = [Event(FELL_AT + 2, EventKind.LINK, "live", DeviceId("other"), 1)] * MAX_EVENTS
        await rig.events.add([Event(FELL_AT, EventKind.MARKER, "crackle"), *other])
        app.post_message(MomentRequested(FELL_AT, [ONE]))
        moment = await open_moment(app)
        # What is about other channels takes no room.
        await until(lambda: "crackle" in shown(app, "values"))
        assert "only the newest" not in shown(app, "header")
        own = [Event(FELL_AT + 2, EventKind.LINK, "live", *ONE)] * MAX_EVENTS
        await rig.events.add(own)
        moment.show_change()
        await until(lambda: "only the newest 1000 events" in shown(app, "header"))


async def test_a_moment_says_what_cannot_be_read_and_takes_a_channel_that_is_gone() -> None:
    rig = two_receivers()
    rig.recorder.recorded = recorded
    async with open_app(rig, SIZES[0]) as (app, pilot):
        app.post_message(MomentRequested(FELL_AT, [ChannelRef(ONE.device_id, 9)]))
        moment = await open_moment(app)
        # Its receiver has no such channel any more, so there are no others beside it.
        await pilot.press("tab")
        assert moment.chosen_channels == [ChannelRef(ONE.device_id, 9)]
        assert "not read" not in shown(app, "header")

        async def fail(_: EventQuery) -> Sequence[Event]:
            raise StorageError(ErrorCode.DATABASE_DAMAGED, "The database is damaged")

        rig.events.list = fail  # type: ignore[method-assign, assignment] # a damaged database
        moment.show_change()
        await until(lambda: "events not read" in shown(app, "header"))


async def test_a_reading_that_takes_long_is_waited_for_and_not_begun_again() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        list_events, begun, gate = rig.events.list, list[EventQuery](), asyncio.Event()

        async def list_slowly(query: EventQuery) -> Sequence[Event]:
            begun.append(query)
            await gate.wait()
            return await list_events(query)

        rig.events.list = list_slowly  # type: ignore[method-assign] # a slow disk
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, TimelineScreen) and bool(begun))
        timeline = app.screen
        assert isinstance(timeline, TimelineScreen)
        for _ in range(3):
            timeline._follow()
            await pilot.pause()
        assert len(begun) == 1
        gate.set()
        await until(lambda: "event" in shown(app, "header"))
        timeline._follow()
        await until(lambda: len(begun) == 2)


async def test_several_channels_stand_below_one_another_and_unknown_times_stay_blank(
    screen: SnapshotAssertion,
) -> None:
    rig = two_receivers()
    rig.recorder.recorded = recorded
    async with open_app(rig, SIZES[0]) as (app, pilot):
        rig.events.kept.clear()
        await put_events(rig)
        await pilot.press("t", "slash", *"crackle", "enter")
        await until(lambda: isinstance(app.screen, TimelineScreen) and "1 event" in shown(app, "header"))
        await pilot.press("enter")
        moment = await open_moment(app)
        assert await at_all_sizes(app, pilot) == screen
        first = moment.chosen_channels
        await pilot.press("down")
        assert moment.chosen_channels != first
        await pilot.press("tab")
        await until(lambda: "RF A dBm" in shown(app, "charts"))
        for _ in range(5):
            await pilot.press("pageup")
        await until(lambda: "nothing was recorded then" in shown(app, "values"))
        await pilot.press("end")
        assert moment.chosen_moment > NOW - 2
        await pilot.press("left")


async def test_the_list_grows_and_keeps_what_is_selected() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        rig.events.kept.clear()
        await pilot.press("t")
        await until(
            lambda: isinstance(app.screen, TimelineScreen) and "Nothing happened" in shown(app, "events")
        )
        await put_events(rig)
        timeline = app.screen
        assert isinstance(timeline, TimelineScreen)
        timeline.show_change()
        await until(lambda: "7 events" in shown(app, "header"))
        await pilot.press("down", "down")
        selected = timeline.selected
        await rig.events.add([Event(NOW, EventKind.MARKER, "newest")])
        timeline.show_change()
        await until(lambda: "8 events" in shown(app, "header"))
        assert timeline.selected == selected
        await pilot.press("end", "home", "pagedown", "pageup")
        assert timeline.selected is not None
        assert timeline.selected.text == "newest"
        await pilot.press("slash", *"nowhere")
        await until(lambda: "No event matches" in shown(app, "events"))
        assert "0 events, only /nowhere" in shown(app, "header")
        await pilot.press("enter", "enter", "escape", "enter")
        await until(lambda: isinstance(app.screen, MomentScreen))
