"""Which channels the board shows: what was ticked in the filter. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.domain.battery import BatteryLevel, battery_level
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.formats import STATE_WORDS, battery_share, link_of

LOW = frozenset({BatteryLevel.LOW, BatteryLevel.CRITICAL})


class Kind(StrEnum):
    """What a tick is about. Ticks of one kind add up, kinds narrow each other down."""

    STATE = "state"
    CAST = "cast"
    BATTERY = "battery"
    LOCATION = "location"
    MANUFACTURER = "manufacturer"


@dataclass(frozen=True, slots=True, order=True)
class Tick:
    """One line of the filter."""

    kind: Kind
    value: str

    @property
    def words(self) -> str:
        """As it is shown."""
        if self.kind is Kind.STATE:
            return "problems" if self.value == PROBLEMS else STATE_WORDS[LinkState(self.value)]
        if self.kind is Kind.CAST:
            return self.value
        if self.kind is Kind.BATTERY:
            return f"battery {self.value}"
        return visible(self.value) or "no location"


PROBLEMS = "problems"
ASSIGNED = Tick(Kind.CAST, "assigned")
FREE = Tick(Kind.CAST, "not assigned")
LOW_BATTERY = Tick(Kind.BATTERY, "low")
BELOW = {
    25: Tick(Kind.BATTERY, "below 25 %"),
    50: Tick(Kind.BATTERY, "below 50 %"),
    75: Tick(Kind.BATTERY, "below 75 %"),
}
"""Batteries whose charge is known and less than so many percent."""
UNKNOWN_BATTERY = Tick(Kind.BATTERY, "unknown")


@dataclass(frozen=True, slots=True)
class Choice:
    """All that is ticked; nothing ticked is everything."""

    ticks: frozenset[Tick] = frozenset()

    @property
    def words(self) -> str:
        """For the header."""
        return ", ".join(tick.words for tick in sorted(self.ticks))

    def keeps(self, state: ChannelState, device: DeviceSnapshot, codes: Sequence[ProblemCode]) -> bool:
        """Whether the channel is shown; ``codes`` are its problems."""
        wanted = {tick.kind for tick in self.ticks}
        return not wanted or wanted <= {
            tick.kind for tick in ticks_of(state, device, codes) if tick in self.ticks
        }


EVERYTHING = Choice()


def ticks_of(state: ChannelState, device: DeviceSnapshot, codes: Sequence[ProblemCode]) -> Iterator[Tick]:
    """Every line of the filter that the channel falls under. Unknown is never low and never fine."""
    yield Tick(Kind.STATE, link_of(state).value)
    if codes:
        yield Tick(Kind.STATE, PROBLEMS)
    if state.battery is not None:
        level = battery_level(state.battery)
        if level in LOW:
            yield LOW_BATTERY
        elif level is BatteryLevel.UNKNOWN:
            yield UNKNOWN_BATTERY
        if (share := battery_share(state.battery)) is not None:
            yield from (tick for percent, tick in BELOW.items() if share * 100 < percent)
    yield FREE if state.performer is None else ASSIGNED
    yield Tick(Kind.LOCATION, device.location or "")
    yield Tick(Kind.MANUFACTURER, device.device.manufacturer)


def offered(
    channels: Iterable[tuple[ChannelState, DeviceSnapshot, Sequence[ProblemCode]]], chosen: Choice
) -> list[tuple[Tick, int]]:
    """The lines of the filter with how many channels each keeps by itself; ticked ones are always there."""
    counts = dict.fromkeys((Tick(Kind.STATE, PROBLEMS), LOW_BATTERY, *chosen.ticks), 0)
    for state, device, codes in channels:
        for tick in ticks_of(state, device, codes):
            counts[tick] = counts.get(tick, 0) + 1
    order = list(Kind)
    return sorted(counts.items(), key=lambda each: (order.index(each[0].kind), each[0].value))
