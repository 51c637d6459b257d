"""What the program that keeps the sessions tells every front end, beside alarms. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show_calls import ShowCall

MAX_ENDED_SILENCES = 100
"""So many are kept, the newest."""
JUMP_S = 30.0
"""So long a jump waits for its answer."""


class EndedSilence(NamedTuple):
    """A channel that was expected to be off, and is expected on again since it is live with sound."""

    serial: int
    """Larger than all before, also after a restart: a front end reports what is newer than it knows."""
    channel: ChannelRef


def newest_serial(notices: Sequence["EndedSilence | AskedJump"]) -> int:
    """0: there is none."""
    return max((each.serial for each in notices), default=0)


def next_serial(last: int, now: float) -> int:
    """The serial after ``last``; ``now`` in seconds since the epoch makes it larger than before a restart."""
    return max(last + 1, int(now * 1000))


class AskedJump(NamedTuple):
    """A call of show control that would leave scenes out, for a person to agree to."""

    serial: int
    call: ShowCall
    at: float
    """When it came, seconds since the epoch."""

    def is_open(self, now: float) -> bool:
        """Whether it can still be agreed to."""
        return 0.0 <= now - self.at <= JUMP_S
