"""Until when alarms can be shelved beside a number of minutes: moments of the show. Pure."""

from enum import StrEnum

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
