"""Which channels the board shows: what was ticked in the filter. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS
from micboard_tui.domain.battery import BatteryLevel
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, judge_battery
from micboard_tui.domain.safe_text import fold_accents, visible
from micboard_tui.domain.units import DASH


class CriterionKind(StrEnum):
    """What a criterion is about. Criteria of one kind add up, kinds narrow each other down."""

    STATE = "state"
    KIND = "kind"
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
        if self.kind is CriterionKind.KIND:
            return KIND_LABELS[DeviceKind(self.value)]
        if self.kind is CriterionKind.CAST:
            return self.value
        if self.kind is CriterionKind.BATTERY:
            return f"battery {DASH}" if self == UNKNOWN_BATTERY else f"battery {self.value}"
        if self.kind is CriterionKind.MANUFACTURER:
            return visible(self.value.title())
        return visible(self.value) or "no location"


PROBLEMS = "problems"
KIND_LABELS = {
    DeviceKind.RECEIVER: "microphones",
    DeviceKind.IEM_TRANSMITTER: "in-ears",
    DeviceKind.CHARGER: "chargers",
}
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
        return not self.criteria or self._fits(criteria_of(state, device, codes))

    def matches_device(self, device: DeviceSnapshot, *, has_problem: bool) -> bool:
        """Whether the line of the device itself is shown."""
        return not self.criteria or self._fits(criteria_of_device(device, has_problem=has_problem))

    def _fits(self, criteria: Iterable[Criterion]) -> bool:
        wanted = {criterion.kind for criterion in self.criteria}
        return wanted <= {criterion.kind for criterion in criteria if criterion in self.criteria}


NO_FILTER = ChannelFilter()
_LINK_OF_STATUS = {
    DeviceStatus.OFFLINE: LinkState.OFFLINE,
    DeviceStatus.REFUSED: LinkState.REFUSED,
    DeviceStatus.UNKNOWN: LinkState.UNKNOWN,
    DeviceStatus.CONNECTING: LinkState.UNKNOWN,
}
_ALWAYS_OFFERED = (
    *(Criterion(CriterionKind.STATE, state) for state in (PROBLEMS, *(link.value for link in LinkState))),
    *(Criterion(CriterionKind.KIND, kind.value) for kind in DeviceKind),
    ASSIGNED,
    FREE,
    LOW_BATTERY,
    *BELOW.values(),
    UNKNOWN_BATTERY,
)
"""In the order in which they stand in the filter; locations and manufacturers come after them."""


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
    yield from _criteria_of_owner(device)


def criteria_of_device(device: DeviceSnapshot, *, has_problem: bool) -> Iterator[Criterion]:
    """Every line of the filter that a device itself falls under; it has no battery and no performer."""
    if (link := _LINK_OF_STATUS.get(device.state.status)) is not None:
        yield Criterion(CriterionKind.STATE, link.value)
    if has_problem:
        yield Criterion(CriterionKind.STATE, PROBLEMS)
    yield from _criteria_of_owner(device)


def _criteria_of_owner(device: DeviceSnapshot) -> Iterator[Criterion]:
    yield Criterion(CriterionKind.KIND, device.state.kind.value)
    yield Criterion(CriterionKind.LOCATION, device.location or "")
    yield Criterion(CriterionKind.MANUFACTURER, device.device.manufacturer)


def count_criteria(
    channels: Iterable[tuple[ChannelState, DeviceSnapshot, Sequence[ProblemCode]]],
    devices: Iterable[tuple[DeviceSnapshot, bool]],
    chosen: ChannelFilter,
) -> list[tuple[Criterion, int]]:
    """All lines of the filter with how many lines of the board each matches by itself.

    ``devices`` are those with a line of their own, and whether they have a problem.
    """
    counts = dict.fromkeys((*_ALWAYS_OFFERED, *chosen.criteria), 0)
    for state, owner, codes in channels:
        for criterion in criteria_of(state, owner, codes):
            counts[criterion] = counts.get(criterion, 0) + 1
    for device, has_problem in devices:
        for criterion in criteria_of_device(device, has_problem=has_problem):
            counts[criterion] = counts.get(criterion, 0) + 1
    fixed = {criterion: index for index, criterion in enumerate(_ALWAYS_OFFERED)}
    kinds = list(CriterionKind)
    return sorted(
        counts.items(),
        key=lambda entry: (
            kinds.index(entry[0].kind),
            fixed.get(entry[0], len(fixed)),
            not entry[0].value,
            fold_accents(entry[0].value),
        ),
    )
