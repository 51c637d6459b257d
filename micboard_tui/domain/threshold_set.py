"""The numbers that channels are judged by where they differ from the settings: by profile, place and person.

An override replaces one number for a scope: all channels, those of a location, of a performer, or one
channel. It holds in every profile, or in one. The narrower scope wins; within one the profile does.
``ThresholdSet.for_channel`` gives the same object to channels with the same overrides, so that judgements
and drawn cells, which are kept by it, cost nothing more. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.battery import BARS
from micboard_tui.domain.identity import ChannelRef, LocationId, PerformerId
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.thresholds import BatteryThresholds, Thresholds

MAX_MINUTES = 24 * 60


class ThresholdName(StrEnum):
    """One number; the values are those of the settings, with the section before the name."""

    BATTERY_CRITICAL_MINUTES = "battery.critical_minutes"
    BATTERY_LOW_MINUTES = "battery.low_minutes"
    BATTERY_CRITICAL_PERCENT = "battery.critical_percent"
    BATTERY_LOW_PERCENT = "battery.low_percent"
    BATTERY_CRITICAL_BARS = "battery.critical_bars"
    BATTERY_LOW_BARS = "battery.low_bars"
    RF_CRITICAL_DBM = "rf.critical_dbm"
    RF_LOW_DBM = "rf.low_dbm"
    RF_CRITICAL_PERCENT = "rf.critical_percent"
    RF_LOW_PERCENT = "rf.low_percent"
    QUALITY_LOW_PERCENT = "quality.low_percent"
    AUDIO_CLIP_DBFS = "audio.clip_dbfs"
    AUDIO_SOUND_DBFS = "audio.sound_dbfs"


class ThresholdSpec(NamedTuple):
    title: str
    unit: str
    least: float
    most: float
    is_whole: bool = True


SPECS: Mapping[ThresholdName, ThresholdSpec] = {
    ThresholdName.BATTERY_CRITICAL_MINUTES: ThresholdSpec("Battery critical below", "min", 0, MAX_MINUTES),
    ThresholdName.BATTERY_LOW_MINUTES: ThresholdSpec("Battery low below", "min", 0, MAX_MINUTES),
    ThresholdName.BATTERY_CRITICAL_PERCENT: ThresholdSpec("Battery critical at", "%", 0, 100),
    ThresholdName.BATTERY_LOW_PERCENT: ThresholdSpec("Battery low at", "%", 0, 100),
    ThresholdName.BATTERY_CRITICAL_BARS: ThresholdSpec("Battery critical at", "bars", 0, BARS),
    ThresholdName.BATTERY_LOW_BARS: ThresholdSpec("Battery low at", "bars", 0, BARS),
    ThresholdName.RF_CRITICAL_DBM: ThresholdSpec("RF very weak below", "dBm", -130, 0, is_whole=False),
    ThresholdName.RF_LOW_DBM: ThresholdSpec("RF weak below", "dBm", -130, 0, is_whole=False),
    ThresholdName.RF_CRITICAL_PERCENT: ThresholdSpec("RF very weak below", "%", 0, 100),
    ThresholdName.RF_LOW_PERCENT: ThresholdSpec("RF weak below", "%", 0, 100),
    ThresholdName.QUALITY_LOW_PERCENT: ThresholdSpec("Quality poor below", "%", 0, 100),
    ThresholdName.AUDIO_CLIP_DBFS: ThresholdSpec("Audio clips from", "dBFS", -100, 0, is_whole=False),
    ThresholdName.AUDIO_SOUND_DBFS: ThresholdSpec("Sound from", "dBFS", -100, 0, is_whole=False),
}
_PAIRS = (
    (ThresholdName.BATTERY_CRITICAL_MINUTES, ThresholdName.BATTERY_LOW_MINUTES),
    (ThresholdName.BATTERY_CRITICAL_PERCENT, ThresholdName.BATTERY_LOW_PERCENT),
    (ThresholdName.BATTERY_CRITICAL_BARS, ThresholdName.BATTERY_LOW_BARS),
    (ThresholdName.RF_CRITICAL_DBM, ThresholdName.RF_LOW_DBM),
    (ThresholdName.RF_CRITICAL_PERCENT, ThresholdName.RF_LOW_PERCENT),
    (ThresholdName.AUDIO_SOUND_DBFS, ThresholdName.AUDIO_CLIP_DBFS),
)
"""The first is at most the second: where overrides of two scopes cross, the first gives way."""


class ThresholdScope(NamedTuple):
    """For which channels a number holds; at most one of the three is given, and without any it is for all."""

    profile: ShowProfile | None = None
    """None: in every profile."""
    location_id: LocationId | None = None
    """With all places within it."""
    performer_id: PerformerId | None = None
    channel: ChannelRef | None = None


class ThresholdOverride(NamedTuple):
    scope: ThresholdScope
    name: ThresholdName
    value: float


class ChosenProfile(NamedTuple):
    """The profile that a person chose. It counts while no show is current."""

    profile: ShowProfile


Values: TypeAlias = Mapping[ThresholdName, float]


class ThresholdSet:
    """All numbers: those of the settings, and what replaces them. Never changes."""

    def __init__(self, base: Thresholds, overrides: Iterable[ThresholdOverride] = ()) -> None:
        self.base = base
        self._by_scope: dict[ThresholdScope, dict[ThresholdName, float]] = {}
        for scope, name, value in overrides:
            self._by_scope.setdefault(scope, {})[name] = value
        self._made: dict[tuple[ThresholdScope, ...], Thresholds] = {(): base}

    @property
    def overrides(self) -> Sequence[ThresholdOverride]:
        """Those of all channels first."""
        found = (
            ThresholdOverride(scope, name, value)
            for scope, values in self._by_scope.items()
            for name, value in values.items()
        )
        order = {name: place for place, name in enumerate(ThresholdName)}
        return sorted(
            found,
            key=lambda override: (
                override.scope.channel or ("", 0),
                override.scope.performer_id or "",
                override.scope.location_id or "",
                override.scope.profile or "",
                order[override.name],
            ),
        )

    def find(self, scope: ThresholdScope, name: ThresholdName) -> float | None:
        """The override of exactly this scope."""
        return self._by_scope.get(scope, {}).get(name)

    def for_channel(
        self,
        channel: ChannelRef | None,
        locations: Sequence[LocationId],
        performer_id: PerformerId | None,
        profile: ShowProfile,
    ) -> Thresholds:
        """``locations``: where it stands and what that lies in, the innermost first.

        None: what a device itself is judged by.
        """
        if not self._by_scope:
            return self.base
        places = [ThresholdScope(), *(ThresholdScope(location_id=place) for place in reversed(locations))]
        if performer_id is not None:
            places.append(ThresholdScope(performer_id=performer_id))
        if channel is not None:
            places.append(ThresholdScope(channel=channel))
        scopes = tuple(
            scope
            for place in places
            for scope in (place, place._replace(profile=profile))
            if scope in self._by_scope
        )
        made = self._made.get(scopes)
        if made is None:
            values: dict[ThresholdName, float] = {}
            for scope in scopes:
                values |= self._by_scope[scope]
            made = self._made[scopes] = make_thresholds(self.base, values)
        return made


def values_of(thresholds: Thresholds) -> Values:
    """Every number by its name."""
    battery = thresholds.battery
    return {
        ThresholdName.BATTERY_CRITICAL_MINUTES: battery.critical_minutes,
        ThresholdName.BATTERY_LOW_MINUTES: battery.low_minutes,
        ThresholdName.BATTERY_CRITICAL_PERCENT: battery.critical_percent,
        ThresholdName.BATTERY_LOW_PERCENT: battery.low_percent,
        ThresholdName.BATTERY_CRITICAL_BARS: battery.critical_bars,
        ThresholdName.BATTERY_LOW_BARS: battery.low_bars,
        ThresholdName.RF_CRITICAL_DBM: thresholds.rf_critical_dbm,
        ThresholdName.RF_LOW_DBM: thresholds.rf_low_dbm,
        ThresholdName.RF_CRITICAL_PERCENT: thresholds.rf_critical_percent,
        ThresholdName.RF_LOW_PERCENT: thresholds.rf_low_percent,
        ThresholdName.QUALITY_LOW_PERCENT: thresholds.quality_low_percent,
        ThresholdName.AUDIO_CLIP_DBFS: thresholds.audio_clip_dbfs,
        ThresholdName.AUDIO_SOUND_DBFS: thresholds.sound_dbfs,
    }


def make_thresholds(base: Thresholds, changes: Values) -> Thresholds:
    """``base`` with these numbers."""
    values = {**values_of(base), **changes}
    for first, second in _PAIRS:
        values[first] = min(values[first], values[second])
    whole = {name: round(value) for name, value in values.items()}
    return replace(
        base,
        battery=BatteryThresholds(
            whole[ThresholdName.BATTERY_CRITICAL_MINUTES],
            whole[ThresholdName.BATTERY_CRITICAL_PERCENT],
            whole[ThresholdName.BATTERY_CRITICAL_BARS],
            whole[ThresholdName.BATTERY_LOW_MINUTES],
            whole[ThresholdName.BATTERY_LOW_PERCENT],
            whole[ThresholdName.BATTERY_LOW_BARS],
        ),
        rf_low_dbm=values[ThresholdName.RF_LOW_DBM],
        rf_critical_dbm=values[ThresholdName.RF_CRITICAL_DBM],
        rf_low_percent=whole[ThresholdName.RF_LOW_PERCENT],
        rf_critical_percent=whole[ThresholdName.RF_CRITICAL_PERCENT],
        quality_low_percent=whole[ThresholdName.QUALITY_LOW_PERCENT],
        audio_clip_dbfs=values[ThresholdName.AUDIO_CLIP_DBFS],
        sound_dbfs=values[ThresholdName.AUDIO_SOUND_DBFS],
    )


def format_threshold(name: ThresholdName, value: float) -> str:
    """A number with its unit: ``-85 dBm``."""
    unit = SPECS[name].unit
    return f"{value:g} {'bar' if unit == 'bars' and value == 1 else unit}"


def find_mistake(name: ThresholdName, value: float) -> str | None:
    """What is wrong with a number, as the end of a sentence; None: it is possible."""
    spec = SPECS[name]
    if not spec.least <= value <= spec.most:
        return f"is from {spec.least:g} to {spec.most:g} {spec.unit}"
    if spec.is_whole and value != round(value):
        return f"is a whole number of {spec.unit}"
    return None


def find_crossing(name: ThresholdName, value: float, around: Values) -> str | None:
    """What to do about a number that would cross the one it belongs to; None: it does not."""
    for first, second in _PAIRS:
        if name is first and value > around[second]:
            return f"Give {around[second]:g} or less, or change {second.value} first"
        if name is second and value < around[first]:
            return f"Give {around[first]:g} or more, or change {first.value} first"
    return None
