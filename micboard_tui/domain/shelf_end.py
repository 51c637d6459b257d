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


def find_shelf_ends(show: ShowProgress | None, now: float) -> dict[ShelfEnd, float]:
    """The moments that are known, to come, and not too far ahead; none before the show begins."""
    if show is None or show.state not in _UNDER_WAY:
        return {}
    moments = {ShelfEnd.BREAK: show.next_break_at(now), ShelfEnd.END: show.end_at(now)}
    return {
        end: moment
        for end, moment in moments.items()
        if moment is not None and now < moment <= now + LONGEST_SHELF_S
    }
