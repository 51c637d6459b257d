"""All alarms of one moment as front ends see them: counted, found by channel, the worst first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from micboard_tui.domain.alarm import Alarm, AlarmStatus
from micboard_tui.domain.alarm_flood import AlarmFlood
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.alarm_suppression import SuppressedCondition
from micboard_tui.domain.identity import ChannelRef, DeviceId


@dataclass(frozen=True)
class AlarmList:
    """Replaced as a whole whenever an alarm changed, so that ``is`` tells whether anything did."""

    alarms: Sequence[Alarm] = ()
    """Open and kept ones by their rank."""
    flood: AlarmFlood | None = None
    """More come than one person can bear; None: they do not."""
    chattering: frozenset[AlarmKey] = frozenset()
    """Those that come and go again and again: shelving is offered for them."""
    suppressed: Sequence[SuppressedCondition] = ()
    """What would be alarms and is none by design."""
    rate: int = 0
    """How many new ones came in the last ten minutes: whether one person can bear them."""
    is_read: bool = True
    """Whether those that are stored are among them."""

    @cached_property
    def new(self) -> Sequence[Alarm]:
        """Those that an operator has to see: neither acknowledged, shelved nor suppressed."""
        return tuple(alarm for alarm in self.alarms if alarm.is_new)

    @cached_property
    def by_channel(self) -> Mapping[ChannelRef, Sequence[Alarm]]:
        """Those of channels that are not suppressed, the most urgent first."""
        found: dict[ChannelRef, list[Alarm]] = {}
        for alarm in self.alarms:
            key = alarm.key
            if key.device_id is not None and key.channel is not None and alarm.hidden_by is None:
                found.setdefault(ChannelRef(key.device_id, key.channel), []).append(alarm)
        return found

    @cached_property
    def by_device(self) -> Mapping[DeviceId, Sequence[Alarm]]:
        """Those of devices themselves that are not suppressed, the most urgent first."""
        found: dict[DeviceId, list[Alarm]] = {}
        for alarm in self.alarms:
            key = alarm.key
            if key.device_id is not None and key.channel is None and alarm.hidden_by is None:
                found.setdefault(key.device_id, []).append(alarm)
        return found

    @cached_property
    def worst_new(self) -> Alarm | None:
        """The one to look after first; journal entries need no action."""
        new = [alarm for alarm in self.new if alarm.priority < AlarmPriority.JOURNAL]
        return min(new, key=lambda alarm: alarm.rank, default=None)

    def has_parts_of(self, other: "AlarmList") -> bool:
        """Whether nothing was replaced between the two; no alarm is compared."""
        return (
            self.alarms is other.alarms
            and self.flood is other.flood
            and self.chattering is other.chattering
            and self.suppressed is other.suppressed
            and (self.rate, self.is_read) == (other.rate, other.is_read)
        )

    def count(self, status: AlarmStatus) -> int:
        """How many have this status."""
        return sum(alarm.status is status for alarm in self.alarms)


NO_ALARMS = AlarmList(is_read=False)
"""Before the stored ones were read."""
