"""What is wrong with a channel right now, worst first. Pure; since when is not known here."""

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import TypeAlias

from micboard_tui.domain.battery import Battery, BatteryLevel, MinutesNote, battery_level
from micboard_tui.domain.channel import ChannelFacts, ChannelState, DeviceWarning, Encryption
from micboard_tui.domain.device import DeviceState
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.pack_match import has_wrong_pack
from micboard_tui.domain.signal_level import SignalLevel, quality_level, rf_level
from micboard_tui.domain.thresholds import BatteryThresholds, Thresholds


class Severity(IntEnum):
    CRITICAL = 0
    WARNING = 1


class ProblemCode(StrEnum):
    """Worst first: the order in which an engineer would look after them."""

    NETWORK_LOST = "network_lost"
    """Most devices of a location, or of the rig, went offline at once."""
    COLLECTOR_LOST = "collector_lost"
    """Of the site: a program that reads devices is not heard, and no other one has taken its devices."""
    ANTENNA_SYSTEM = "antenna_system"
    """Of a device: several of its channels lost their carriers at once."""
    BATTERY_EMPTY = "battery_empty"
    """The carrier went with the battery."""
    RF_LOST = "rf_lost"
    OFFLINE = "offline"
    REFUSED = "refused"
    ENCRYPTION_MISMATCH = "encryption_mismatch"
    BATTERY_CRITICAL = "battery_critical"
    SWITCHED_OFF = "switched_off"
    """The pack is off while the show expects the performer on it."""
    RF_CRITICAL = "rf_critical"
    PACK_MUTED = "pack_muted"
    """The pack is muted while the show expects the performer on it."""
    SILENT = "silent"
    """No sound for a minute while the show expects the performer on it, and others have sound."""
    WILL_NOT_LAST = "will_not_last"
    """The pack is expected to be empty before the next break, or before the end."""
    AUDIO_CLIP = "audio_clip"
    INTERFERENCE = "interference"
    RF_OVERLOAD = "rf_overload"
    """The receiver warns that its input is overdriven."""
    RECEIVER_FAULT = "receiver_fault"
    """The receiver warns of its clock, an antenna input or its hardware."""
    ANTENNA_FAULT = "antenna_fault"
    """Of a device: one of its antennas has been far weaker than the other for a minute."""
    SAME_FREQUENCY = "same_frequency"
    """Another channel that is on the air has it too."""
    PERFORMER_TWICE = "performer_twice"
    """The performer is live on another channel too, and both are the primary one."""
    WRONG_PACK = "wrong_pack"
    """The pack is not the one that was planned."""
    CHANNEL_MISSING = "channel_missing"
    """Of a device: a performer is planned on a channel that it does not have."""
    UNREGISTERED_PACK = "unregistered_pack"
    """The receiver warns of a transmitter that is not registered with it."""
    NOT_STORED = "not_stored"
    """Of this computer: what is read is kept in memory only."""
    NO_SPARE = "no_spare"
    """Fewer packs are ready than have to be swapped before the end."""
    BATTERY_CONTACT = "battery_contact"
    STALE = "stale"
    BATTERY_LOW = "battery_low"
    CHARGER_FAULT = "charger_fault"
    """Of a device: a charger will not charge what is in a bay."""
    NOT_CHARGING = "not_charging"
    """Of a device: the charge in a bay has stood still although it is not full."""
    RF_LOW = "rf_low"
    QUALITY_LOW = "quality_low"
    INTERMODULATION = "intermodulation"
    """Two other carriers of the zone mix into its frequency, and its quality is poor."""
    PACK_LEFT_ON = "pack_left_on"
    """The show is over, and the pack is still on."""
    OWN_LOAD = "own_load"
    """Of this computer: it is too busy to read in time."""
    CLOCK_SKEW = "clock_skew"
    """Of a device: its own clock is off."""

    # These are keys wherever channels are counted and drawn, and Enum's own hash is written in Python.
    __hash__ = str.__hash__

    @property
    def severity(self) -> Severity:
        return _SEVERITIES[self]

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _RANK[self]


