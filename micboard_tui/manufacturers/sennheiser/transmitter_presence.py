"""Whether a channel has a transmitter, followed over time: what SSC and SSCv2 devices leave open.

Theory of operation. A device reports whether a channel has a link at this moment, but not whether a
transmitter whose link ends was switched off or walked out of range (docs/reference/protocols/sennheiser.md
2.5, 7). One ``PresenceTracker`` per channel decides by what it remembers, its ``Presence`` and a deadline:

- ``UNKNOWN`` -> ``HERE`` with the first link; -> ``AWAY`` when there is no link from the start.
- ``HERE`` -> ``LOST`` when the link ends; the deadline is ``LOST_S`` from then.
- ``LOST`` -> ``HERE`` when the link is back; -> ``AWAY`` at the deadline.
- ``AWAY`` -> ``HERE`` with the next link. Reported as ``UNKNOWN``, any of them is ``UNKNOWN`` again.

The session calls ``update`` with every report of the device and ``expire`` at every tick, and reports the
channel's facts again after each of them that returns True.
"""

from enum import Enum, auto

from micboard_tui.domain.channel import Transmitter

LOST_S = 15.0
"""A transmitter whose link ended counts as lost for so long, and then as switched off."""


class Presence(Enum):
    """What is known of a channel's transmitter."""

    UNKNOWN = auto()
    HERE = auto()
    LOST = auto()
    """It was here a moment ago and its link is gone."""
    AWAY = auto()


class PresenceTracker:
    """One channel's transmitter."""

    __slots__ = ("_deadline", "presence")

    def __init__(self) -> None:
        self.presence = Presence.UNKNOWN
        self._deadline: float | None = None

    def update(self, reported: Presence, now: float, lost_s: float = LOST_S) -> bool:
        """Whether a report changes it; ``reported`` is ``LOST`` for any channel without a link."""
        before = self.presence
        if reported is not Presence.LOST:
            self.presence, self._deadline = reported, None
        elif before is Presence.HERE:
            self.presence, self._deadline = Presence.LOST, now + lost_s
        elif before is Presence.UNKNOWN:
            self.presence = Presence.AWAY
        return self.presence is not before

    def expire(self, now: float) -> bool:
        """Whether a lost transmitter has just become one that is away."""
        if self._deadline is None or now < self._deadline:
            return False
        self.presence, self._deadline = Presence.AWAY, None
        return True


def is_present(presence: Presence) -> bool | None:
    """The flag of the channel's facts. A lost transmitter is still present; its carrier is what is gone."""
    return {Presence.HERE: True, Presence.LOST: True, Presence.AWAY: False}.get(presence)


def transmitter_while_present(presence: Presence, transmitter: Transmitter) -> Transmitter | None:
    """``transmitter`` while it is here; none of its values outlives its link.

    Source: docs/reference/protocols/sennheiser.md 7.
    """
    if presence is Presence.HERE:
        return transmitter
    return Transmitter() if presence is Presence.LOST else None
