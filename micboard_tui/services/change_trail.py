"""What a call changes while it is carried out, collected for its entry in the audit.

Whoever stores an event or makes a step notes it here. A call that no guard watches has no trail, and what
goes on in the background belongs to none.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.event import Event

MAX_EVENTS, MAX_CHANGES = 8, 40
"""More than these would not find room in an entry."""


@dataclass(slots=True)
class ChangeTrail:
    events: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


_TRAIL: ContextVar[ChangeTrail | None] = ContextVar("change_trail", default=None)


@contextmanager
def collecting(trail: ChangeTrail) -> Iterator[None]:
    """Collect in ``trail`` what is noted within the block, and in the tasks that it starts."""
    token = _TRAIL.set(trail)
    try:
        yield
    finally:
        _TRAIL.reset(token)


def note_event(event: Event) -> None:
    """A person did this."""
    trail = _TRAIL.get()
    if trail is not None and len(trail.events) < MAX_EVENTS:
        trail.events.append(event)


def note_changes(changes: Sequence[Change]) -> None:
    """These records are others now."""
    if (trail := _TRAIL.get()) is not None:
        trail.changes += changes[: MAX_CHANGES - len(trail.changes)]
