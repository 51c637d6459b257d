"""An event: something that happened at a moment, kept as it was. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from micboard_tui.domain.identity import DeviceId

MAX_EVENT_TEXT = 200


class EventKind(StrEnum):
    ALARM = "alarm"
    LINK = "link"
    """A channel's link state became another."""
    SESSION = "session"
    """The session with a device opened, ended or was refused."""
    STEP = "step"
    """A person changed something, or took it back."""
    MARKER = "marker"
    """A person wrote down that something happened."""
    SHOW = "show"
    """The clock of the show started or stopped, or a scene began."""
    PROGRAM = "program"
    """The program itself: started, ended, recording to memory only."""


@dataclass(frozen=True, slots=True)
class Event:
    """Append-only: what is written down is never changed."""

    at: float
    """Seconds since the epoch."""
    kind: EventKind
    text: str
    """What happened, in the past tense and without a full stop, at most ``MAX_EVENT_TEXT`` characters."""
    device_id: DeviceId | None = None
    channel: int | None = None
    actor: str | None = None
    """Who did it; None: it happened."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What a program needs of it: codes and numbers as text, by name."""
    id: int | None = None
    """Its number in the order of writing; None: not stored yet."""
