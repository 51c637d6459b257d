"""What the user wants to see: which channels, in which order, under which headings. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.location import Location
from micboard_tui.tui.arrange.arrangement import (
    Arrangement,
    by_location,
    by_manufacturer,
    by_performer,
    by_rank,
    in_rack_order,
    kept,
)
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.filter import EVERYTHING, Choice, Kind, Tick
from micboard_tui.tui.draw.formats import battery_share, called
from micboard_tui.tui.draw.summary import Watch

LAST = "last"
"""The key of what was seen last; the others are the number keys."""
NO_SHARE = 2.0
MAX_NAME = 32
NO_NAME = "\uffff"
Word = TypeVar("Word", bound=StrEnum)


class Grouping(StrEnum):
    """What the headings are."""

    LOCATION = "location"
    PERFORMER = "performer"
    MANUFACTURER = "maker"
    NONE = "nothing"


class Order(StrEnum):
    """Which channels come first; the words say so. Only the rack order has headings."""

    RACK = "Rack order"
    PROBLEMS = "Problems first"
    BATTERY = "Lowest battery first"
    NAME = "By name"


def following(word: Word) -> Word:
    """The one after this in its list, around."""
    words = list(type(word))
    return words[(words.index(word) + 1) % len(words)]


@dataclass(frozen=True, slots=True)
class View:
    order: Order = Order.RACK
    grouping: Grouping = Grouping.LOCATION
    choice: Choice = EVERYTHING
    layout: Layout | None = None
    """None: what fits the size of the terminal best."""
    name: str = ""
    """What the user calls it, where it is kept."""

    @property
    def title(self) -> str:
        """Its name, or what makes it different."""
        return self.name or self.words

    @property
    def words(self) -> str:
        """What makes it different from the usual view."""
        told = [f"only {self.choice.words}"] if self.choice.ticks else []
        if self.order is not Order.RACK:
            told.append(self.order.lower())
        elif self.grouping is not Grouping.LOCATION:
            told.append(f"grouped by {self.grouping}")
        if self.layout is not None:
            told.append(f"as {self.layout}")
        return ", ".join(told) or "everything"

    @property
    def follows_states(self) -> bool:
        """Whether channels come, go or move while the show runs."""
        return bool(self.choice.ticks) or self.order is not Order.RACK or self.grouping is Grouping.PERFORMER

    def stored(self) -> dict[str, Any]:
        """As plain JSON; ``view_of`` reads it back."""
        ticks = [[tick.kind.name, tick.value] for tick in sorted(self.choice.ticks)]
        stored = {"order": self.order.name, "grouping": self.grouping.name, "only": ticks}
        named = {"name": self.name} if self.name else {}
        return stored | named if self.layout is None else stored | named | {"layout": self.layout.name}

    def arranged(
        self,
        devices: Sequence[DeviceSnapshot],
        states: Mapping[ChannelRef, ChannelState],
        watch: Watch,
        locations: Iterable[Location],
    ) -> Arrangement:
        """The lines of the board. ``states`` are the channels of ``devices`` as they are now."""

        def keeps(old: ChannelState, device: DeviceSnapshot) -> bool:
            return self.choice.keeps(states[old.ref], device, watch.found.get(old.ref, ()))

        def rank(old: ChannelState) -> tuple[float, str]:
            return self._rank(states[old.ref], watch)

        shown = kept(devices, keeps) if self.choice.ticks else devices
        if self.order is not Order.RACK:
            return by_rank(shown, rank)
        match self.grouping:
            case Grouping.LOCATION:
                return by_location(shown, locations)
            case Grouping.PERFORMER:
                return by_performer(shown, states)
            case Grouping.MANUFACTURER:
                return by_manufacturer(shown)
            case Grouping.NONE:
                return in_rack_order(shown)

    def _rank(self, state: ChannelState, watch: Watch) -> tuple[float, str]:
        match self.order:
            case Order.BATTERY:
                share = battery_share(state.battery)
                # Unknown is neither low nor full, so it comes last.
                return (NO_SHARE if share is None else share), ""
            case Order.NAME:
                return 0, (called(state) or NO_NAME).casefold()
            case _:
                return watch.rank(state), ""


def view_of(stored: object) -> View | None:
    """What ``View.stored`` gave; None for anything else, such as a file of another release."""
    match stored:
        case {"order": str(order), "grouping": str(grouping), "only": list(only), **rest}:
            try:
                ticks = frozenset(Tick(Kind[kind], str(value)) for kind, value in only)
                layout = rest.get("layout")
                shown = None if layout is None else Layout[str(layout)]
                name = str(rest.get("name", ""))[:MAX_NAME]
                view = View(Order[order], Grouping[grouping], Choice(ticks), shown, name)
                # A state of a later release has no words here.
                view.words  # noqa: B018 - raises for a tick that means nothing
            except (KeyError, ValueError, TypeError):
                return None
            return view
        case _:
            return None
