"""What the user wants to see: which channels, in which order, under which headings. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import Any, TypeVar

from micboard_tui.domain.battery import estimate_minutes
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location
from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.domain.safe_text import fold_accents
from micboard_tui.tui.arrange.arrangement import (
    Arrangement,
    DeviceLines,
    Rank,
    group_by_location,
    group_by_manufacturer,
    group_by_performer,
    group_by_receiver,
    keep_rack_order,
    narrow_to,
    sort_by_rank,
)
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.filter import NO_FILTER, ChannelFilter, Criterion, CriterionKind
from micboard_tui.tui.arrange.problem_watch import ProblemWatch

LAST = "last"
"""The key of what was seen last; the others are the number keys."""
EQUAL = (0.0, 0.0, 0.0)
MAX_NAME = 32
MAX_CHOSEN = 1000
"""Channels that are chosen by hand."""
NO_NAME = "\uffff"
NO_NUMBER = ((2, 0, ""),)
"""After all numbers."""
Member = TypeVar("Member", bound=StrEnum)


class Grouping(StrEnum):
    """What the headings are."""

    LOCATION = "location"
    PERFORMER = "performer"
    MANUFACTURER = "manufacturer"
    RECEIVER = "receiver"
    NONE = "none"

    @property
    def description(self) -> str:
        return "not grouped" if self is Grouping.NONE else f"grouped by {self.value}"


class SortOrder(StrEnum):
    """Which channels come first; the values are shown. Only the rack order has headings."""

    RACK = "Rack order"
    PROBLEMS = "Problems first"
    BATTERY = "Lowest battery first"
    NAME = "By name"
    NUMBER = "By mic number"


FROM_THE_TOP = frozenset({SortOrder.PROBLEMS, SortOrder.BATTERY})
"""What is to be looked at stands in their first lines."""


def next_member(member: Member) -> Member:
    """The one after this in its list; after the last comes the first."""
    members = list(type(member))
    return members[(members.index(member) + 1) % len(members)]


@dataclass(frozen=True, slots=True)
class View:
    sort_order: SortOrder = SortOrder.RACK
    grouping: Grouping = Grouping.LOCATION
    channel_filter: ChannelFilter = NO_FILTER
    layout: Layout | None = None
    """None: what fits the size of the terminal best."""
    name: str = ""
    """What the user calls it, where it is kept."""
    channels: tuple[ChannelRef, ...] = ()
    """Only these, chosen by hand, and in this order where they are neither sorted nor grouped; empty: all."""

    @property
    def title(self) -> str:
        """Its name, or what makes it different."""
        return self.name or self.description

    @property
    def label(self) -> str:
        """For the header: its name, or which channels it leaves; empty where it leaves all."""
        only = ", ".join(self._restrictions)
        if self.name:
            is_filtered = bool(self.channel_filter.criteria)
            return f"view {self.name}, filtered" if is_filtered else f"view {self.name}"
        return f"only {only}" if only else ""

    @property
    def _restrictions(self) -> list[str]:
        """Which channels it leaves, in words."""
        chosen = [f"{len(self.channels)} chosen"] if self.channels else []
        return [*chosen, self.channel_filter.description] if self.channel_filter.criteria else chosen

    @property
    def description(self) -> str:
        """What makes it different from the usual view."""
        parts = [f"only {', '.join(self._restrictions)}"] if self._restrictions else []
        if self.sort_order is not SortOrder.RACK:
            parts.append(self.sort_order.lower())
        elif self.grouping is not Grouping.LOCATION:
            parts.append(self.grouping.description)
        if self.layout is not None:
            parts.append(f"as {self.layout}")
        return ", ".join(parts) or "everything"

    @property
    def follows_states(self) -> bool:
        """Whether channels come, go or move while the show runs."""
        return (
            bool(self.channel_filter.criteria)
            or self.sort_order is not SortOrder.RACK
            or self.grouping is Grouping.PERFORMER
        )

    def as_json(self) -> dict[str, Any]:
        """As plain JSON; ``parse_view`` reads it back."""
        criteria = [
            [criterion.kind.name, criterion.value] for criterion in sorted(self.channel_filter.criteria)
        ]
        stored = {"order": self.sort_order.name, "grouping": self.grouping.name, "only": criteria}
        named: dict[str, Any] = {"name": self.name} if self.name else {}
        if self.channels:
            named["channels"] = [[ref.device_id, ref.number] for ref in self.channels]
        return stored | named if self.layout is None else stored | named | {"layout": self.layout.name}

    def arrange(
        self,
        devices: Sequence[DeviceSnapshot],
        states: Mapping[ChannelRef, ChannelState],
        watch: ProblemWatch,
        locations: Iterable[Location],
    ) -> Arrangement:
        """The lines of the board. ``states`` are the channels of ``devices`` as they are now."""
        chosen = {ref: index for index, ref in enumerate(self.channels)}

        def is_shown(old: ChannelState, device: DeviceSnapshot) -> bool:
            if chosen and old.ref not in chosen:
                return False
            return self.channel_filter.matches(states[old.ref], device, watch.problems.get(old.ref, ()))

        def rank(old: ChannelState) -> Rank:
            return self._rank(states[old.ref], watch)

        def rank_device(device: DeviceSnapshot) -> Rank:
            return self._rank_device(device, watch)

        problems = watch.device_problems
        device_lines = {
            device.device.id
            for device in devices
            if (device.device.id in problems or not device.channels)
            and self.channel_filter.matches_device(device, has_problem=device.device.id in problems)
        }
        if self.channels:
            owners = {ref.device_id for ref in self.channels}
            device_lines &= owners
        is_narrowed = bool(self.channel_filter.criteria or self.channels)
        shown = narrow_to(devices, device_lines, is_shown) if is_narrowed else devices
        if self.sort_order is not SortOrder.RACK:
            arrangement = sort_by_rank(shown, device_lines, rank, rank_device)
        else:
            arrangement = self._group(shown, device_lines, states, locations)
        if chosen and self.sort_order is SortOrder.RACK and self.grouping is Grouping.NONE:
            by_hand = sorted(arrangement.channels, key=chosen.__getitem__)
            others = [line for line in arrangement.lines if not isinstance(line, ChannelRef)]
            arrangement = replace(arrangement, lines=(*by_hand, *others))
        is_from_top = self.sort_order in FROM_THE_TOP
        return replace(arrangement, order=self.sort_order.value, is_from_top=is_from_top)

    def _group(
        self,
        shown: Sequence[DeviceSnapshot],
        device_lines: DeviceLines,
        states: Mapping[ChannelRef, ChannelState],
        locations: Iterable[Location],
    ) -> Arrangement:
        match self.grouping:
            case Grouping.LOCATION:
                return group_by_location(shown, device_lines, locations)
            case Grouping.PERFORMER:
                return group_by_performer(shown, device_lines, states)
            case Grouping.MANUFACTURER:
                return group_by_manufacturer(shown, device_lines)
            case Grouping.RECEIVER:
                return group_by_receiver(shown, device_lines, locations)
            case Grouping.NONE:
                return keep_rack_order(shown, device_lines)

    def _rank(self, state: ChannelState, watch: ProblemWatch) -> Rank:
        match self.sort_order:
            case SortOrder.NUMBER:
                number = state.mic_number
                return EQUAL, "", NO_NUMBER if number is None else mic_number_key(number)
            case SortOrder.BATTERY:
                minutes = estimate_minutes(state.battery)
                # Unknown is neither low nor full, so it comes last.
                return (inf if minutes is None else minutes, 0.0, 0.0), "", ()
            case SortOrder.NAME:
                return EQUAL, fold_accents(state.display_name or NO_NAME), ()
            case _:
                return watch.urgency(state.ref), "", ()

    def _rank_device(self, device: DeviceSnapshot, watch: ProblemWatch) -> Rank:
        """Where the line of the device itself stands: below all channels, unless it has what is sorted by."""
        match self.sort_order:
            case SortOrder.PROBLEMS:
                return watch.urgency(device.device.id), "", ()
            case SortOrder.BATTERY:
                in_use = (bay for bay in device.state.bays if bay.state is BayState.IN_USE)
                known = (estimate_minutes(bay.battery) for bay in in_use)
                return (min((each for each in known if each is not None), default=inf), 1.0, 0.0), "", ()
            case _:
                return EQUAL, NO_NAME, NO_NUMBER


def parse_view(stored: object) -> View | None:
    """What ``View.stored`` gave; None for anything else, such as a file of another release."""
    match stored:
        case {"order": str(order), "grouping": str(grouping), "only": list(only), **rest}:
            try:
                criteria = frozenset(Criterion(CriterionKind[kind], str(value)) for kind, value in only)
                layout = rest.get("layout")
                shown = None if layout is None else Layout[str(layout)]
                name = str(rest.get("name", ""))[:MAX_NAME]
                chosen: Any = rest.get("channels", [])
                channels = tuple(
                    ChannelRef(DeviceId(str(device)), int(number)) for device, number in chosen[:MAX_CHOSEN]
                )
                view = View(
                    SortOrder[order], Grouping[grouping], ChannelFilter(criteria), shown, name, channels
                )
                # A state of a later release has no text here.
                view.description  # noqa: B018 - raises for a criterion that means nothing
            except (KeyError, ValueError, TypeError, RecursionError):
                return None
            return view
        case _:
            return None
