"""The intervals of a session with a server, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    question_s: float = 0.05
    """Between two questions while everything is read. The one program that limits itself asks 5 to 10 times
    a second for as long as it runs (docs/reference/protocols/shure.md 14.4)."""
    poll_s: float = 0.5
    """Between two questions once everything is known."""
    list_every_s: float = 10.0
    """Between two readings of the list of devices, so that a pack which was removed is soon gone.

    The one program known reads it every 60 s and retries after 10 s (docs/reference/protocols/shure.md 14.2).
    """
    list_pace_s: float = 5.0
    """At least between two lists, however often a device comes and goes."""
    push_silence_s: float = 20.0
    """After so long without a message a WebSocket with subscribed activity, sent every 5 s, counts as dead.

    Source: docs/reference/protocols/shure.md 14.3.
    """
    push_wait_s: float = 1.0
    """Before a lost WebSocket is opened anew; doubled each time."""


USUAL_PACE = Pace()
