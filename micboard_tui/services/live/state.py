"""The present, in memory: takes what drivers report and offers immutable states to front ends that sample.

What is held, and when it changes:

* ``place`` and ``cast`` say which devices, locations, performers and assignments there are;
  ``SynchronizationService`` calls them when it starts and whenever the records changed. ``recall`` then fills
  devices that have not spoken with what the database last knew, marked as past.
* ``take_observations`` takes the observations of one read from a device, ``status`` what its session says
  about the device as a whole. Both are called a thousand times a second and never wait.
* Every change gets the next version number; channels and devices remember the version of their last change.
  Front ends keep the version that they saw and ask ``changed_since``. A frozen state is only made then, for
  what changed, and kept until the next change: a channel that is not looked at costs no objects.
* ``layout_version`` grows when devices, channels, names, locations or people come and go, so that a board
  knows when to arrange its lines anew.
* Audio peaks and RF dips are held for ``peak_hold_s``, so that a screen that samples misses none.
* ``problems`` judges all channels and devices when a front end or the saver of states asks (``judge``).
* What was read from devices waits, as it came, until the flight recorder takes it once a second.
* ``findings`` is replaced as a whole by the services that conclude them: alarms, forecasts.
* Packs in chargers are matched with channels again whenever a bay, a pack or an assignment changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from micboard_tui.contracts.live import Changes, LinkChange
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.bay import unknown_bays
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import (
    Alive,
    BayHeard,
    ClockHeard,
    DeviceHeard,
    FactsHeard,
    MetersHeard,
    Observation,
)
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, PEAK_HOLD_S, Thresholds
from micboard_tui.domain.value_ranges import MAX_CHANNELS
from micboard_tui.services.live.applied_thresholds import AppliedThresholds
from micboard_tui.services.live.docked_packs import DockedPacks
from micboard_tui.services.live.link_changes import LinkChanges
from micboard_tui.services.live.places import Places
from micboard_tui.services.live.problem_judge import ProblemJudge
from micboard_tui.services.live.recorder_feed import RecorderFeed
from micboard_tui.services.live.slow_changes import SlowChanges
from micboard_tui.services.live.tracked_channel import LiveChannel
from micboard_tui.services.live.tracked_device import LiveDevice

_UNREACHED = {
    DeviceStatus.OFFLINE: LinkState.OFFLINE,
    DeviceStatus.REFUSED: LinkState.REFUSED,
}
_ONLINE = DeviceStatus.ONLINE
"""A constant, since Python 3.11 needs twenty times as long to find a member in its enumeration."""


class LiveState:
    """Implements ``LiveContract``; the methods that change it are for services only.

    One thread uses it. ``clock`` gives seconds since the epoch and should not jump.
    """

    def __init__(
        self, clock: WallClock, peak_hold_s: float = PEAK_HOLD_S, thresholds: Thresholds = DEFAULT_THRESHOLDS
    ) -> None:
        self._clock, self._peak_hold_s = clock, peak_hold_s
        self._thresholds = AppliedThresholds(thresholds)
        self._version = self._layout_version = 0
        self._devices: dict[DeviceId, LiveDevice] = {}
        self._places = Places()
        self._performers: dict[PerformerId, Performer] = {}
        self._assignments: dict[ChannelRef, Assignment] = {}
        self._assignments_of: dict[DeviceId, list[Assignment]] = {}
        self._dropped: list[ChannelRef] = []
        self._docked = DockedPacks()
        self.link_changes, self.clock_set_by_s = LinkChanges(), 0.0
        self.feed = RecorderFeed(lambda: self._devices)
        self.slow = SlowChanges(lambda: self._devices)
        self.problems = ProblemJudge(self)
        self.findings = Findings()

    # What front ends see.

    @property
    def version(self) -> int:
        return self._version

    def now(self) -> float:
        return self._clock()

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        if version == self._version:
            return Changes(version, layout_version=self._layout_version)
        if among is not None:
            channels = _changed_channels(self._devices, among, version)
            return Changes(self._version, channels, layout_version=self._layout_version)
        devices = [device for device in self._devices.values() if device.version > version]
        return Changes(
            self._version,
            [
                channel.immutable()
                for device in devices
                for channel in device.channels.values()
                if channel.version > version
            ],
            [device.immutable() for device in devices],
            self._layout_version,
        )

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        return tuple(map(self._snapshot, self._devices.values()))

    def locations(self) -> Sequence[Location]:
        return tuple(self._places.locations.values())

    def performers(self) -> Sequence[Performer]:
        return tuple(self._performers.values())

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        channel = self._find_channel(ref)
        return channel.immutable() if channel else None

    def history(self, ref: ChannelRef) -> Sequence[LinkChange]:
        channel = self._find_channel(ref)
        return tuple(channel.history) if channel else ()

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        device = self._devices.get(device_id)
        return self._snapshot(device) if device else None

    def judge(self, max_age_s: float = 0.0) -> Judgement:
        return self.problems.judge(max_age_s)

    def _find_channel(self, ref: ChannelRef) -> LiveChannel | None:
        device = self._devices.get(ref.device_id)
        return device.channels.get(ref.number) if device else None

    def _snapshot(self, device: LiveDevice) -> DeviceSnapshot:
        planned = self._assignments_of.get(device.device.id, ())
        return device.snapshot(self._places, planned)

    # What services change.

    def place(self, devices: Iterable[Device], locations: Iterable[Location]) -> None:
        """Show exactly these devices, in this order; what is known of those that stay, stays."""
        placed = {device.id: device for device in devices}
        self._layout_version += 1
        version = self._next_version()
        self._places = Places(locations)
        before, self._devices = self._devices, {}
        for device_id, device in placed.items():
            known = before.get(device_id)
            if known is None or known.device.host != device.host or known.device.port != device.port:
                known = LiveDevice(device, version, self._thresholds.base)
            known.device, known.version = device, version
            self._devices[device_id] = known
            for channel in known.channels.values():
                if channel.rf_zone != (zone := self._places.zone_of(device)):
                    channel.rf_zone, channel.version = zone, version
        self._thresholds.apply(self._devices.values(), self._places, version)
        self._match_docks()

    def cast(self, performers: Iterable[Performer], assignments: Iterable[Assignment]) -> None:
        """Show exactly these people and who has which channel, now and on channels still to come."""
        people = {performer.id: performer for performer in performers}
        by_channel = {assignment.channel: assignment for assignment in assignments}
        if people == self._performers and by_channel == self._assignments:
            return
        self._performers, self._assignments = people, by_channel
        self._assignments_of = {}
        for planned in by_channel.values():
            self._assignments_of.setdefault(planned.channel.device_id, []).append(planned)
        self._layout_version += 1
        version = self._next_version()
        for device in self._devices.values():
            for channel in device.channels.values():
                assignment = by_channel.get(channel.ref)
                if channel.assignment != assignment:
                    channel.assignment = assignment
                    channel.version = device.version = version
        self._thresholds.apply(self._devices.values(), self._places, version)
        self._match_docks()

    def judge_by(self, numbers: ThresholdSet, profile: ShowProfile) -> None:
        """Judge everything by these numbers from now on."""
        self._thresholds.change(numbers, profile)
        self._thresholds.apply(self._devices.values(), self._places, self._next_version())

    def recall(self, snapshots: Iterable[DeviceSnapshot], *, is_anew: bool = False) -> None:
        """Fill devices not heard yet, or all, with what the database last knew, as past, never as current."""
        version = self._next_version()
        self._layout_version += 1
        snapshots = tuple(snapshots)
        # Something is stored every few seconds while any device speaks.
        states = [snapshot.state for snapshot in snapshots]
        stamps = (stamp for state in states for stamp in (state.last_seen_at, state.status_since))
        seen_at = max(filter(None, stamps), default=0.0)
        for snapshot in snapshots:
            device = self._devices.get(snapshot.device.id)
            if device is None or (device.has_spoken and not is_anew):
                continue
            self.status(device.device.id, DeviceStatus.UNKNOWN)
            device.recall(snapshot, version, seen_at)
            for past in snapshot.channels:
                channel = device.channels.get(past.number)
                if channel is None:
                    channel = device.channels[past.number] = self._new_channel(past.ref, version)
                channel.recall(past, version, self._clock(), seen_at)

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        """Take what one read from a device brought. Devices that are not placed are ignored."""
        device = self._devices.get(device_id)
        if device is None:
            return
        now = self._clock()
        self._version += 1
        device.version, device.heard_at = self._version, now
        if device.state.status is not _ONLINE:
            self.status(device_id, _ONLINE)
        self.feed.reads.append((now, device_id, observations))
        channels, version, hold_s = device.channels, device.version, self._peak_hold_s
        for observation in observations:
            # Meters come a thousand times a second, and nearly always of a channel that is there.
            if type(observation) is MetersHeard:
                number, meters = observation
                if (channel := channels.get(number)) is not None:
                    channel.take_meters(meters, version, now, hold_s)
                    continue
            self._take_rare(device, observation, now)

    def online(self) -> Sequence[tuple[DeviceId, float]]:
        """The devices that count as online, with when each was last heard, seconds since the epoch."""
        return [
            (device_id, device.heard_at or 0.0)
            for device_id, device in self._devices.items()
            if device.state.status is _ONLINE
        ]

    def status(self, device_id: DeviceId, status: DeviceStatus, fault: DeviceFault | None = None) -> None:
        """A device came or went. Its channels follow; what they showed is no longer current."""
        device = self._devices.get(device_id)
        if device is None or (device.state.status is status and device.state.fault == fault):
            return
        now = self._clock()
        changed = device.state.status is not status
        code = fault.code if fault is not None else None
        recoded = code != (device.state.fault.code if device.state.fault is not None else None)
        device.version = self._next_version()
        device.state = replace(
            device.state,
            version=device.version,
            status=status,
            status_since=device.status_since(status, now) if changed else device.state.status_since,
            fault=fault,
            last_seen_at=device.heard_at,
            bays=unknown_bays(len(device.state.bays)) if changed else device.state.bays,
        )
        link = _UNREACHED.get(status, LinkState.UNKNOWN)
        self.link_changes.count += changed
        if changed or recoded:
            for channel in device.channels.values():
                if changed:
                    channel.silence(link, now)
                channel.fault_code, channel.version = code, device.version
        if changed and device.state.bays:
            self._match_docks()

    def take_docks(self, elsewhere: Mapping[ChannelRef, Dock]) -> None:
        """Packs in chargers that other programs read; those given before are in none of them any more."""
        self._docked.elsewhere = elsewhere
        self._match_docks()

    def shift_clock(self, correction_s: float) -> None:
        """Move every stamp after the machine's clock was set, so that ages stay right."""
        version = self._next_version()
        for device in self._devices.values():
            device.shift_clock(correction_s, version)
        self.problems.shift_clock(correction_s)
        self.clock_set_by_s += correction_s

    def take_dropped(self) -> Sequence[ChannelRef]:
        """The channels that devices no longer have, each listed once."""
        dropped, self._dropped = self._dropped, []
        return dropped

    def _take_rare(self, device: LiveDevice, heard: Observation, now: float) -> None:
        """Everything but the meters of a channel that is there."""
        bays, packs_changed = device.state.bays, False
        if isinstance(heard, DeviceHeard):
            self._take_description(device, heard)
        elif isinstance(heard, BayHeard):
            device.take_bay(heard.bay)
        elif isinstance(heard, ClockHeard):
            device.take_clock(heard.shows_s - now)
        elif not isinstance(heard, Alive):
            packs_changed = self._take(device, heard, now)
        if device.state.bays is not bays or (packs_changed and self._docked.has_bays):
            self._match_docks()

    def _take(self, device: LiveDevice, heard: MetersHeard | FactsHeard, now: float) -> bool:
        """Whether the channel's pack is another one now, or has another name."""
        channel = device.channels.get(heard.number)
        if channel is None:
            channel = self._add_channel(device, heard.number)
        if isinstance(heard, MetersHeard):
            channel.take_meters(heard.meters, device.version, now, self._peak_hold_s)
            return False
        channel.version = device.version
        before = channel.known_pack
        channel.take_facts(heard.facts, now)
        channel.observed_at = now
        return channel.known_pack != before

    def _match_docks(self) -> None:
        """Find out which packs sit in a charger now; channels for which that changed get a new version."""
        self._docked.match(self._devices.values(), self._clock, self._next_version)

    def _next_version(self) -> int:
        self._version += 1
        return self._version

    def _add_channel(self, device: LiveDevice, number: int) -> LiveChannel:
        channel = self._new_channel(ChannelRef(device.device.id, number), device.version)
        if 1 <= number <= MAX_CHANNELS:
            device.channels[number] = channel
            self._layout_version += 1
        return channel

    def _new_channel(self, ref: ChannelRef, version: int) -> LiveChannel:
        device, assignment = self._devices[ref.device_id].device, self._assignments.get(ref)
        channel = LiveChannel(
            ref, version, self._thresholds.find(ref, device, self._places, assignment), self.link_changes
        )
        channel.assignment = assignment
        channel.rf_zone = self._places.zone_of(device)
        return channel

    def _take_description(self, device: LiveDevice, description: DeviceHeard) -> None:
        is_renamed = device.state.own_name != description.own_name
        was_count_known = device.is_channel_count_known
        device.take_description(description)
        count = min(description.channel_count, MAX_CHANNELS)
        gone = [number for number in device.channels if number > count]
        for number in gone:
            self._dropped.append(device.channels.pop(number).ref)
        for number in range(1, count + 1):
            if number not in device.channels:
                self._add_channel(device, number)
        if is_renamed or gone or was_count_known is not device.is_channel_count_known:
            self._layout_version += 1


def _changed_channels(
    devices: Mapping[DeviceId, LiveDevice], refs: Iterable[ChannelRef], version: int
) -> Sequence[ChannelState]:
    """Those of these channels that changed since this version."""
    states = list[ChannelState]()
    for device_id, number in refs:
        # Nearly always both are there.
        if device_id in devices and (device := devices[device_id]).version > version:
            channels = device.channels
            if number in channels and (channel := channels[number]).version > version:
                states.append(channel.immutable())
    return states
