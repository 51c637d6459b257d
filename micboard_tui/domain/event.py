"""An event: something that happened at a moment, kept as it was. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from micboard_tui.domain.identity import ChannelRef, DeviceId

MAX_EVENT_TEXT = 200
MAX_ACTOR = 80
"""Of the name of a person who acts."""
EVENTS_KEPT_S = 90 * 86_400.0
"""Older events are deleted: a run of three months can be looked back at."""
MAX_EVENTS_KEPT = 200_000
"""Of more than these the oldest are deleted: some 40 MB on the disk."""


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
    subject: str | None = None
    """What the channel or device was called then; None: it was not known, or the event has neither."""
    id: int | None = None
    """Its number in the order of writing; None: not stored yet."""

    @property
    def ref(self) -> ChannelRef | None:
        """The channel that it is about."""
        if self.device_id is None or self.channel is None:
            return None
        return ChannelRef(self.device_id, self.channel)

    def is_about(self, ref: ChannelRef) -> bool:
        """Whether it is about this channel, its device as a whole, or about everything."""
        return self.device_id in {None, ref.device_id} and self.channel in {None, ref.number}
