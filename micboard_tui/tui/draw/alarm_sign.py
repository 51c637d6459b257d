"""The one cell of a row that says whether its alarm is new, seen or shelved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.identity import ChannelRef, DeviceId

FLASHES_PER_S = 2.0
"""Within the band of medical alarms of high priority (docs/explanation/alarms.md)."""


class AlarmSign(NamedTuple):
    """Compared by identity: there are only those of this module."""

    letter: str
    tone: str


FLASHING = AlarmSign("!", "new critical")
FLASH_OFF, FLASH_OFF_PLAIN = AlarmSign("!", "critical"), AlarmSign("*", "critical")
"""What a flashing sign is half of the time; the second where there are no colours."""
SEEN, SHELVED = AlarmSign("s", "dim"), AlarmSign("z", "dim")
_NEW = {
    AlarmPriority.NOW: FLASHING,
    AlarmPriority.SOON: AlarmSign(":", "new warning"),
    AlarmPriority.AT_BREAK: AlarmSign(".", "text"),
}
_CLEARED = {
    AlarmPriority.NOW: AlarmSign("!", "critical"),
    AlarmPriority.SOON: AlarmSign(":", "warning"),
    AlarmPriority.AT_BREAK: AlarmSign(".", "dim"),
}
SIGN_MEANINGS: Sequence[tuple[str, str]] = (
    ("!", "new: the audience hears it, or will within a minute"),
    (":", "new: before the next cue"),
    (".", "new: at the break"),
    ("s", "seen: it was acknowledged, and is still there"),
    ("z", "shelved: put aside for a time"),
)


@dataclass(frozen=True, slots=True)
class AlarmSigns:
    """Of all lines at one moment; another object whenever an alarm changed."""

    by_channel: Mapping[ChannelRef, AlarmSign] = field(default_factory=dict)
    by_device: Mapping[DeviceId, AlarmSign] = field(default_factory=dict)
    flashing: frozenset[ChannelRef] = frozenset()


NO_SIGNS = AlarmSigns()


def find_signs(alarms: AlarmList) -> AlarmSigns:
    """The sign of every channel and device that has an alarm."""
    by_channel = {ref: sign for ref, found in alarms.by_channel.items() if (sign := find_sign(found))}
    by_device = {ref: sign for ref, found in alarms.by_device.items() if (sign := find_sign(found))}
    flashing = frozenset(ref for ref, sign in by_channel.items() if sign is FLASHING)
    return AlarmSigns(by_channel, by_device, flashing)


def find_sign(alarms: Sequence[Alarm]) -> AlarmSign | None:
    """Of what has to be seen first; where nothing has, of what was seen, then of what is shelved."""
    signs = [
        (_CLEARED if alarm.cleared_at is not None else _NEW)[alarm.priority]
        for alarm in alarms
        if alarm.is_new and alarm.priority in _NEW
    ]
    # What is still there goes before what has cleared.
    for among in (_NEW, _CLEARED):
        for sign in signs:
            if sign in among.values():
                return sign
    if any(alarm.acknowledged_at is not None and not alarm.is_shelved for alarm in alarms):
        return SEEN
    return SHELVED if any(alarm.is_shelved for alarm in alarms) else None
