"""A show that is prepared: of every kind of record there is one that the API can answer."""

from dataclasses import replace

from micboard_tui.contracts.services import Services
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, LevelSummary
from micboard_tui.domain.show import Show, ShowBreak
from micboard_tui.domain.show_calls import ShowAction, ShowCall
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope
from micboard_tui.domain.walk_test import PlaceFigures, Walk, WalkResult
from tests.tui.scripted_rig import ScriptedRig

LEAD, GUITAR = ChannelRef(DeviceId("rack-1"), 1), ChannelRef(DeviceId("rack-1"), 2)
PLOT = MicPlot(
    (PlotScene("1", "I", "Street"), PlotScene("2", "I", "Hall")),
    (PlotEntry(0, "7", "Ada", "Juliet"), PlotEntry(1, "7", "Ben", "Romeo")),
)
SHOW = Show("Romeo", 1_000_600.0, (ShowBreak(75, 20),), 170, PLOT)
WALK = Walk(
    999_000.0, 999_060.0, "Ada", {1: "Balcony"}, (WalkResult(1, GUITAR, "Guitar", PlaceFigures(60.0, 600)),)
)


def alarm(cause: ProblemCode, ref: ChannelRef, raised_at: float) -> Alarm:
    return Alarm(AlarmKey(cause, *ref), AlarmPriority.SOON, raised_at, raised_at)


async def prepare_show(rig: ScriptedRig, services: Services) -> None:
    """People, a show that is on, alarms, events, a line check, a walk, a note, and what was recorded."""
    await _arrange(services)
    _raise_alarms(rig)
    await _tell_past(rig, services)
    rig.recorder.recorded = lambda _ref, at: _recorded(at)


async def _arrange(services: Services) -> None:
    assignments, shows = services.assignments, services.shows
    await assignments.assign([LEAD], "Ada", role=Role.PRIMARY, actor="Ada")
    await assignments.assign([LEAD], "Ben", role=Role.PRIMARY, actor="Ada")
    await assignments.number_channels([LEAD, GUITAR], "7", actor="Ada")
    await shows.add_show(SHOW, actor="Ada")
    await shows.add_show(replace(SHOW, name="Tosca", plot=MicPlot()), actor="Ada")
    await shows.use_show("Romeo", actor="Ada")
    await shows.call(ShowCall(ShowAction.START), actor="Ada")
    await services.line_check.start(actor="Ada")
    await services.line_check.tick([GUITAR], actor="Ada")
    await services.handover.write("Pack 7 is slow", actor="Ada")
    scope = ThresholdScope(channel=LEAD)
    await services.thresholds.change(scope, ThresholdName.RF_LOW_DBM, -80, actor="Ada")


def _raise_alarms(rig: ScriptedRig) -> None:
    low = alarm(ProblemCode.BATTERY_LOW, GUITAR, 999_900.0)
    weak = replace(
        alarm(ProblemCode.RF_LOW, LEAD, 999_950.0), acknowledged_by="Ada", acknowledged_at=999_960.0
    )
    rig.alarms.show(low, weak)
    condition = SuppressedCondition(
        AlarmKey(ProblemCode.RF_LOST, DeviceId("rack-2"), 1), SuppressionReason.EXPECTED_OFF, 999_000.0
    )
    rig.live.findings = replace(
        rig.live.findings, alarms=replace(rig.live.findings.alarms, suppressed=(condition,))
    )
    rig.alarms.history += [
        AlarmEvent(AlarmEventKind.RAISED, low, 999_900.0),
        AlarmEvent(AlarmEventKind.ACKNOWLEDGED, weak, 999_960.0, "Ada"),
    ]


async def _tell_past(rig: ScriptedRig, services: Services) -> None:
    link = {"link": "live", "before": "rf_lost"}
    await rig.events.add(
        [
            Event(999_990.0, EventKind.LINK, "live, was RF lost", *LEAD, details=link, subject="Rack A/1"),
            Event(999_995.0, EventKind.SESSION, "Session opened", LEAD.device_id, subject="Rack A"),
        ]
    )
    await services.events.add_marker("crackle in the duet", actor="Ada", channel=LEAD)
    await rig.walks.keep(WALK)


def _recorded(at: float) -> ChannelSummary:
    """Nothing in every other minute."""
    level = LevelSummary(-600, -1100, -500, 2)
    flags = ReadingFlag.ANTENNA_DBM | link_flag(LinkState.LIVE)
    return ChannelSummary(level, level, level, None, 88, flags, 2) if at // 60 % 2 else EMPTY