ONLY_OF_DEVICES = frozenset({ProblemCode.CHANNEL_MISSING, ProblemCode.CHARGER_FAULT})
"""No channel has these (``domain.device_problem``)."""
ONLY_OF_ALARMS = frozenset(
    {
        ProblemCode.NETWORK_LOST,
        ProblemCode.COLLECTOR_LOST,
        ProblemCode.ANTENNA_SYSTEM,
        ProblemCode.BATTERY_EMPTY,
        ProblemCode.SWITCHED_OFF,
        ProblemCode.PACK_MUTED,
        ProblemCode.SILENT,
        ProblemCode.WILL_NOT_LAST,
        ProblemCode.ANTENNA_FAULT,
        ProblemCode.NOT_STORED,
        ProblemCode.NO_SPARE,
        ProblemCode.NOT_CHARGING,
        ProblemCode.INTERMODULATION,
        ProblemCode.PACK_LEFT_ON,
        ProblemCode.OWN_LOAD,
        ProblemCode.CLOCK_SKEW,
    }
)
"""Concluded from more than one moment or device, or from the show: ``find_problems`` finds none of these."""
OF_LINK = frozenset({ProblemCode.RF_LOST, ProblemCode.OFFLINE, ProblemCode.REFUSED})
"""These are what the link state says of a channel, which then has no other."""
_CRITICAL = frozenset(
    {
        ProblemCode.NETWORK_LOST,
        ProblemCode.COLLECTOR_LOST,
        ProblemCode.ANTENNA_SYSTEM,
        ProblemCode.BATTERY_EMPTY,
        ProblemCode.SWITCHED_OFF,
        ProblemCode.RF_LOST,
        ProblemCode.OFFLINE,
        ProblemCode.REFUSED,
        ProblemCode.ENCRYPTION_MISMATCH,
        ProblemCode.BATTERY_CRITICAL,
        ProblemCode.RF_CRITICAL,
    }
)
_SEVERITIES = {code: Severity.CRITICAL if code in _CRITICAL else Severity.WARNING for code in ProblemCode}
_RANK = {code: rank for rank, code in enumerate(ProblemCode)}
_BY_LINK = {
    LinkState.RF_LOST: ProblemCode.RF_LOST,
    LinkState.OFFLINE: ProblemCode.OFFLINE,
    LinkState.REFUSED: ProblemCode.REFUSED,
}


# Python 3.11 needs twenty times as long to find a member in its enumeration as a constant.
_CRITICAL_LEVEL, _LOW_LEVEL = SignalLevel.CRITICAL, SignalLevel.LOW
_RECEIVER_FAULTS = frozenset({DeviceWarning.CLOCK, DeviceWarning.ANTENNA, DeviceWarning.HARDWARE})
_FactsProblems: TypeAlias = tuple[tuple[ProblemCode, ...], tuple[ProblemCode, ...]]
"""What is wrong in every link state, and what is wrong only while the channel is on the air."""


def find_problems(
    state: ChannelState,
    now: float,
    *,
    conflicts: Sequence[ProblemCode] = (),
) -> tuple[ProblemCode, ...]:
    """Everything wrong with ``state`` at ``now`` (seconds since the epoch), worst first.

    What is expected to be off has no problem. ``conflicts`` is what it and other channels do to each
    other (``domain.conflict``).
    """
    assignment = state.assignment
    if assignment is not None and assignment.expected_off:
        return ()
    link = state.link_state
    if (code := _BY_LINK.get(link)) is not None:
        return (code,)
    always, on_air = _problems_of_facts(state.facts, state.thresholds)
    found = list(always)
    if state.is_stale(now):
        found.append(ProblemCode.STALE)
    found += find_signal_problems(state)
    if link in ON_AIR:
        found += on_air
        if assignment is not None and has_wrong_pack(state):
            found.append(ProblemCode.WRONG_PACK)
        found += conflicts
    return tuple(sorted(found, key=_RANK.__getitem__)) if found else ()


def find_signal_problems(state: ChannelState) -> Sequence[ProblemCode]:
    """Of these what its meters alone say, for its link state and thresholds, always in the same order."""
    link, meters, peak, thresholds = state.link_state, state.meters, state.audio_peak_dbfs, state.thresholds
    if link in ON_AIR:
        rf_dbm, quality = meters.rf_dbm, meters.quality_percent
        # There certainly is none: so it is nearly always, and this is found out quickly.
        is_good = (
            rf_dbm is not None
            and rf_dbm >= thresholds.rf_low_dbm
            and rf_dbm >= thresholds.rf_critical_dbm
            and (quality is None or quality >= thresholds.quality_low_percent)
            and (peak is None or peak < thresholds.audio_clip_dbfs)
            and not (meters.overload or meters.rf_overload or state.facts.device_warnings)
        )
        return () if is_good else _problems_of_signal(state)
    if link is LinkState.UNKNOWN and meters.overload:
        # A server reports clipping and no carrier (docs/reference/protocols/shure.md 19).
        return (ProblemCode.AUDIO_CLIP,)
    return ()


