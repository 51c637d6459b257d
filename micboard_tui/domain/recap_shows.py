"""Which shows there were, and from when to when, by the list of events. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.show_calls import ShowAction


class PastShow(NamedTuple):
    """A show that was started."""

    name: str | None
    """None: its name was not written down."""
    start: float
    end: float | None = None
    """None: it is still on."""


def find_shows(events: Iterable[Event]) -> Sequence[PastShow]:
    """The shows that these events tell of, given oldest first; the newest first."""
    shows: list[PastShow] = []
    is_on = False
    for event in events:
        if event.kind is not EventKind.SHOW:
            continue
        action = event.details.get("action")
        if action == ShowAction.START and not is_on:
            # While one is on, the same call goes on after a pause.
            shows.append(PastShow(event.details.get("show"), event.at))
            is_on = True
        elif action == ShowAction.END and is_on:
            shows[-1] = shows[-1]._replace(end=event.at)
            is_on = False
    return shows[::-1]
