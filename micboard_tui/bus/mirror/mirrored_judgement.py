"""What the publishers judged of all devices, put together for who asks.

What channels of devices do to each other that different publishers read comes with the findings.

What did not change since the last time is taken from it: states and devices are added to those that were
there, and problems are collected again only when an entry came or a publisher was lost or found.
"""

from collections.abc import Callable, Mapping, Sequence

from micboard_tui.bus.mirror.mirrored_devices import MirroredDevices
from micboard_tui.bus.wire.device_entry import DeviceEntry, JudgedChannel
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import LastingConflict, worst_first
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStarts

SiteConflicts = Mapping[ChannelRef, Sequence[LastingConflict]]


class MirroredJudgement:
    def __init__(self, devices: MirroredDevices, find_conflicts: Callable[[], SiteConflicts]) -> None:
        """``find_conflicts``: those of the whole site; another object when they are others."""
        self._devices, self._find_conflicts = devices, find_conflicts
        self._conflicts: SiteConflicts = {}
        self._version = self._layout_version = self._problems_version = -1
        self._states: Mapping[ChannelRef, ChannelState] = {}
        self._snapshots: Mapping[DeviceId, DeviceSnapshot] = {}
        self._problems = _Problems({})
        self._last: Judgement | None = None

    def judge(self, now: float, max_age_s: float) -> Judgement:
        """The last one, if it is no older; else one of this moment."""
        last = self._last
        if last is None or not 0.0 <= now - last.starts.at < max_age_s:
            self._read()
            found = self._problems
            starts = ProblemStarts(now, found.starts)
            # Boards tell by another object that all was judged, and draw ages anew.
            problems = dict(found.of_channels)
            last = self._last = Judgement(
                self._states, self._snapshots, problems, found.of_devices, found.conflicts, starts
            )
        return last

    def _read(self) -> None:
        devices = self._devices
        if devices.layout_version != self._layout_version:
            snapshots = [device.snapshot() for device in devices]
            self._snapshots = {snapshot.device.id: snapshot for snapshot in snapshots}
            self._states = {state.ref: state for snapshot in snapshots for state in snapshot.channels}
        elif devices.version != self._version:
            changes = devices.changed_since(self._version, None)
            newer = {state.device_id: devices.by_id[state.device_id].snapshot() for state in changes.devices}
            self._snapshots = {**self._snapshots, **newer}
            self._states = {**self._states, **{state.ref: state for state in changes.channels}}
        conflicts = self._find_conflicts()
        if devices.problems_version != self._problems_version or conflicts is not self._conflicts:
            self._conflicts = conflicts
            self._problems = _Problems(conflicts)
            self._problems.collect(devices)
        self._version, self._layout_version = devices.version, devices.layout_version
        self._problems_version = devices.problems_version


class _Problems:
    """In rack order."""

    def __init__(self, of_site: SiteConflicts) -> None:
        self._of_site = of_site
        self.of_channels: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        self.of_devices: dict[DeviceId, tuple[DeviceProblem, ...]] = {}
        self.conflicts: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        self.starts: dict[ProblemKey, float] = {}

    def collect(self, devices: MirroredDevices) -> None:
        """Of what is past nothing is known to be wrong now."""
        for device in devices:
            if not device.is_past:
                for channel in device.channels.values():
                    self._take_channel(channel.ref, channel.entry.judged)
                    conflicts = self._of_site.get(channel.ref)
                    if conflicts and channel.entry.link_state in ON_AIR:
                        self._add_conflicts(channel.ref, conflicts)
                self._take_device(device.entry)

    def _take_channel(self, ref: ChannelRef, judged: JudgedChannel) -> None:
        if judged.problems:
            self.of_channels[ref] = tuple(problem.code for problem in judged.problems)
            for code, since in judged.problems:
                self.starts[ProblemKey(ref.device_id, ref.number, code)] = since
        if judged.conflicts:
            self.conflicts[ref] = judged.conflicts

    def _add_conflicts(self, ref: ChannelRef, conflicts: Sequence[LastingConflict]) -> None:
        codes = [conflict.code for conflict in conflicts]
        self.of_channels[ref] = worst_first((*self.of_channels.get(ref, ()), *codes))
        self.conflicts[ref] = worst_first((*self.conflicts.get(ref, ()), *codes))
        for code, since in conflicts:
            self.starts.setdefault(ProblemKey(ref.device_id, ref.number, code), since)

    def _take_device(self, entry: DeviceEntry) -> None:
        device_id = entry.device.id
        if entry.problems:
            self.of_devices[device_id] = tuple(lasting.problem for lasting in entry.problems)
            for problem, since in entry.problems:
                self.starts[ProblemKey(device_id, None, problem.code, problem.number)] = since
