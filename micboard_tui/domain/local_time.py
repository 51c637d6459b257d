"""Local times of this machine over changes of daylight saving. Pure but for the zone of the machine."""

from datetime import datetime


def local_time_of(at: float) -> datetime:
    """What a clock on the wall shows then, without a zone: its ``timestamp()`` is right all the year.

    ``datetime.now().astimezone()`` has the offset of now for good, so a summer evening planned in winter, or
    a time on the other side of the night in which clocks are changed, would be an hour off.
    """
    return datetime.fromtimestamp(at).astimezone().replace(tzinfo=None)
