"""How fast everything goes with a server, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    question_s: float = 0.05
    """Between two questions while everything is read. The one program that limits itself asks 5 to 10 times
    a second for as long as it runs (docs/reference/protocols/shure.md 14.4)."""
    poll_s: float = 0.5
    """Between two questions once everything is known."""
    list_every_s: float = 60.0
    """The list of devices is read so often although nothing was pushed.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    list_pace_s: float = 5.0
    """At least between two lists: a device that comes and goes must not make us ask all the time."""
    push_silence_s: float = 20.0
    """Activity comes about every 5 s: with some subscribed, a WebSocket so quiet is a dead one.

    Source: docs/reference/protocols/shure.md 14.3.
    """
    push_wait_s: float = 1.0
    """Before a lost WebSocket is opened anew; doubled each time."""


USUAL_PACE = Pace()
