"""How long, how urgent and hidden by what: the rules of every cause of an alarm, as tables. Pure.

The numbers and where they come from: docs/explanation/alarms.md.
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import OF_LINK, ProblemCode
from micboard_tui.domain.show import ShowProfile

RE_ALARM_S = 600.0
"""An acknowledged alarm of the highest priority that lasts this long is unacknowledged again."""
MIN_SAMPLES = 2
"""One reading alone raises nothing."""
LONGEST_STEP_S = 5.0
"""More does not count as observed between two judgements: the clock jumped, or the computer slept."""
LAST_SEEN_STEP_S = 10.0
"""While an alarm stands, the time at which it was seen last moves on in such steps."""
FLAPPING_RAISES = 3
FLAPPING_WINDOW_S = 60.0
FLAPPING_OFF_DELAY_S = 60.0
LONGEST_SHELF_S = 4 * 3600.0
MAX_CLEARED = 500
"""So many cleared alarms are kept; the least urgent and oldest leave first."""
MAX_NOTE = 200


class AlarmPriority(IntEnum):
    """Most urgent first."""

    NOW = 1
    """The audience hears it, or will within a minute."""
    SOON = 2
    """Before the next cue."""
    AT_BREAK = 3
    JOURNAL = 4
    """Nothing has to be done: it is only recorded."""


class AlarmRule(NamedTuple):
    on_delay_s: float
    """It is raised after its condition was observed for so long."""
    off_delay_s: float
    """It clears after the end of its condition was observed for so long."""
    priority: AlarmPriority

    @property
    def re_alarm_s(self) -> float | None:
        """None: it stays acknowledged until it clears."""
        return RE_ALARM_S if self.priority is AlarmPriority.NOW else None


class AlarmKey(NamedTuple):
    """What tells one alarm from all others."""

    cause: ProblemCode
    device_id: DeviceId | None = None
    """None: it is one of a location, of the whole rig, or of this computer."""
    channel: int | None = None
    """None: it is one of the device itself."""
    part: int = 0
    """Of a device the bay, the channel that it lacks, or the antenna (1 is A); 0: it is about all of it."""
    location_id: LocationId | None = None
    """Of an alarm without a device; None: it is about the whole rig, or about this computer."""


_NOW, _SOON, _AT_BREAK = AlarmPriority.NOW, AlarmPriority.SOON, AlarmPriority.AT_BREAK
RULES: Mapping[ProblemCode, AlarmRule] = {
    ProblemCode.NETWORK_LOST: AlarmRule(3.0, 10.0, _NOW),
    ProblemCode.COLLECTOR_LOST: AlarmRule(3.0, 3.0, _NOW),
    ProblemCode.ANTENNA_SYSTEM: AlarmRule(0.3, 5.0, _NOW),
    ProblemCode.BATTERY_EMPTY: AlarmRule(0.3, 5.0, _NOW),
    ProblemCode.RF_LOST: AlarmRule(0.3, 5.0, _NOW),
    ProblemCode.OFFLINE: AlarmRule(5.0, 3.0, _NOW),
    ProblemCode.REFUSED: AlarmRule(0.0, 5.0, _NOW),
    ProblemCode.ENCRYPTION_MISMATCH: AlarmRule(0.5, 3.0, _NOW),
    ProblemCode.BATTERY_CRITICAL: AlarmRule(0.0, 30.0, _NOW),
    ProblemCode.SWITCHED_OFF: AlarmRule(5.0, 1.0, _NOW),
    ProblemCode.RF_CRITICAL: AlarmRule(2.0, 5.0, _SOON),
    ProblemCode.PACK_MUTED: AlarmRule(10.0, 1.0, _SOON),
    ProblemCode.SILENT: AlarmRule(0.0, 1.0, _SOON),
    ProblemCode.WILL_NOT_LAST: AlarmRule(60.0, 120.0, _SOON),
    ProblemCode.AUDIO_CLIP: AlarmRule(0.0, 30.0, _AT_BREAK),
    ProblemCode.INTERFERENCE: AlarmRule(1.0, 10.0, _SOON),
    ProblemCode.RF_OVERLOAD: AlarmRule(1.0, 10.0, _SOON),
    ProblemCode.RECEIVER_FAULT: AlarmRule(1.0, 10.0, _SOON),
    ProblemCode.ANTENNA_FAULT: AlarmRule(0.0, 60.0, _SOON),
    ProblemCode.SAME_FREQUENCY: AlarmRule(2.0, 5.0, _SOON),
    ProblemCode.PERFORMER_TWICE: AlarmRule(5.0, 5.0, _AT_BREAK),
    ProblemCode.WRONG_PACK: AlarmRule(3.0, 3.0, _SOON),
    ProblemCode.CHANNEL_MISSING: AlarmRule(5.0, 5.0, _AT_BREAK),
    ProblemCode.UNREGISTERED_PACK: AlarmRule(3.0, 3.0, _SOON),
    ProblemCode.NOT_STORED: AlarmRule(0.0, 30.0, _SOON),
    ProblemCode.NO_SPARE: AlarmRule(60.0, 60.0, _SOON),
    ProblemCode.BATTERY_CONTACT: AlarmRule(10.0, 30.0, _AT_BREAK),
    ProblemCode.STALE: AlarmRule(3.0, 1.0, _AT_BREAK),
    ProblemCode.BATTERY_LOW: AlarmRule(30.0, 60.0, _AT_BREAK),
    ProblemCode.CHARGER_FAULT: AlarmRule(5.0, 30.0, _AT_BREAK),
    ProblemCode.NOT_CHARGING: AlarmRule(0.0, 60.0, _AT_BREAK),
    ProblemCode.RF_LOW: AlarmRule(5.0, 10.0, _AT_BREAK),
    ProblemCode.QUALITY_LOW: AlarmRule(3.0, 10.0, _SOON),
    ProblemCode.INTERMODULATION: AlarmRule(10.0, 60.0, _AT_BREAK),
    ProblemCode.PACK_LEFT_ON: AlarmRule(0.0, 5.0, _AT_BREAK),
    ProblemCode.OWN_LOAD: AlarmRule(5.0, 30.0, _AT_BREAK),
    ProblemCode.CLOCK_SKEW: AlarmRule(60.0, 60.0, AlarmPriority.JOURNAL),
}
KEPT_CLEARED_S: Mapping[AlarmPriority, float | None] = {
    AlarmPriority.NOW: None,
    AlarmPriority.SOON: 600.0,
    AlarmPriority.AT_BREAK: 60.0,
    AlarmPriority.JOURNAL: 0.0,
}
"""How long a cleared alarm stays that was not acknowledged; None: until it is."""

_OF_DEVICE = frozenset({ProblemCode.OFFLINE, ProblemCode.REFUSED})
"""A device that cannot be read hides all that is known of it."""
_OF_SIGNAL = frozenset(
    {
        ProblemCode.RF_CRITICAL,
        ProblemCode.RF_LOW,
        ProblemCode.QUALITY_LOW,
        ProblemCode.INTERFERENCE,
        ProblemCode.INTERMODULATION,
    }
)
_OF_SOUND = frozenset({ProblemCode.PACK_MUTED, ProblemCode.SILENT, ProblemCode.AUDIO_CLIP})
_OF_BATTERY = frozenset(
    {
        ProblemCode.BATTERY_CRITICAL,
        ProblemCode.BATTERY_LOW,
        ProblemCode.BATTERY_CONTACT,
        ProblemCode.WILL_NOT_LAST,
    }
)
_OF_CHANNEL = frozenset(ProblemCode) - OF_LINK | {ProblemCode.RF_LOST}
_OF_REACH = OF_LINK - {ProblemCode.RF_LOST} | {ProblemCode.NETWORK_LOST, ProblemCode.COLLECTOR_LOST}
_OF_COMPUTER = frozenset({ProblemCode.NOT_STORED, ProblemCode.OWN_LOAD})
_OF_JOURNAL = frozenset({ProblemCode.CLOCK_SKEW})
_OF_BREAK = (
    _OF_REACH
    | _OF_COMPUTER
    | _OF_JOURNAL
    | _OF_BATTERY
    | {
        ProblemCode.CHARGER_FAULT,
        ProblemCode.NOT_CHARGING,
        ProblemCode.NO_SPARE,
        ProblemCode.BATTERY_EMPTY,
        ProblemCode.RECEIVER_FAULT,
        ProblemCode.WRONG_PACK,
        ProblemCode.CHANNEL_MISSING,
        ProblemCode.PERFORMER_TWICE,
        ProblemCode.ANTENNA_FAULT,
    }
)
_OF_TEARDOWN = (
    _OF_COMPUTER
    | _OF_JOURNAL
    | {
        ProblemCode.CHARGER_FAULT,
        ProblemCode.NOT_CHARGING,
        ProblemCode.PACK_LEFT_ON,
    }
)
ALLOWED: Mapping[ShowProfile, frozenset[ProblemCode]] = {
    ShowProfile.SOUNDCHECK: frozenset(ProblemCode),
    ShowProfile.SHOW: frozenset(ProblemCode),
    ShowProfile.BREAK: _OF_BREAK,
    ShowProfile.TEARDOWN: _OF_TEARDOWN,
}
"""What becomes an alarm in each profile; all else is suppressed by design."""
_HIDES: Mapping[ProblemCode, frozenset[ProblemCode]] = {
    ProblemCode.OFFLINE: _OF_CHANNEL,
    ProblemCode.REFUSED: _OF_CHANNEL,
    ProblemCode.BATTERY_EMPTY: _OF_SIGNAL | _OF_BATTERY | {ProblemCode.RF_LOST, ProblemCode.STALE},
    ProblemCode.SWITCHED_OFF: _OF_SIGNAL | _OF_SOUND | _OF_BATTERY | {ProblemCode.SAME_FREQUENCY},
    ProblemCode.RF_LOST: _OF_SIGNAL
    | {ProblemCode.STALE, ProblemCode.SILENT, ProblemCode.PACK_MUTED, ProblemCode.SWITCHED_OFF},
    ProblemCode.RF_CRITICAL: frozenset({ProblemCode.RF_LOW, ProblemCode.QUALITY_LOW}),
    ProblemCode.RF_LOW: frozenset({ProblemCode.QUALITY_LOW}),
    ProblemCode.BATTERY_CRITICAL: frozenset({ProblemCode.WILL_NOT_LAST, ProblemCode.BATTERY_LOW}),
    ProblemCode.WILL_NOT_LAST: frozenset({ProblemCode.BATTERY_LOW}),
    ProblemCode.ENCRYPTION_MISMATCH: frozenset({ProblemCode.QUALITY_LOW, ProblemCode.SILENT}),
    ProblemCode.PACK_MUTED: frozenset({ProblemCode.SILENT}),
    ProblemCode.SAME_FREQUENCY: frozenset(
        {ProblemCode.INTERFERENCE, ProblemCode.QUALITY_LOW, ProblemCode.INTERMODULATION}
    ),
    ProblemCode.CHARGER_FAULT: frozenset({ProblemCode.NOT_CHARGING}),
}
"""What an alarm hides of the same channel or bay."""
_HIDDEN_BY_DEVICE: Mapping[ProblemCode, tuple[tuple[ProblemCode, int], ...]] = {
    ProblemCode.RF_LOST: ((ProblemCode.ANTENNA_SYSTEM, 0),),
    ProblemCode.RF_CRITICAL: ((ProblemCode.ANTENNA_SYSTEM, 0),),
    ProblemCode.RF_LOW: (
        (ProblemCode.ANTENNA_SYSTEM, 0),
        (ProblemCode.ANTENNA_FAULT, 1),
        (ProblemCode.ANTENNA_FAULT, 2),
    ),
    ProblemCode.ANTENNA_FAULT: ((ProblemCode.ANTENNA_SYSTEM, 0),),
}
"""What an alarm of a device, of one of its antennas, hides of its channels and of the device."""
_HIDDEN_BY = {
    target: tuple(
        sorted(
            (source for source, hidden in _HIDES.items() if target in hidden),
            key=lambda source: -len(_HIDES[source]),
        )
    )
    for target in ProblemCode
}


_DEVICE_RULES = {cause: RULES[cause]._replace(priority=_AT_BREAK) for cause in _OF_DEVICE}


def find_rule(key: AlarmKey) -> AlarmRule:
    """The rule of an alarm. That a device cannot be read is as urgent as the alarms that this hides."""
    of_device = _DEVICE_RULES.get(key.cause) if key.channel is None else None
    return RULES[key.cause] if of_device is None else of_device


def lower_priority(key: AlarmKey, profile: ShowProfile, *, is_idle: bool) -> AlarmPriority | None:
    """The priority of an alarm that is less urgent now than its rule says; None: it is as urgent.

    ``is_idle``: a scene is on, and it does not have the channel. While a show is prepared nothing is
    heard by an audience, and only devices that cannot be read are urgent.
    """
    priority = find_rule(key).priority
    if is_idle and priority < _AT_BREAK:
        return _AT_BREAK
    if profile is ShowProfile.SOUNDCHECK and priority is _NOW and key.cause not in _OF_REACH:
        return _SOON
    return None


def is_unreadable(key: AlarmKey) -> bool:
    """Whether it is the alarm that a device cannot be read, which hides all else of the device."""
    return key.channel is None and key.cause in _OF_DEVICE and key.device_id is not None


def list_unreadable(device_id: DeviceId) -> tuple[AlarmKey, ...]:
    """The alarms that a device cannot be read."""
    return tuple(AlarmKey(cause, device_id) for cause in _DEVICE_RULES)


@lru_cache(maxsize=4096)
def list_sources(key: AlarmKey) -> tuple[AlarmKey, ...]:
    """The alarms that hide this one while they are open, the one that hides most first.

    What hides a whole device (``AlarmDesk.follow``, ``groups``) goes before them.
    """
    if key.device_id is None:
        of_rig = AlarmKey(ProblemCode.NETWORK_LOST)
        return (of_rig,) if key.cause is ProblemCode.NETWORK_LOST and key != of_rig else ()
    device = list_unreadable(key.device_id)
    if key in device:
        return ()
    of_device = tuple(
        AlarmKey(cause, key.device_id, part=part) for cause, part in _HIDDEN_BY_DEVICE.get(key.cause, ())
    )
    part = 0 if key.channel is not None else key.part
    return (
        *device,
        *of_device,
        *(key._replace(cause=cause, part=part) for cause in _HIDDEN_BY[key.cause] if cause is not key.cause),
    )
