"""Events of alarms, links, sessions, steps, markers and the show in one list, and where they are written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef

MAX_EVENTS = 1000
"""So many are answered at once, the newest."""


class EventPlace(NamedTuple):
    """Where a stored event stands in the list of all."""

    at: float
    id: int


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events; empty kinds or channels: of all."""

    since: float = 0.0
    """Seconds since the epoch."""
    until: float | None = None
    """None: no end."""
    kinds: Collection[EventKind] = ()
    channels: Collection[ChannelRef] = ()
    """With what happened to their devices as a whole."""
    actors: Collection[str] = ()
    """By their names; empty: of all, also what happened by itself."""
    after: int = 0
    """Only those stored after the one with this number: what is new for those who read again and again."""
    before: EventPlace | None = None
    """Only those that stand before this place: what comes next for those who read backwards, in parts."""
    limit: int = MAX_EVENTS
    """Of more than these, the newest."""
    is_from_start: bool = False
    """Of more than the limit, the oldest."""
    has_general: bool = False
    """With ``channels``: also what is about no device, as a marker of the show."""


class EventContract(Protocol):
    """What happened, from before this program started, too."""

    async def list_events(self, query: EventQuery) -> ServiceResult[Sequence[Event]]:
        """Events by the moment at which they happened, oldest first; also those that wait to be stored."""
        ...

    async def add_marker(
        self, text: str, *, actor: str, channel: ChannelRef | None = None, at: float | None = None
    ) -> ServiceResult[Event]:
        """Write down that something happened; it is stored when this returns.

        ``at`` None: now. INVALID_VALUE: the text is empty or longer than ``MAX_EVENT_TEXT``.
        """
        ...

    async def remove_markers(
        self, numbers: Sequence[int] | None, *, actor: str
    ) -> ServiceResult[Sequence[Event]]:
        """Take back the markers with these numbers; None: the one that this person wrote last.

        Answers those that are gone. NOTHING_TO_UNDO: there is no such marker.
        """
        ...


class EventSink(Protocol):
    """Takes events and stores them in the order in which they came."""

    def append(self, event: Event) -> None:
        """Store it within a second, for what happens by itself. Never waits and never fails.

        Where the database is slow or full, the oldest that wait are dropped, and an event says how many.
        """
        ...

    async def store(self, event: Event) -> Event:
        """Store it before this returns, for what people do; a power cut after that does not lose it.

        Answers it with its number. Raises StorageError.
        """
        ...


class EventRepository(Protocol):
    """Where events are kept. Raises StorageError."""

    async def add(self, events: Sequence[Event]) -> None:
        """Store events; a power cut may lose the newest."""
        ...

    async def add_now(self, event: Event) -> Event:
        """Store one event so that a power cut does not lose it; answers it with its number."""
        ...

    async def list(self, query: EventQuery) -> Sequence[Event]:
        """Events by the moment at which they happened, oldest first."""
        ...

    async def delete_markers(self, numbers: Sequence[int]) -> Sequence[Event]:
        """Delete those of these events that are markers, so that a power cut does not bring them back."""
        ...

    async def find_newest_marker(self, actor: str) -> int | None:
        """The number of the marker that this person wrote last; None: there is none."""
        ...

    async def delete_old(self, before: float, most: int) -> None:
        """Delete those that happened earlier, and the oldest of more than ``most``."""
        ...
