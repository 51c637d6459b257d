"""What stands behind the server: devices with values that move. Pure; time comes from ``step``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    BatteryLevel,
    Feature,
    GainRange,
    ListedDevice,
    Value,
)
from micboard_tui.protocols.shure_system_api.paths import Topic
from micboard_tui.simulator.stage.air import Air

GOOD_DBFS, CLIPPING_DBFS = -45.0, -1.0
FULL_AFTER_MINUTES = 180
ALMOST_EMPTY = 0.08
MAX_NAME = 31
IEM_RANGE = GainRange(-20, 16, 1)
"""Of a real ADTQ (docs/reference/protocols/shure.md 14.2); what it calls a step was not recorded."""
RECEIVER_RANGE = GainRange(-18, 42, 1)
ONLINE, OFFLINE = "ONLINE", "OFFLINE"


class RefusedError(Exception):
    """The device does not take this value."""


class Unit(Protocol):
    """A device behind the server."""

    listed: ListedDevice
    channels: tuple[AudioChannel, ...]

    def value(self, topic: Topic) -> Value:
        """One of its values; raises KeyError for what it does not know."""
        ...

    def set(self, topic: Topic, value: Value) -> None:
        """Take a value. Raises RefusedError, KeyError."""
        ...

    def step(self, seconds: float) -> None:
        """Let time pass."""
        ...


@dataclass(slots=True)
class AudioChannelState:
    """One audio channel: what is set, and the air behind it."""

    air: Air
    name: str
    sends: bool = False
    """In-ear: its level is that of what goes in, and nothing is received."""
    gain_db: float = 0
    muted: bool = False
    clips: bool = False
    """At any level."""

    @property
    def activity(self) -> str:
        """LOW, GOOD or CLIPPING. At which levels is our guess."""
        level = self.air.voice.peak_dbfs if self.sends else self.air.peak_dbfs
        if self.clips or self.air.clipping or level >= CLIPPING_DBFS:
            return "CLIPPING"
        return "GOOD" if level >= GOOD_DBFS else "LOW"


@dataclass(slots=True)
class AudioUnit:
    """An ADTQ or an ANX4."""

    listed: ListedDevice
    name: str
    states: dict[str, AudioChannelState]
    """By channel id."""
    range: GainRange
    channels: tuple[AudioChannel, ...]
    identifying: bool = False

    def value(self, topic: Topic) -> Value:
        if topic.channel_id is None:
            own: dict[Feature, Value] = {Feature.NAME: self.name, Feature.IDENTIFY: self.identifying}
            return own[topic.feature]
        state = self._state(topic)
        match topic.feature:
            case Feature.NAME:
                return state.name
            case Feature.GAIN:
                return state.gain_db
            case Feature.MUTE:
                return state.muted
            case Feature.ACTIVITY:
                return state.activity
            case _:
                raise KeyError(topic)

    def set(self, topic: Topic, value: Value) -> None:
        if topic.channel_id is None:
            self._set_own(topic, value)
            return
        state = self._state(topic)
        match topic.feature, value:
            case Feature.NAME, str(name) if 0 < len(name) <= MAX_NAME:
                state.name = name
            case Feature.GAIN, int() | float() as gain if not isinstance(gain, bool):
                if not (self.range.low or 0) <= gain <= (self.range.high or 0):
                    raise RefusedError
                state.gain_db = gain
            case Feature.MUTE, bool(muted):
                state.muted = muted
            case _:
                raise RefusedError

    def step(self, seconds: float) -> None:
        """The world moves its airs."""

    def _set_own(self, topic: Topic, value: Value) -> None:
        match topic.feature, value:
            case Feature.NAME, str(name) if 0 < len(name) <= MAX_NAME:
                self.name = name
            case Feature.IDENTIFY, bool(identifying):
                self.identifying = identifying
            case _:
                raise RefusedError

    def _state(self, topic: Topic) -> AudioChannelState:
        channel = next(channel for channel in self.channels if channel.id == topic.channel_id)
        if topic.feature not in channel.capabilities:
            raise KeyError(topic)
        return self.states[channel.id]


@dataclass(slots=True)
class PackUnit:
    """A transmitter that sits in the charger: a device of its own.

    Source: docs/reference/protocols/shure.md 14.2.
    """

    listed: ListedDevice
    name: str
    charge: float
    health: BatteryHealth
    channels: tuple[AudioChannel, ...] = ()
    docked: bool = True

    def value(self, topic: Topic) -> Value:
        if topic.channel_id is not None:
            raise KeyError(topic)
        values: dict[Feature, Value] = {
            Feature.NAME: self.name,
            Feature.BATTERY_LEVEL: self._level(),
            Feature.BATTERY_HEALTH: self.health,
        }
        return values[topic.feature]

    def set(self, topic: Topic, value: Value) -> None:
        if topic.feature is not Feature.NAME or not isinstance(value, str) or not value:
            raise RefusedError
        self.name = value

    def step(self, seconds: float) -> None:
        moved = seconds / 60 / FULL_AFTER_MINUTES
        self.charge = min(1.0, self.charge + moved) if self.docked else max(0.0, self.charge - moved)

    def _level(self) -> BatteryLevel:
        percent = int(self.charge * 100)
        if not self.docked:
            return BatteryLevel(percent, "DISCHARGING", "EMPTY", int(self.charge * FULL_AFTER_MINUTES))
        if self.charge >= 1.0:
            return BatteryLevel(100, "FULL", "FULL")
        return BatteryLevel(percent, "CHARGING", "FULL", int((1 - self.charge) * FULL_AFTER_MINUTES))


@dataclass(slots=True)
class ChargerUnit:
    """An SBRC: it is listed and has a name, and says nothing about its bays.

    Source: docs/reference/protocols/shure.md 14.6.
    """

    listed: ListedDevice
    name: str
    channels: tuple[AudioChannel, ...] = field(default=())

    def value(self, topic: Topic) -> Value:
        if topic.channel_id is not None or topic.feature is not Feature.NAME:
            raise KeyError(topic)
        return self.name

    def set(self, topic: Topic, value: Value) -> None:  # noqa: ARG002 - it takes none
        raise RefusedError

    def step(self, seconds: float) -> None:
        """Its packs charge by themselves."""


class Site:
    """All devices that the server knows."""

    def __init__(self, units: Sequence[Unit], dice: Random) -> None:
        self.units = {unit.listed.id: unit for unit in units}
        self.dice = dice
        self._topics = tuple(topic for unit in units for topic in _topics_of(unit))

    def set_clipping(self, *, clips: bool) -> None:
        """Have every channel clip, or none that does not by itself."""
        for unit in self.units.values():
            if isinstance(unit, AudioUnit):
                for state in unit.states.values():
                    state.clips = clips

    def move_packs(self, *, in_use: bool) -> None:
        """Take all packs out of the charger, the first with little left, or put them back."""
        packs = [unit for unit in self.units.values() if isinstance(unit, PackUnit)]
        for number, pack in enumerate(packs):
            pack.docked = not in_use
            if in_use and number == 0:
                pack.charge = ALMOST_EMPTY

    def step(self, seconds: float) -> None:
        for unit in self.units.values():
            unit.step(seconds)

    def topics(self) -> Sequence[Topic]:
        """Everything that can be read and subscribed to."""
        return self._topics


def _topics_of(unit: Unit) -> Iterator[Topic]:
    for feature in Feature:
        if feature in (unit.listed.capabilities or ()):
            yield Topic(unit.listed.id, feature)
    for channel in unit.channels:
        for capability in channel.capabilities:
            yield Topic(unit.listed.id, Feature(capability), channel.id)
