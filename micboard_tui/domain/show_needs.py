"""How long a pack has to last for the show, and how long it does. Pure."""

from typing import NamedTuple

from micboard_tui.domain.show import ShowProgress, ShowState
from micboard_tui.domain.units import format_hours_minutes

MARGIN_CELLS = 5
_TEN_HOURS, _THREE_DIGITS = 600, 100
SOON_MIN = 180.0
"""A show that begins within so long counts already."""


class ShowNeeds(NamedTuple):
    """Minutes from now; below 0: it is overdue; None: there is none, or it is not known."""

    to_break: float | None = None
    to_end: float | None = None

    @property
    def longest(self) -> float | None:
        """What a pack has to last: to the end, or to the break where the end is not known."""
        return self.to_break if self.to_end is None else self.to_end


NO_NEEDS = ShowNeeds()


def find_show_needs(progress: ShowProgress | None, now: float) -> ShowNeeds:
    """What the show needs of packs that are on now; nothing where none is on or soon."""
    if progress is None or progress.state is ShowState.ENDED:
        return NO_NEEDS
    to_start = progress.minutes_to_start(now)
    if to_start is None or to_start > SOON_MIN:
        return NO_NEEDS
    return ShowNeeds(progress.minutes_to_break(now), progress.minutes_to_end(now))


def format_margin(minutes: float, room: int = MARGIN_CELLS) -> str:
    """``-0:30`` and ``+1:05``; ``-30m`` and ``+2h`` where there are only four cells."""
    sign, whole = "-" if minutes < 0 else "+", int(abs(minutes))
    if whole >= _TEN_HOURS:
        return f"{sign}{min(whole // 60, 99)}h"
    if room >= MARGIN_CELLS:
        return f"{sign}{format_hours_minutes(whole)}"
    return f"{sign}{whole}m" if whole < _THREE_DIGITS else f"{sign}{whole // 60}h"
