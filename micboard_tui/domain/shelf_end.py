"""Until when alarms can be shelved beside a number of minutes: moments of the show. Pure.

These moments move: with a pause, an extension, a break that begins early or late. So an alarm keeps which
moment is meant (``ShowShelf``), and where the show is says whether that has come.
"""

from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S
from micboard_tui.domain.show import ShowProgress, ShowState

_UNDER_WAY = frozenset({ShowState.RUNNING, ShowState.PAUSED, ShowState.BREAK})


class ShelfEnd(StrEnum):
    BREAK = "break"
    """The next one."""
    END = "end"
    """Of the show."""
    PROFILE = "profile"
    """When another profile is active than now; no moment that is known."""


class ShowShelf(NamedTuple):
    """A moment of the show until which an alarm is shelved, whenever that comes."""

    end: ShelfEnd
    """BREAK or END."""
    breaks_taken: int = 0
    """Of the show, when the alarm was shelved: the break after these is meant."""

    def is_over(self, show: ShowProgress | None) -> bool:
        """Whether the moment has come: by what happened, and not by when it was planned.

        Also where the show is not on any more, or has no other break any more.
        """
        if show is None or show.state not in _UNDER_WAY:
            return True
        if self.end is not ShelfEnd.BREAK:
            return False
        return show.breaks_taken != self.breaks_taken or show.next_break is None

    def dump(self) -> str:
        """As it is stored: ``break 1``, ``end 0``."""
        return f"{self.end} {self.breaks_taken}"


def load_show_shelf(text: str) -> ShowShelf:
    """Raises ValueError where it is none."""
    end, breaks_taken = text.split()
    return ShowShelf(ShelfEnd(end), int(breaks_taken))


def make_show_shelf(end: ShelfEnd, show: ShowProgress | None, now: float) -> ShowShelf | None:
    """Until this moment of the show; None: it is not known, or over."""
    if show is None or end not in find_shelf_ends(show, now):
        return None
    return ShowShelf(end, show.breaks_taken)


def is_end_to_come(show: ShowProgress | None, now: float) -> bool:
    """Whether the planned end of the show that is on lies ahead."""
    return ShelfEnd.END in find_shelf_ends(show, now)


def find_shelf_ends(show: ShowProgress | None, now: float) -> dict[ShelfEnd, float]:
    """The moments that are known and to come; none before the show begins."""
    if show is None or show.state not in _UNDER_WAY:
        return {}
    moments = {ShelfEnd.BREAK: show.next_break_at(now), ShelfEnd.END: show.end_at(now)}
    return {end: moment for end, moment in moments.items() if moment is not None and now < moment}


def find_latest_end(show: ShowProgress | None, now: float) -> float:
    """No alarm is shelved for longer: ``LONGEST_SHELF_S``, or until the end of the show if that is later."""
    return max(now + LONGEST_SHELF_S, find_shelf_ends(show, now).get(ShelfEnd.END, now))


def find_longest(until: float | None, now: float) -> float:
    """How many seconds a shelf lasts at most that ends at a time, or has none."""
    return max(LONGEST_SHELF_S, (until or now) - now)
