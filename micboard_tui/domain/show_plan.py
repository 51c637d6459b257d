"""What a plan of a show may hold, and how its times are written: "20:00", "75+20", "21:15+20". Pure."""

import re
from datetime import UTC, datetime, timedelta

from micboard_tui.domain.local_time import local_time_of
from micboard_tui.domain.mic_plot import MicPlot
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.show import MINUTE_S, Show, ShowBreak

MAX_BREAKS = 20
MAX_SHOW_MIN = 24 * 60.0
SAME_DAY_S = 12 * 3600.0
"""A time of the day that is longer ago than this is meant for tomorrow."""
_EARLIEST_START = datetime(1970, 1, 2, tzinfo=UTC).timestamp()
_LATEST_START = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
"""So that its times can be written in every time zone."""

_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)")
_DURATION = re.compile(
    r"(?P<minutes>\d{1,4}(?:[.,]\d{1,3})?)(?: ?m(?:in)?)?|(?P<hours>\d{1,2})h(?P<rest>[0-5]?\d)?"
)
_BREAK = re.compile(r"(?P<begin>[^+]+)\+(?P<minutes>[^+]+)")


def find_plan_mistake(show: Show) -> str | None:
    """Why a plan cannot be kept; None: it can."""
    if len(show.breaks) > MAX_BREAKS:
        return f"A show has at most {MAX_BREAKS} breaks"
    if show.planned_start is not None and not _EARLIEST_START <= show.planned_start <= _LATEST_START:
        return "A show starts between 1970 and 2100"
    before = 0.0
    for planned in show.breaks:
        if not (before <= planned.at_min and planned.minutes > 0 and planned.end_min <= MAX_SHOW_MIN):
            return "Breaks come one after another, within a day from the start"
        before = planned.end_min
    if show.end_min is not None and not max(before, 1.0) <= show.end_min <= MAX_SHOW_MIN:
        return "The end comes after the start and all breaks, within a day"
    return None


def plan_of_minutes(plot: MicPlot, interval_min: float) -> tuple[tuple[ShowBreak, ...], float] | None:
    """Breaks between acts and the end, by the minutes of all scenes; None: those of one are not known."""
    at_min, act = 0.0, None
    breaks: list[ShowBreak] = []
    for scene in plot.scenes:
        if scene.minutes is None:
            return None
        if act is not None and scene.act is not None and fold_name(scene.act) != fold_name(act):
            breaks.append(ShowBreak(at_min, interval_min))
            at_min += interval_min
        at_min, act = at_min + scene.minutes, scene.act
    return (tuple(breaks), at_min) if plot.scenes else None


def parse_moment(text: str, now: float) -> float | None:
    """A moment such as "20:00" or "2026-11-29 20:00"; None: it is neither.

    A time of the day is one of today, or of tomorrow when that is long past. Both are local times.
    """
    today = local_time_of(now)
    if (match := _CLOCK.fullmatch(text.strip())) is not None:
        moment = today.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0)
        if (today - moment).total_seconds() > SAME_DAY_S:
            moment += timedelta(days=1)
        return moment.timestamp()
    try:
        at = datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return at if _EARLIEST_START <= at <= _LATEST_START else None


def parse_minutes(text: str) -> float | None:
    """A span such as "75", "2.5", "75 min", "75m", "1h15" or "2h"; None: it is none."""
    if (match := _DURATION.fullmatch(text.strip())) is None:
        return None
    if match["minutes"] is not None:
        return float(match["minutes"].replace(",", "."))
    return int(match["hours"]) * 60.0 + int(match["rest"] or 0)


def parse_plan_minute(text: str, start: float | None) -> float | None:
    """Minutes from the start: a span, or a time of the day where the start is known. None: it is neither."""
    if (minutes := parse_minutes(text)) is not None:
        return minutes
    if start is None or (match := _CLOCK.fullmatch(text.strip())) is None:
        return None
    moment = local_time_of(start).replace(
        hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0
    )
    if moment.timestamp() < start:
        moment += timedelta(days=1)
    return (moment.timestamp() - start) / MINUTE_S


def parse_break(text: str, start: float | None) -> ShowBreak | None:
    """When it begins and how long it is: "75+20", "21:15+20". None: it is no break."""
    if (match := _BREAK.fullmatch(text.strip())) is None:
        return None
    at_min, minutes = parse_plan_minute(match["begin"], start), parse_minutes(match["minutes"])
    return None if at_min is None or minutes is None else ShowBreak(at_min, minutes)
