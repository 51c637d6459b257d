"""One RF channel: what the device says of it, what its meters read, and what follows from both."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, Self

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import NO_BATTERY, Battery, LastBattery
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.link_state import ON_AIR, WITHOUT_CARRIER, LinkState
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, QUIET_S, STALE_AFTER_S, Thresholds


class Encryption(StrEnum):
    OFF = "off"
    ON = "on"
    MISMATCH = "mismatch"


class Lock(StrEnum):
    """What cannot be operated by hand."""

    NONE = "none"
    POWER = "power"
    MENU = "menu"
    ALL = "all"


class SlotStatus(StrEnum):
    EMPTY = "empty"
    STANDARD = "standard"
    LINKED_INACTIVE = "linked_inactive"
    LINKED_ACTIVE = "linked_active"


class DeviceWarning(StrEnum):
    """A warning that the device raises by itself, whatever its values are. ``domain.problem`` judges it."""

    LOW_BATTERY = "low_battery"
    LOW_SIGNAL = "low_signal"
    RF_OVERLOAD = "rf_overload"
    AUDIO_PEAK = "audio_peak"
    CLOCK = "clock"
    """The receiver has no valid word clock."""
    ANTENNA = "antenna"
    """An antenna input is shorted."""
    HARDWARE = "hardware"
    FAN = "fan"
    TEMPERATURE = "temperature"
    POWER_SUPPLY = "power_supply"
    CASCADE = "cascade"
    """The units of a cascaded device do not reach each other."""
    OTHER = "other"
    """A device warns of something that no document describes; its raw values show what."""
    UNREGISTERED_PACK = "unregistered_pack"
    """A transmitter that is registered in none of the channel's slots is on its frequency."""

    # These are looked up for every channel twice a second, and Enum's own hash is written in Python.
    __hash__ = str.__hash__


NO_WARNINGS: frozenset[DeviceWarning] = frozenset()


@dataclass(frozen=True, slots=True)
class Transmitter:
    """The pack that a channel receives. When it goes off, all of this goes with it."""

    model: str | None = None
    name: str | None = None
    serial: str | None = None
    muted: bool | None = None
    power_mw: int | None = None
    power_word: str | None = None
    """The device's own term (low, normal, high) where it reports no milliwatts."""
    offset_db: int | None = None
    battery: Battery = NO_BATTERY
    lock: Lock | None = None
    is_talk_switch_on: bool | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A transmitter registered on a channel (Axient Digital, SLX-D+)."""

    number: int
    status: SlotStatus
    model: str | None = None
    name: str | None = None
    rf_on: bool | None = None
    power_mw: int | None = None
    showlink_quality: int | None = None
    battery: Battery = NO_BATTERY


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What changes now and then. ``None`` means that the device does not say."""

    name: str | None = None
    frequency_khz: int | None = None
    frequency2_khz: int | None = None
    """The second carrier of frequency diversity."""
    shared_carrier: str | None = None
    """Names the carrier where the device lets several packs share one by design; one name, one carrier."""
    group_channel: str | None = None
    gain_db: int | None = None
    receiver_muted: bool | None = None
    receiver_lock: Lock | None = None
    """Of the receiver's front panel."""
    encryption: Encryption | None = None
    interference: bool | None = None
    transmitter_present: bool | None = None
    """False: the device reports that there is none. None: it does not report either."""
    transmitter: Transmitter | None = None
    slots: tuple[Slot, ...] = ()
    device_warnings: frozenset[DeviceWarning] = NO_WARNINGS
    is_offline: bool = False
    """A server that we read reports that it does not reach the device of this channel."""
    channel_behind_server: str | None = None
    """The channel on the device behind a server, as ``Stage left/3``; None if we read the device."""
    meter_interval_s: float | None = None
    """The interval at which we asked for meters, or at which the device sends them; 0: none are due."""
    raw: tuple[tuple[str, str], ...] = ()
    """Properties and their values as received, sorted by property, for the detail screen."""
    judgement: Any = field(default=None, init=False, repr=False, compare=False)
    """What ``domain.problem`` found wrong with these facts when it last judged them; no other reads it."""


