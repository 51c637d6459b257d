"""When something was away, by the list of events: a link that was lost, a device without a session. Pure.

What was away when the program ended is not counted from there on: nothing is known of it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import ON_AIR, LinkState

HEARD_OR_LOST = ON_AIR | {LinkState.RF_LOST}
"""A channel in one of these is missed when its device goes away."""


class Stretch(NamedTuple):
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return max(0.0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class ChannelEvents:
    """What the list of events says of a channel."""

    links: Sequence[Event] = ()
    """Oldest first."""
    lost: Sequence[Stretch] = ()
    """When its link was lost."""
    device_away: Sequence[Stretch] = ()
    alarms: int = 0

    @property
    def drop_outs(self) -> int:
        return sum(map(is_loss, self.links))

    def state_at(self, at: float) -> LinkState | None:
        """The link state at a moment; None: nothing is written of it."""
        before = [event for event in self.links if event.at <= at]
        if before:
            return _state_of(before[-1], "link")
        return _state_of(self.links[0], "before") if self.links else None


NO_EVENTS = ChannelEvents()


class EventIndex:
    """The events of a span by what they are about, so that none is looked for twice."""

    def __init__(self, events: Iterable[Event], end: float) -> None:
        """``events``: oldest first."""
        self._end = end
        self._links: dict[ChannelRef, list[Event]] = {}
        self.sessions: dict[DeviceId, list[Event]] = {}
        """Of the devices of which anything is written."""
        self._ends: list[float] = []
        for event in events:
            if event.kind is EventKind.LINK and event.ref is not None:
                self._links.setdefault(event.ref, []).append(event)
            elif event.kind is EventKind.SESSION and event.device_id is not None:
                self.sessions.setdefault(event.device_id, []).append(event)
            elif event.kind is EventKind.PROGRAM and event.details.get("program") == "ended":
                self._ends.append(event.at)

    def channel(self, ref: ChannelRef, alarms: int = 0) -> ChannelEvents:
        """What is written of a channel and of its device."""
        links = self._links.get(ref, ())
        return ChannelEvents(
            links, self._find_stretches(links, is_loss), self.find_away(ref.device_id), alarms
        )

    def find_away(self, device_id: DeviceId) -> Sequence[Stretch]:
        """When there was no session with a device; to the end of the span where it did not come back."""
        return self._find_stretches(self.sessions.get(device_id, ()), is_end_of_session)

    def _find_stretches(
        self, events: Iterable[Event], is_begin: Callable[[Event], bool]
    ) -> Sequence[Stretch]:
        return [self._cut(stretch) for stretch in _stretches(events, is_begin, self._end)]

    def _cut(self, stretch: Stretch) -> Stretch:
        index = bisect_left(self._ends, stretch.start)
        return stretch._replace(end=min([stretch.end, *self._ends[index : index + 1]]))


def is_loss(event: Event) -> bool:
    """Whether a link was lost."""
    return event.details.get("link") == LinkState.RF_LOST


def is_end_of_session(event: Event) -> bool:
    """Whether a session ended or was refused."""
    return event.details.get("status") != DeviceStatus.ONLINE


def join_seconds(stretches: Iterable[Stretch]) -> float:
    """So long any of them lasted; what they share counts once."""
    total, until = 0.0, float("-inf")
    for stretch in sorted(stretches):
        total += max(0.0, stretch.end - max(stretch.start, until))
        until = max(until, stretch.end)
    return total


def _stretches(events: Iterable[Event], is_begin: Callable[[Event], bool], end: float) -> Iterator[Stretch]:
    since: float | None = None
    for event in events:
        if is_begin(event):
            since = event.at if since is None else since
        elif since is not None:
            yield Stretch(since, event.at)
            since = None
    if since is not None:
        yield Stretch(since, end)


def _state_of(event: Event, detail: str) -> LinkState | None:
    state = event.details.get(detail)
    return LinkState(state) if state in set(LinkState) else None
