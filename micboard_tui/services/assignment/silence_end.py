"""Lets alarms of a channel count again that was expected to be off and is live with sound again.

While the services are open, ``run`` looks every few seconds at the channels that are marked; which they are
is read again when the live state says that people or channels came or went. What came back is marked as
expected on, in one step for all of a look, and stands in the findings, so that front ends report it. A step
that cannot be stored is tried again with the next look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NoReturn

import anyio
import structlog

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.rack_notices import MAX_ENDED_SILENCES, EndedSilence, newest_serial, next_serial
from micboard_tui.services.assignment.assignment_service import AssignmentService
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.live.silenced_watch import SilencedWatch

LOOK_S = 2.0

log = structlog.get_logger(__name__)


class SilenceEnd:
    def __init__(self, live: LiveSite, assignments: AssignmentService) -> None:
        self._live, self._assignments = live, assignments
        self._watch = SilencedWatch()
        self._layout_version = 0
        self._marked: Sequence[ChannelRef] = ()
        self._faults = FaultLog(log, "silences_not_ended")

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(interval_s)
            await self.look()

    async def look(self) -> None:
        """Find out once what came back, and expect it on."""
        states = [state for ref in self._find_marked() if (state := self._live.channel(ref)) is not None]
        if not (refs := self._watch.judge(states, self._live.now())):
            return
        self._watch.keep(refs)
        answer = await self._assignments.end_silences(refs)
        if answer.success:
            self._faults.clear()
            self._watch.forget(refs)
            # A person may have expected some of them on meanwhile.
            self._report(assignment.channel for assignment in answer.data)
            return
        self._faults.report(answer.error)

    def _report(self, channels: Iterable[ChannelRef]) -> None:
        findings = self._live.findings
        ended = [*findings.ended_silences]
        for channel in channels:
            ended.append(EndedSilence(next_serial(newest_serial(ended[-1:]), self._live.now()), channel))
        self._live.findings = replace(findings, ended_silences=tuple(ended[-MAX_ENDED_SILENCES:]))

    def _find_marked(self) -> Sequence[ChannelRef]:
        layout_version = self._live.changed_since(self._live.version).layout_version
        if layout_version != self._layout_version:
            self._layout_version = layout_version
            devices = self._live.snapshot()
            self._marked = [
                state.ref for device in devices for state in device.channels if state.expected_off
            ]
        return self._marked