class Meters(NamedTuple):
    """What changes ten times a second. A tuple, since one is made for every sample."""

    rf_dbm: float | None = None
    """The channel's level as the device gives it, or the stronger antenna's."""
    rf_a_dbm: float | None = None
    rf_b_dbm: float | None = None
    audio_dbfs: float | None = None
    """Peak level."""
    antenna: str | None = None
    """The antennas that receive, as letters: ``A``, ``B``, ``AB``; None when none does or it is unknown."""
    carrier: bool | None = None
    """Whether a usable carrier is received; None when the device gives no way to tell."""
    quality_percent: int | None = None
    overload: bool = False
    """The device says that audio clips."""
    antenna_levels_dbm: tuple[float | None, ...] = ()
    """Every antenna of every carrier, for receivers with more than two."""
    rf_a_percent: int | None = None
    """Of the scale of 40 dB above 1 uV, for receivers that give no dBm.

    Source: docs/reference/protocols/sennheiser.md 5.
    """
    rf_b_percent: int | None = None
    rf_overload: bool = False
    """The device says that the input of an antenna is overdriven."""

    @property
    def rf_percent(self) -> int | None:
        """The stronger antenna's level, where the receiver gives percent and no dBm."""
        if self.rf_dbm is not None:
            return None
        levels = [level for level in (self.rf_a_percent, self.rf_b_percent) if level is not None]
        return max(levels, default=None)


NO_METERS = Meters()
NO_FACTS = ChannelFacts()


