"""Where the facts of a recap come from, and of which span it is."""

from typing import NamedTuple

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recap import WITHOUT_SHOW_S, RecapQuery
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.show import ShowProgress

SHORTEST_S = 1.0
"""Of a show that has just begun."""


class Sources(NamedTuple):
    """Where the facts come from."""

    live: LiveContract
    shows: ShowContract
    devices: DeviceContract
    recorder: RecorderContract
    events: EventContract
    handover: HandoverContract


class NamedSpan(NamedTuple):
    start: float
    end: float
    show: str | None = None
    """The name of the show; None: it is a span of time."""


def choose_span(progress: ShowProgress | None, query: RecapQuery, now: float) -> NamedSpan:
    """From when to when, and the name of the show where it is that. Raises MicboardError INVALID_VALUE."""
    since, until, name = query
    started_at = None if progress is None else progress.started_at
    if since is not None or progress is None or started_at is None:
        end = now if until is None else until
        start = end - WITHOUT_SHOW_S if since is None else since
        if end <= start:
            raise invalid_value_error("The end has to be after the start", "Choose a later end")
        return NamedSpan(start, end, name)
    if until is not None and until <= started_at:
        raise invalid_value_error(
            f"{progress.show.name} had not started then", "Give a later --until, or --since as well"
        )
    end = until if until is not None else now if progress.ended_at is None else progress.ended_at
    return NamedSpan(started_at, max(end, started_at + SHORTEST_S), progress.show.name)
