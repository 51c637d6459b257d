"""Which channels the board shows: what was ticked in the filter. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS
from micboard_tui.domain.battery import BatteryLevel
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, judge_battery
from micboard_tui.domain.safe_text import visible


class CriterionKind(StrEnum):
    """What a criterion is about. Criteria of one kind add up, kinds narrow each other down."""

    STATE = "state"
    CAST = "cast"
    BATTERY = "battery"
    LOCATION = "location"
    MANUFACTURER = "manufacturer"


@dataclass(frozen=True, slots=True, order=True)
class Criterion:
    """One line of the filter."""

    kind: CriterionKind
    value: str

    @property
    def label(self) -> str:
        """As it is shown."""
        if self.kind is CriterionKind.STATE:
            return "problems" if self.value == PROBLEMS else LINK_STATE_TEXTS[LinkState(self.value)].name
        if self.kind is CriterionKind.CAST:
            return self.value
        if self.kind is CriterionKind.BATTERY:
            return "battery not heard" if self == UNKNOWN_BATTERY else f"battery {self.value}"
        return visible(self.value) or "no location"


PROBLEMS = "problems"
ASSIGNED = Criterion(CriterionKind.CAST, "assigned")
FREE = Criterion(CriterionKind.CAST, "not assigned")
LOW_BATTERY = Criterion(CriterionKind.BATTERY, "low")
BELOW = {
    25: Criterion(CriterionKind.BATTERY, "below 25 %"),
    50: Criterion(CriterionKind.BATTERY, "below 50 %"),
    75: Criterion(CriterionKind.BATTERY, "below 75 %"),
}
"""Batteries whose charge is known and less than so many percent."""
UNKNOWN_BATTERY = Criterion(CriterionKind.BATTERY, "unknown")


@dataclass(frozen=True, slots=True)
class ChannelFilter:
    """All that is ticked; nothing ticked is everything."""

    criteria: frozenset[Criterion] = frozenset()

    @property
    def description(self) -> str:
        """For the header."""
        return ", ".join(criterion.label for criterion in sorted(self.criteria))

    def matches(self, state: ChannelState, device: DeviceSnapshot, codes: Sequence[ProblemCode]) -> bool:
        """Whether the channel is shown; ``codes`` are its problems."""
        wanted = {criterion.kind for criterion in self.criteria}
        return not wanted or wanted <= {
            criterion.kind for criterion in criteria_of(state, device, codes) if criterion in self.criteria
        }


NO_FILTER = ChannelFilter()


def criteria_of(
    state: ChannelState, device: DeviceSnapshot, codes: Sequence[ProblemCode]
) -> Iterator[Criterion]:
    """Every line of the filter that the channel falls under. Unknown is never low and never fine."""
    yield Criterion(CriterionKind.STATE, state.shown_link_state.value)
    if codes:
        yield Criterion(CriterionKind.STATE, PROBLEMS)
    if state.battery is not None:
        if judge_battery(state) in {BatteryLevel.LOW, BatteryLevel.CRITICAL}:
            yield LOW_BATTERY
        elif not state.battery.is_known:
            yield UNKNOWN_BATTERY
        if (share := state.battery.share) is not None:
            yield from (criterion for percent, criterion in BELOW.items() if share * 100 < percent)
    yield FREE if state.performer is None else ASSIGNED
    yield Criterion(CriterionKind.LOCATION, device.location or "")
    yield Criterion(CriterionKind.MANUFACTURER, device.device.manufacturer)


def count_criteria(
    channels: Iterable[tuple[ChannelState, DeviceSnapshot, Sequence[ProblemCode]]], chosen: ChannelFilter
) -> list[tuple[Criterion, int]]:
    """The lines of the filter with how many channels each matches by itself; chosen ones are always there."""
    counts = dict.fromkeys((Criterion(CriterionKind.STATE, PROBLEMS), LOW_BATTERY, *chosen.criteria), 0)
    for state, device, codes in channels:
        for criterion in criteria_of(state, device, codes):
            counts[criterion] = counts.get(criterion, 0) + 1
    order = list(CriterionKind)
    return sorted(counts.items(), key=lambda entry: (order.index(entry[0].kind), entry[0].value))
