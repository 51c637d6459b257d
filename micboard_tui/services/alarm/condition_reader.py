"""Reads the conditions of alarms: from the judgement, the show, forecasts, and the state of this program.

What follows from the show is worked out once a second, and when the show moved on; between that it is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.storage_cures import find_storage_cause
from micboard_tui.domain.alarm_context import NO_CONTEXT, AlarmContext, read_show
from micboard_tui.domain.alarm_life import ActiveShow, WatchedAlarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.alarm_suppression import SuppressedCondition
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.condition_finder import ConditionFinder, Conditions
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.out_of_service import find_out_of_service
from micboard_tui.domain.show import ShowProfile, ShowProgress
from micboard_tui.domain.storage_cause import StorageCause
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.live.live_site import LiveSite

SHOW_EVERY_S = 1.0
SETTLE_S = 5.0
"""So long a profile has to be active: which one it is, is read a moment after the program started."""


class ConditionReader:
    def __init__(
        self, live: LiveSite, loop: LoopMonitor, find_storage_fault: Callable[[], ErrorInfo | None]
    ) -> None:
        self._live, self._loop, self._find_storage_fault = live, loop, find_storage_fault
        self._finder = ConditionFinder()
        self.storage_cause: StorageCause | None = None
        """Why nothing can be stored, or could not the last time: its alarm lasts a while longer."""
        self.lost_collector: BusLoss | None = None
        """The one that is not heard, or was not the last time."""
        self._show: ShowProgress | None = None
        self._show_at = self._profile_at = 0.0
        self._profile: ShowProfile | None = None
        self._of_show = NO_CONTEXT

    def read(self, judgement: Judgement, watched: Mapping[AlarmKey, WatchedAlarm]) -> Conditions:
        """What is observed of everything, and of the alarms that the desk has."""
        return self._finder.find(judgement, self._read_context(judgement), watched)

    @property
    def suppressed(self) -> Sequence[SuppressedCondition]:
        """What was suppressed by design when conditions were read last."""
        return self._finder.suppressed

    def _read_context(self, judgement: Judgement) -> AlarmContext:
        findings, now = self._live.findings, judgement.starts.at
        fault = self._find_storage_fault()
        if fault is not None:
            self.storage_cause = find_storage_cause(fault)
        if findings.lost is not None and findings.lost.reason is LossReason.COLLECTOR:
            self.lost_collector = findings.lost
        if findings.show is not self._show or not 0.0 <= now - self._show_at < SHOW_EVERY_S:
            self._show, self._show_at = findings.show, now
            self._of_show = (
                NO_CONTEXT if findings.show is None else read_show(findings.show, judgement.states, now)
            )
        if findings.profile is not self._profile:
            self._profile, self._profile_at = findings.profile, now
        is_settled = not 0.0 <= now - self._profile_at < SETTLE_S
        return replace(
            self._of_show,
            profile=findings.profile,
            active=ActiveShow(findings.profile, findings.show) if is_settled else None,
            forecasts=findings.forecasts,
            loop_lag_s=self._loop.last_s,
            is_stored=fault is None,
            lost=findings.lost,
            out_of_use=find_out_of_service(
                (device.device for device in judgement.devices.values()), self._live.locations()
            ),
        )