@dataclass(frozen=True)
class ChannelState:
    """All that is known of one channel at one moment. Never changes; a newer one replaces it.

    It has no slots, so that ``of_values`` can take all of them at once. What is read most often has no
    default in the class, where Python 3.11 would look for it first each time.
    """

    device_id: DeviceId
    number: int
    version: int = 0
    """Grows with every change of anything; see ``LiveContract.changed_since``."""
    link_state: LinkState = field(default_factory=lambda: LinkState.UNKNOWN)
    link_since: float | None = None
    """When the link state began, seconds since the epoch."""
    facts: ChannelFacts = field(default_factory=lambda: NO_FACTS)
    meters: Meters = field(default_factory=lambda: NO_METERS)
    audio_peak_dbfs: float | None = None
    """The highest audio level of the last moments, held so that a slow screen misses none."""
    rf_low_dbm: float | None = None
    """The lowest RF level of the last moments, held so that a slow screen misses no dip."""
    last_battery: LastBattery | None = None
    """The last battery of a pack that went off; None while a battery is known."""
    observed_at: float | None = None
    """When the device last reported anything of this channel, seconds since the epoch."""
    meters_at: float | None = None
    """When it last reported meters; a new name or battery renews none."""
    expected_period_s: float | None = None
    """The interval at which meters were asked for; None when none are due."""
    assignment: Assignment | None = None
    """The performer who has it; None when it was never assigned or marked."""
    rf_zone: LocationId | None = None
    """Where its carrier is heard: the RF zone of its location; None: not known, so anywhere."""
    dock: Dock | None = None
    """The bay of a charger in which its pack sits."""
    fault_code: str | None = None
    """Why its device cannot be read, as ``DeviceFault.code``; None while it can, or when that is unknown."""
    sound_at: float | None = None
    """When it last had sound, up to the hold of peaks; None: not since the program started."""
    thresholds: Thresholds = field(default_factory=lambda: DEFAULT_THRESHOLDS, compare=False, repr=False)
    """What it is judged by."""

    @classmethod
    def of_values(cls, values: dict[str, Any]) -> Self:
        """The state that has these values: one for every field, and its ``ref``.

        They must not change any more. Thousands are made in a second, and field by field takes three times
        as long.
        """
        state = object.__new__(cls)
        _set_values(state, values)
        return state

    @cached_property
    def ref(self) -> ChannelRef:
        return ChannelRef(self.device_id, self.number)

    def has_sound(self) -> bool:
        """Whether it has audio above the noise of an idle microphone, or had it a moment ago."""
        peak = self.meters.audio_dbfs if self.audio_peak_dbfs is None else self.audio_peak_dbfs
        return self.link_state is LinkState.LIVE and peak is not None and peak >= self.thresholds.sound_dbfs

    def is_quiet(self, now: float) -> bool:
        """Whether it has had no sound for so long that it is hardly spoken into."""
        return not self.has_sound() and (self.sound_at is None or now - self.sound_at > QUIET_S)

    @property
    def battery(self) -> Battery | None:
        """The current battery; None without a transmitter."""
        return self.facts.transmitter.battery if self.facts.transmitter else None

    @property
    def past_battery(self) -> LastBattery | None:
        """The last battery that was reported, where none is current; None also where none ever was.

        Without a carrier, receivers keep reporting the last battery that they received.
        """
        battery = self.battery
        if battery is None or not battery.is_known:
            return self.last_battery
        if self.link_state not in WITHOUT_CARRIER or self.link_since is None:
            return None
        return LastBattery(battery, self.link_since)

    @property
    def battery_at(self) -> float | None:
        """When the battery that ``battery`` gives was last received; None while it gives none."""
        if self.battery is None or not self.battery.is_known:
            return None
        past = self.past_battery
        return self.observed_at if past is None else past.observed_at

    @property
    def performer(self) -> Performer | None:
        """Who wears the transmitter."""
        return self.assignment.performer if self.assignment else None

    @property
    def mic_number(self) -> str | None:
        """The show's own number of the channel; None while none was given."""
        return self.assignment.mic_number if self.assignment else None

    @property
    def display_name(self) -> str | None:
        """Who wears it, or what the channel is called."""
        return self.performer.name if self.performer else self.facts.name

    @property
    def shown_link_state(self) -> LinkState:
        """The link state for people: what is silent and expected to be so is off, and no alarm."""
        if self.link_state not in ON_AIR and self.expected_off:
            return LinkState.TRANSMITTER_OFF
        return self.link_state

    @property
    def expected_off(self) -> bool:
        """Whether it is meant to be silent."""
        return self.assignment is not None and self.assignment.expected_off

    def age_s(self, now: float) -> float | None:
        """Seconds since the device reported anything of this channel, at ``now`` seconds since the epoch."""
        return None if self.observed_at is None else max(0.0, now - self.observed_at)

    @property
    def meters_awaited_since(self) -> float | None:
        """When meters came last or, with none yet, since when they could have; None: nothing was reported."""
        if self.meters_at is not None:
            return self.meters_at
        return self.observed_at if self.link_since is None else self.link_since

    def is_stale(self, now: float) -> bool:
        """Whether the meters are over two seconds older than they should be (docs/explanation/truth.md)."""
        period_s, since = self.expected_period_s, self.meters_at
        if period_s is None or (since is None and (since := self.meters_awaited_since) is None):
            return False
        return now - since > period_s + STALE_AFTER_S

    @property
    def stale_from(self) -> float | None:
        """About when it becomes stale unless meters come, to a few microseconds; None: no meters are due."""
        period_s = self.expected_period_s
        if period_s is None or (since := self.meters_awaited_since) is None:
            return None
        return since + period_s + STALE_AFTER_S

    def stale_for_s(self, now: float) -> float | None:
        """Seconds since the last meters, where they are overdue."""
        since = self.meters_awaited_since
        return now - since if since is not None and self.is_stale(now) else None


_set_values: Callable[[ChannelState, dict[str, Any]], None] = vars(ChannelState)["__dict__"].__set__
"""``object.__setattr__`` looks for it each time."""
