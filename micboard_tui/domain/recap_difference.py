"""A figure of a recap that is another one than at an earlier show. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef


class Verdict(StrEnum):
    WORSE = "worse"
    BETTER = "better"


class Difference(NamedTuple):
    """One figure that changed."""

    verdict: Verdict
    figure: str
    earlier: str
    now: str
    ref: ChannelRef | None = None
    subject: str = ""
    """The channel; empty: it is of the whole show."""


@dataclass(frozen=True, slots=True)
class RecapComparison:
    """Of a recap with an earlier one."""

    show: str | None
    """The name of the earlier show; None: it was a span of time."""
    start: float
    end: float
    """From when to when the earlier one was."""
    channels: int
    """So many channels were compared: on air long enough both times."""
    differences: Sequence[Difference]
    """What is worse first; of each kind in the order of the recap."""
