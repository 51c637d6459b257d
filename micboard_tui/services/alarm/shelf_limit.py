"""How long alarms can be shelved, and until which moments of the show."""

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.show import ShowRepository
from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S
from micboard_tui.domain.shelf_end import ShelfEnd, ShowShelf, find_latest_end, make_show_shelf


async def check_shelf_end(shows: ShowRepository, until: float | None, now: float) -> float:
    """Raise MicboardError INVALID_VALUE where alarms cannot be shelved until then; the latest end.

    The show is read only where that matters. None: the shelf ends without a time.
    """
    latest = find_latest_end(None, now)
    if until is not None and until > latest:
        current = await shows.current()
        latest = find_latest_end(None if current is None else current.progress, now)
    if until is not None and not now < until <= latest:
        raise invalid_value_error(
            "Alarms are not shelved until then",
            f"Shelve them for at most {LONGEST_SHELF_S / 3600:.0f} hours, "
            "or until the end of the show that is on",
        )
    return latest


async def find_show_shelf(shows: ShowRepository, moment: ShelfEnd | None, now: float) -> ShowShelf | None:
    """The shelf until a moment of the show. Raises MicboardError INVALID_VALUE where that is not known."""
    if moment is None:
        return None
    current = await shows.current()
    shelf = make_show_shelf(moment, None if current is None else current.progress, now)
    if shelf is None:
        raise invalid_value_error(
            f"No {moment} of a show is known",
            "Give a time, as --for 15m; the show:  micboard-tui show status",
        )
    return shelf
