"""When something was away, by the list of events: a link that was lost, a device without a session. Pure.

Only what a program watched counts (``domain.observed_time``): what was away when the program ended, or was
killed, is not counted from there on, since nothing is known of it. Where the next program finds it away still
and sees it come back, it counts from that program's start.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.observed_time import extend_run, find_runs, split_by_runs
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.swap_record import count_swaps

HEARD_OR_LOST = ON_AIR | {LinkState.RF_LOST}
"""A channel in one of these is missed when its device goes away."""


class Stretch(NamedTuple):
    start: float
    end: float
    is_continued: bool = False
    """It was away already when the program before ended."""

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
    swaps: int = 0

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
        known = list(events)
        self._runs = find_runs(known, end)
        self._swaps = count_swaps(known)
        self._links: dict[ChannelRef, list[Event]] = {}
        self.sessions: dict[DeviceId, list[Event]] = {}
        """Of the devices of which anything is written."""
        for event in known:
            if event.kind is EventKind.LINK and event.ref is not None:
                self._links.setdefault(event.ref, []).append(event)
            elif event.kind is EventKind.SESSION and event.device_id is not None:
                self.sessions.setdefault(event.device_id, []).append(event)

    def take_recorded(self, spans: Iterable[RecordedSpan]) -> None:
        """A program that was killed was there as long as something was recorded."""
        recorded = list(spans)
        self._runs = [extend_run(run, recorded) for run in self._runs]

    def channel(self, ref: ChannelRef, alarms: int = 0) -> ChannelEvents:
        """What is written of a channel and of its device."""
        links = self._links.get(ref, ())
        lost, away = self._find_stretches(links, is_loss), self.find_away(ref.device_id)
        return ChannelEvents(links, lost, away, alarms, self._swaps[ref])

    def find_away(self, device_id: DeviceId) -> Sequence[Stretch]:
        """When there was no session with a device; to the end of the span where it did not come back."""
        return self._find_stretches(self.sessions.get(device_id, ()), is_end_of_session)

    def _find_stretches(
        self, events: Sequence[Event], is_begin: Callable[[Event], bool]
    ) -> Sequence[Stretch]:
        if not events:
            return ()
        found: list[Stretch] = []
        was_away = False
        for run, some in zip(self._runs, split_by_runs(events, self._runs), strict=True):
            # What was away before, and comes back first of all, was away until then.
            is_found_away = was_away and len(some) > 0 and not is_begin(some[0]) and _was_away(some[0])
            since = run.start if is_found_away else None
            stretches = list(_stretches(some, is_begin, run.end, since))
            if was_away and stretches:
                stretches[0] = stretches[0]._replace(is_continued=True)
            found += stretches
            was_away = is_begin(some[-1]) if some else was_away
        return found


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


def _was_away(event: Event) -> bool:
    """Whether this is the end of a loss; that of a session says nothing of what was before."""
    return event.details.get("before", LinkState.RF_LOST) == LinkState.RF_LOST


def _stretches(
    events: Iterable[Event], is_begin: Callable[[Event], bool], end: float, since: float | None
) -> Iterator[Stretch]:
    """``since``: it is away from then on, before the first event."""
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
