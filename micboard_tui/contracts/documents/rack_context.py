"""What the entries of devices and channels have that is not in their own states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.contracts.documents.json_value import Json
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.channel_spacing import spacings_of
from micboard_tui.domain.conflict import Conflicts, find_conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode, find_problems


@dataclass(frozen=True, slots=True)
class RackContext:
    """Of one moment."""

    now: float
    """Seconds since the epoch."""
    conflicts: Conflicts = field(default_factory=dict)
    """Those among the channels of all devices, by channel: of ``conflicts_among``, or as judged already."""
    alarms: AlarmList | None = None
    """None: not known."""
    problems: Mapping[ChannelRef, Sequence[ProblemCode]] | None = None
    """Of every channel that has any, as they were judged already; None: they are judged for the entries."""

    def channel_warnings(self, state: ChannelState) -> list[Json]:
        """What is wrong with a channel, worst first."""
        if self.problems is not None:
            return [code.value for code in self.problems.get(state.ref, ())]
        conflicts = self.conflicts.get(state.ref, ()) if self.conflicts else ()
        return [code.value for code in find_problems(state, self.now, conflicts=conflicts)]

    def channel_alarms(self, state: ChannelState) -> Json:
        """The open alarms of a channel; None: not known."""
        if self.alarms is None or not self.alarms.is_read:
            return None
        by_channel = self.alarms.by_channel
        return _alarm_entries(by_channel.get(state.ref, ())) if by_channel else []

    def device_alarms(self, device_id: DeviceId) -> Json:
        """The open alarms of a device itself; None: not known."""
        if self.alarms is None or not self.alarms.is_read:
            return None
        return _alarm_entries(self.alarms.by_device.get(device_id, ()))


def live_context(live: LiveContract, max_age_s: float = 0.0) -> RackContext:
    """What a running program knows now; its problems were judged ``max_age_s`` ago at most."""
    judgement = live.judge(max_age_s)
    return RackContext(live.now(), judgement.conflicts, live.findings.alarms, judgement.problems)


def conflicts_among(rack: Iterable[DeviceSnapshot]) -> Conflicts:
    """The conflicts among the channels of all devices of ``rack``."""
    devices = list(rack)
    states = (channel for device in devices for channel in device.channels)
    return find_conflicts(states, spacings_of(devices))


def _alarm_entries(alarms: Sequence[Alarm]) -> Json:
    return [
        {
            "cause": alarm.key.cause.value,
            "part": alarm.key.part or None,
            "priority": alarm.priority.name.lower(),
            "status": alarm.status.value,
            "raised_at": format_timestamp(alarm.raised_at),
            "acknowledged_by": alarm.acknowledged_by,
        }
        for alarm in alarms
        if alarm.is_open
    ]
