"""The present of a site whose sessions are kept by other programs, for the services that conclude from it.

All that they publish comes from ``replica``. Here is what only the program with the services
has: its clock, and ``findings``, which other parts add to nothing but that they are not heard. ``findings``
begins with what the program before concluded, so that nothing is missing until the services have begun; only
for whom control was armed ended with that program.

Meters of a replica come seldom of channels that nobody looks at. So channels of which something is wrong, and
single ones that are asked for, are asked for as if a board showed them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from micboard_tui.contracts.live import Changes, LinkChange, LiveContract
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import Observation
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.services.live.link_changes import LinkChanges
from micboard_tui.services.live.recorder_feed import RecorderFeed
from micboard_tui.services.steady_clock import SteadyClock

MAX_FOLLOWED = 200
"""Of so many channels with problems the meters come at once, of more when it is their turn."""
YOUNG_S = 0.5
"""A single channel is given as it was judged last, no longer ago than this."""


class SiteState:
    """Implements ``LiveSite``. ``clock``: that of this program, which the others follow."""

    def __init__(self, replica: LiveContract, clock: SteadyClock) -> None:
        self._replica, self._clock = replica, clock
        self._findings = replace(replica.findings, holder=None, armings=())
        self._link_changes = LinkChanges()
        self._version = self._layout_version = -1
        self._links: dict[ChannelRef, LinkState] = {}
        self._statuses: dict[DeviceId, DeviceStatus] = {}
        self.feed = RecorderFeed(dict)

    # What front ends see.

    @property
    def version(self) -> int:
        return self._replica.version

    @property
    def findings(self) -> Findings:
        if (lost := self._replica.findings.lost) is not self._findings.lost:
            self._findings = replace(self._findings, lost=lost)
        return self._findings

    @findings.setter
    def findings(self, findings: Findings) -> None:
        self._findings = findings

    def now(self) -> float:
        return self._clock()

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        return self._replica.changed_since(version, among)

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        return self._replica.snapshot()

    def locations(self) -> Sequence[Location]:
        return self._replica.locations()

    def performers(self) -> Sequence[Performer]:
        return self._replica.performers()

    def history(self, ref: ChannelRef) -> Sequence[LinkChange]:
        return self._replica.history(ref)

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        self._follow((ref,))
        return self._replica.judge(YOUNG_S).states.get(ref)

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        judgement = self._replica.judge(YOUNG_S)
        if (device := judgement.devices.get(device_id)) is None:
            return None
        channels = (judgement.states.get(channel.ref, channel) for channel in device.channels)
        return replace(device, channels=tuple(channels))

    def judge(self, max_age_s: float = 0.0) -> Judgement:
        judgement = self._replica.judge(max_age_s)
        self._follow(tuple(islice(judgement.problems, MAX_FOLLOWED)))
        return judgement

    # What services have besides.

    @property
    def clock_set_by_s(self) -> float:
        return self._clock.followed_s

    @property
    def link_changes(self) -> LinkChanges:
        changes = self._replica.changed_since(self._version)
        if changes.version != self._version:
            self._version = changes.version
            self._count(changes)
        return self._link_changes

    def judge_by(self, numbers: ThresholdSet, profile: ShowProfile) -> None:
        """Nothing: who keeps the sessions judges, and reads the numbers itself."""

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        """Nothing: devices report to who keeps their sessions."""

    def status(self, device_id: DeviceId, status: DeviceStatus, fault: DeviceFault | None = None) -> None:
        """Nothing, for the same reason."""

    def _follow(self, refs: Sequence[ChannelRef]) -> None:
        """Have their meters come."""
        if refs:
            self._replica.changed_since(self._replica.version, refs)

    def _count(self, changes: Changes) -> None:
        if changes.layout_version != self._layout_version:
            self._layout_version = changes.layout_version
            self._forget_gone()
        for state in changes.channels:
            if self._links.get(state.ref) is not state.link_state:
                self._links[state.ref] = state.link_state
                self._link_changes.count += 1
        for device in changes.devices:
            if self._statuses.get(device.device_id) is not device.status:
                self._statuses[device.device_id] = device.status
                self._link_changes.count += 1

    def _forget_gone(self) -> None:
        devices = self._replica.snapshot()
        there = {channel.ref for device in devices for channel in device.channels}
        self._links = {ref: link for ref, link in self._links.items() if ref in there}
        ids = {device.device.id for device in devices}
        self._statuses = {found: status for found, status in self._statuses.items() if found in ids}
