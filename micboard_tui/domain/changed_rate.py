"""A meter rate of a device that we changed, and what is to be put back."""

from typing import NamedTuple


class ChangedRate(NamedTuple):
    """Of one channel, both in milliseconds; 0: no meters."""

    ours_ms: int
    before_ms: int
    """What another controller wanted."""