def find_device_warnings(state: DeviceState) -> tuple[DeviceWarning, ...]:
    """What the device warns of now as a whole, always in the same order; nothing while it cannot be read.

    What its channels warn of is judged with them (``find_problems``), and is not repeated here.
    """
    if not state.is_online or not state.device_warnings:
        return ()
    return tuple(warning for warning in DeviceWarning if warning in state.device_warnings)


def is_clipping(state: ChannelState) -> bool:
    """Whether its audio is, or was a moment ago, more than fits."""
    peak = state.audio_peak_dbfs
    if state.meters.overload or (peak is not None and peak >= state.thresholds.audio_clip_dbfs):
        return True
    warnings = state.facts.device_warnings
    return bool(warnings) and DeviceWarning.AUDIO_PEAK in warnings


def judge_battery(state: ChannelState) -> BatteryLevel:
    """How good the battery of the channel's pack is: by its charge, and at best low if the device warns."""
    return _judge_battery(state.facts, state.battery, state.thresholds.battery)


def _problems_of_facts(facts: ChannelFacts, thresholds: Thresholds) -> _FactsProblems:
    """Judged once for each facts and thresholds: twice a second they are asked for, and seldom they change.

    The judgement is kept in the facts themselves, so that it goes with them and any number of channels is
    judged once.
    """
    if facts.judgement is not None and facts.judgement[0] is thresholds:
        found: _FactsProblems = facts.judgement[1]
        return found
    always = []
    if facts.encryption is Encryption.MISMATCH:
        always.append(ProblemCode.ENCRYPTION_MISMATCH)
    if facts.interference:
        always.append(ProblemCode.INTERFERENCE)
    if DeviceWarning.RF_OVERLOAD in facts.device_warnings:
        always.append(ProblemCode.RF_OVERLOAD)
    if DeviceWarning.UNREGISTERED_PACK in facts.device_warnings:
        always.append(ProblemCode.UNREGISTERED_PACK)
    if not _RECEIVER_FAULTS.isdisjoint(facts.device_warnings):
        always.append(ProblemCode.RECEIVER_FAULT)
    found = tuple(always), tuple(_problems_of_battery(facts, thresholds.battery))
    object.__setattr__(facts, "judgement", (thresholds, found))
    return found


def _judge_battery(
    facts: ChannelFacts, battery: Battery | None, thresholds: BatteryThresholds
) -> BatteryLevel:
    level = battery_level(battery, thresholds)
    if level is not BatteryLevel.CRITICAL and DeviceWarning.LOW_BATTERY in facts.device_warnings:
        return BatteryLevel.LOW
    return level


def _problems_of_battery(facts: ChannelFacts, thresholds: BatteryThresholds) -> list[ProblemCode]:
    found = []
    battery = facts.transmitter.battery if facts.transmitter else None
    level = _judge_battery(facts, battery, thresholds)
    if level is BatteryLevel.CRITICAL:
        found.append(ProblemCode.BATTERY_CRITICAL)
    elif level is BatteryLevel.LOW:
        found.append(ProblemCode.BATTERY_LOW)
    if battery is not None and battery.minutes_note is MinutesNote.CONTACT_WARNING:
        found.append(ProblemCode.BATTERY_CONTACT)
    return found


def _problems_of_signal(state: ChannelState) -> Sequence[ProblemCode]:
    meters, thresholds, warnings = state.meters, state.thresholds, state.facts.device_warnings
    found = []
    level = rf_level(meters, thresholds)
    if level is _CRITICAL_LEVEL:
        found.append(ProblemCode.RF_CRITICAL)
    elif level is _LOW_LEVEL or (warnings and DeviceWarning.LOW_SIGNAL in warnings):
        found.append(ProblemCode.RF_LOW)
    if quality_level(meters.quality_percent, thresholds) is _LOW_LEVEL:
        found.append(ProblemCode.QUALITY_LOW)
    if is_clipping(state):
        found.append(ProblemCode.AUDIO_CLIP)
    if meters.rf_overload and DeviceWarning.RF_OVERLOAD not in warnings:
        found.append(ProblemCode.RF_OVERLOAD)
    return found
