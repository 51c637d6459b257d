"""The recap from the key to the file."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input, Static

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_record import record_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.moment_screen import MomentScreen
from micboard_tui.tui.screens.progress_dialog import ProgressDialog
from micboard_tui.tui.screens.recap_screen import NOTHING, RecapScreen
from micboard_tui.tui.screens.text_dialog import TextDialog
from tests.fakes.links import until
from tests.fakes.recorded import MadeUpRecorder
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import open_app, toasts
from tests.tui.test_screens import SIZES
from tests.tui.test_timeline import at_all_sizes, shown

pytestmark = pytest.mark.journey

NOW = 1_000_000.0
STARTED_AT = NOW - 2 * 3600
ONE = ChannelRef(DeviceId("rack-2"), 1)
KEY = AlarmKey(ProblemCode.RF_LOST, *ONE)
LIVE = ReadingFlag.ANTENNA_DBM | link_flag(LinkState.LIVE)


def recorded(ref: ChannelRef, at: float) -> ChannelSummary:
    """Antenna B of the first receiver is weak, and weaker on each channel; nothing of the second one."""
    if ref.device_id != ONE.device_id or at < STARTED_AT:
        return ChannelSummary()
    a, b = -500 - int(at // 10) % 7 * 10, -700 - ref.number * 80
    levels = (LevelSummary(a, a, a, 1), LevelSummary(b, b, b, 1), LevelSummary(-300, -300, -300, 1))
    charge = 90 - int(at - STARTED_AT) // 120 - ref.number
    return ChannelSummary(*levels, 90, charge, LIVE, 1)


class SlowRecorder(MadeUpRecorder):
    """While it is held, nothing of it can be read."""

    is_held = False
    waiting = 0
    """So many readers wait for it."""

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        self.waiting += 1
        try:
            await until(lambda: not self.is_held)
        finally:
            self.waiting -= 1
        return await super().summaries(channels, start, end, columns)


async def put_evening(rig: ScriptedRig) -> None:
    """A show with a drop-out that was seen, a device that went away, a marker and a note."""
    rig.recorder.recorded = recorded
    alarm = Alarm(KEY, AlarmPriority.NOW, STARTED_AT + 600, STARTED_AT + 600)
    changes = (
        (AlarmEventKind.RAISED, 600),
        (AlarmEventKind.ACKNOWLEDGED, 612),
        (AlarmEventKind.CLEARED, 640),
    )
    lost, back = {"link": "rf_lost", "before": "live"}, {"link": "live", "before": "rf_lost"}
    away, there = {"status": "offline"}, {"status": "online"}
    await rig.events.add(
        [
            Event(
                STARTED_AT - 86_400,
                EventKind.SHOW,
                "Romeo started",
                details={"action": "start", "show": "Romeo"},
            ),
            Event(
                STARTED_AT - 80_000, EventKind.SHOW, "Romeo ended", details={"action": "end", "show": "Romeo"}
            ),
            Event(STARTED_AT + 600, EventKind.LINK, "RF lost", *ONE, details=lost),
            *(
                record_event(AlarmEvent(kind, alarm, STARTED_AT + after, "Pia"), "RF lost", "A/1")
                for kind, after in changes
            ),
            Event(STARTED_AT + 638, EventKind.LINK, "live", *ONE, details=back),
            Event(
                STARTED_AT + 900,
                EventKind.SESSION,
                "Session ended: no route",
                DeviceId("rack-3"),
                details=away,
            ),
            Event(STARTED_AT + 930, EventKind.SESSION, "Session opened", DeviceId("rack-3"), details=there),
            Event(
                STARTED_AT + 1000, EventKind.MARKER, "crackle in the duet", *ONE, actor="Zoë", subject="A/1"
            ),
        ]
    )
    await rig.handover.add(HandoverNote(NOW - 100, "Pia", "Pack 1 rattles"))


async def answer_list(app: MicboardApp, pilot: Pilot[str], *keys: str) -> None:
    await until(lambda: isinstance(app.screen, ListDialog))
    await pilot.press(*keys, "enter")


async def answer_path(app: MicboardApp, pilot: Pilot[str], file: Path) -> None:
    await until(lambda: isinstance(app.screen, TextDialog))
    app.screen.query_one(Input).value = str(file)
    await pilot.press("enter")


async def look_at_the_worst_moment(app: MicboardApp, pilot: Pilot[str]) -> None:
    await pilot.press("home", "tab", "tab", "tab", "tab", "shift+tab", "down", "down")
    assert isinstance(app.screen, RecapScreen)
    assert app.screen.chosen_channels == [ONE]
    await pilot.press("enter")
    await until(lambda: isinstance(app.screen, MomentScreen))
    assert isinstance(app.screen, MomentScreen)
    assert app.screen.chosen_channels == [ONE]
    assert app.screen.chosen_moment == STARTED_AT + 600
    await pilot.press("escape")


async def move_by_keys_and_mouse(app: MicboardApp, pilot: Pilot[str]) -> None:
    """The first click selects, the second looks at the moment."""
    await pilot.press("end", "T")
    assert "Not measured" in shown(app, "recap")
    await pilot.press("home", "pagedown", "k")
    await pilot._post_mouse_events([MouseScrollDown, MouseScrollUp], "#recap", button=0)
    await pilot.press("home")
    await pilot.click("#recap", offset=(6, 1))
    assert isinstance(app.screen, RecapScreen)
    assert app.screen.chosen_channels == [ONE]
    await pilot.click("#recap", offset=(6, 1), times=2)
    await until(lambda: isinstance(app.screen, MomentScreen))
    await pilot.press("escape")


async def choose_a_show_and_then_an_hour(app: MicboardApp, pilot: Pilot[str]) -> None:
    await pilot.press("s")
    await answer_list(app, pilot, "up", "up")
    await until(lambda: isinstance(app.screen, RecapScreen) and "Romeo" in shown(app, "header"))
    await pilot.press("left", "r")
    await until(lambda: "1:00" in shown(app, "header"))


async def stop_an_export(app: MicboardApp, pilot: Pilot[str], directory: Path) -> None:
    """Esc ends what takes long, and nothing is written."""
    services = app._background.services
    assert services is not None
    recorder = services.recorder
    assert isinstance(recorder, SlowRecorder)
    recorder.is_held = True
    await pilot.press("e")
    await answer_list(app, pilot)
    await answer_path(app, pilot, directory / "never.html")
    await until(lambda: isinstance(app.screen, ProgressDialog))
    await until(lambda: "0 of 5 channels" in str(app.screen.query_one("#progress", Static).content))
    await pilot.press("escape")
    await until(lambda: toasts(app)[-1] == "Nothing was written.")
    await until(lambda: not recorder.waiting)
    recorder.is_held = False
    assert not (directory / "never.html").exists()


async def leave_while_it_is_read(app: MicboardApp, pilot: Pilot[str]) -> None:
    services = app._background.services
    assert services is not None
    recorder = services.recorder
    assert isinstance(recorder, SlowRecorder)
    recorder.is_held = True
    await pilot.press("r")
    await until(lambda: "reading: 0 of 5 channels" in shown(app, "header"))
    screen = app.screen
    assert isinstance(screen, RecapScreen)
    await pilot.press("R")
    await until(lambda: not recorder.waiting)
    assert app.screen is not screen
    screen.show_current()


async def export(app: MicboardApp, pilot: Pilot[str], directory: Path) -> None:
    """Into a file that may be there, and where none can be."""
    file = directory / "tonight.json"
    for _ in range(2):
        await pilot.press("e")
        await answer_list(app, pilot, "end")
        await answer_path(app, pilot, file)
        await until(lambda: isinstance(app.screen, RecapScreen | ConfirmScreen))
    assert isinstance(app.screen, ConfirmScreen)
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["end"] - written["start"] == 3600
    assert f"Wrote the recap to {file}." in toasts(app)
    await pilot.press("n")
    await stop_an_export(app, pilot, directory)
    await pilot.press("e")
    await answer_list(app, pilot)
    await answer_path(app, pilot, directory / "not there" / "recap.html")
    await until(lambda: "cannot be written" in toasts(app)[-1])


async def test_a_recap_from_the_key_to_the_file(screen: SnapshotAssertion, tmp_path: Path) -> None:
    rig = two_receivers()
    rig.recorder = SlowRecorder()
    async with open_app(rig, SIZES[0]) as (app, pilot):
        rig.events.kept.clear()
        await pilot.press("R")
        await until(lambda: isinstance(app.screen, RecapScreen) and NOTHING[0] in shown(app, "recap"))
        await pilot.press("e", "escape", "escape")
        await put_evening(rig)
        await pilot.press("R")
        await until(lambda: isinstance(app.screen, RecapScreen) and "12s" in shown(app, "recap"))
        await until(lambda: "reading" not in shown(app, "header"))
        assert await at_all_sizes(app, pilot) == screen

        await pilot.press("c")
        await answer_list(app, pilot, "end")
        await until(lambda: "Compared with" in shown(app, "recap") and "reading" not in shown(app, "header"))
        assert await at_all_sizes(app, pilot) == screen(name="compared")
        await look_at_the_worst_moment(app, pilot)
        await move_by_keys_and_mouse(app, pilot)
        await choose_a_show_and_then_an_hour(app, pilot)
        await export(app, pilot, tmp_path)
        await leave_while_it_is_read(app, pilot)
