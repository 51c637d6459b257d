"""A recap with something in each of its parts."""

from dataclasses import replace

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_record import record_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recap import Recap, RecapMaker, RecapSource
from micboard_tui.domain.recap_channel import ChannelTitle
from micboard_tui.domain.recap_comparison import compare_recaps
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary

RACK = DeviceId("rack")
ONE, TWO = ChannelRef(RACK, 1), ChannelRef(RACK, 2)
START, END = 1_000_000.0, 1_003_600.0
LIVE = ReadingFlag.ANTENNA_DBM | link_flag(LinkState.LIVE)


def summary(level: int, charge: int, flags: int = LIVE) -> ChannelSummary:
    rf = LevelSummary(level * 10, level * 10, level * 10, 1)
    return ChannelSummary(rf, rf, LevelSummary(-300, -300, -300, 1), 90, charge, flags, 1)


def recap_with(level: int, *events: Event) -> Recap:
    """Of one channel with this level, and one of which nothing was recorded."""
    note = HandoverNote(START + 5, "Pia", "Pack 7 rattles")
    maker = RecapMaker(RecapSource(START, END, {RACK: "Rack"}, events, "Romeo", [note]))
    columns = [
        summary(level, 90),
        *[summary(level, 30)] * 358,
        summary(level, 5, LIVE | ReadingFlag.OVERLOAD),
    ]
    titles = [ChannelTitle(ONE, "Rack/1", "7", "Mercutio"), ChannelTitle(TWO, "Rack/2")]
    maker.add(titles, {ONE: RecordedSpan(START, END, columns, 10.0)}, with_curves=True)
    return maker.finish()


def bad_evening() -> Recap:
    """A drop-out with its alarm, a device that was away, a marker, a note; worse than the show before."""
    lost = {"link": "rf_lost", "before": "live"}
    alarm = Alarm(AlarmKey(ProblemCode.RF_LOST, *ONE), AlarmPriority.NOW, START + 60, START + 60, note="hat")
    kinds = (AlarmEventKind.RAISED, AlarmEventKind.ACKNOWLEDGED, AlarmEventKind.CLEARED)
    bad = recap_with(
        -92,
        Event(START + 60, EventKind.LINK, "RF lost", *ONE, details=lost),
        *(record_event(AlarmEvent(kind, alarm, START + 60, "Pia"), "RF lost", "Rack/1") for kind in kinds),
        Event(START + 90, EventKind.LINK, "live", *ONE, details={"link": "live", "before": "rf_lost"}),
        Event(START + 99, EventKind.SESSION, "Session ended", RACK, details={"status": "offline"}),
        Event(START + 120, EventKind.SESSION, "Session opened", RACK, details={"status": "online"}),
        Event(START + 130, EventKind.MARKER, "crackle", *ONE, "Pia", subject="Rack/1"),
    )
    return replace(bad, comparison=compare_recaps(bad, recap_with(-60)))
