"""Which events the timeline lists, and how they are found. Pure."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.safe_text import fold_accents


class EventChoice(Enum):
    """Kinds that are looked at together, in the order in which a key goes through them."""

    ALL = ("all", frozenset(EventKind))
    ALARMS = ("alarms", frozenset({EventKind.ALARM}))
    MARKERS = ("markers", frozenset({EventKind.MARKER, EventKind.SHOW}))
    LINKS = ("links and sessions", frozenset({EventKind.LINK, EventKind.SESSION}))
    CHANGES = ("changes", frozenset({EventKind.STEP, EventKind.PROGRAM}))

    def __init__(self, title: str, kinds: frozenset[EventKind]) -> None:
        self.title, self.kinds = title, kinds

    @property
    def following(self) -> "EventChoice":
        """The one after this; after the last the first."""
        choices = list(EventChoice)
        return choices[(choices.index(self) + 1) % len(choices)]


def merge_events(known: Sequence[Event], new: Iterable[Event], most: int) -> list[Event]:
    """Both, each once and the newest first; of more than ``most`` the oldest are left out."""
    by_number = {event.id: event for event in (*known, *new)}
    return sorted(by_number.values(), key=lambda event: (event.at, event.id or 0), reverse=True)[:most]


def describe_count(shown: int, known: int, most: int) -> str:
    """How many are listed; of so many as ``most`` older ones may be stored, which are not listed."""
    events = f"{shown} {'event' if shown == 1 else 'events'}"
    if known < most:
        return events
    return f"the newest {events}" if shown == known else f"{events} of the newest {known}"


def choose_events(
    events: Iterable[Event], choice: EventChoice, query: str, subject_of: Callable[[Event], str]
) -> list[Event]:
    """Those of the chosen kinds in which every word stands somewhere, capitals and accents ignored."""
    parts = fold_accents(query).split()
    return [
        event
        for event in events
        if event.kind in choice.kinds and (not parts or _has_all(event, parts, subject_of(event)))
    ]


def _has_all(event: Event, parts: Sequence[str], subject: str) -> bool:
    text = fold_accents(f"{subject} {event.text} {event.kind.value} {event.actor or ''}")
    return all(part in text for part in parts)
