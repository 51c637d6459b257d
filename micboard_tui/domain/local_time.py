"""Local times of this machine, also over changes of daylight saving, and how they are written for people.

Pure but for the zone of the machine.
"""

from datetime import datetime


def local_time_of(at: float) -> datetime:
    """What a clock on the wall shows then, without a zone: its ``timestamp()`` is right all the year.

    ``datetime.now().astimezone()`` has the offset of now for good, so a summer evening planned in winter, or
    a time on the other side of the night in which clocks are changed, would be an hour off.
    """
    return datetime.fromtimestamp(at).astimezone().replace(tzinfo=None)


def format_time_of_day(at: float) -> str:
    """``21:14``."""
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M}"


def format_second_of_day(at: float) -> str:
    """``21:14:07``."""
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"


def format_minute(at: float) -> str:
    """``2026-11-29 21:14``."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"
