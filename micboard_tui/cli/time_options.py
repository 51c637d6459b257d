"""Moments as people give them to a command: how long ago, or a time of day or date."""

import re
from datetime import datetime, time, timedelta

import typer

from micboard_tui.domain.local_time import local_time_of

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.IGNORECASE)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
END_HELP = "For how long (90s, 15m, 2h), or a time (20:15), or a date and time (2026-05-01T20:15)."
MOMENT_HELP = "How long ago (90s, 10m, 2h, 1d), a time (20:15), or a date and time (2026-05-01T20:15)."


def parse_moment(text: str, now: float) -> float:
    """Seconds since the epoch. Times are those of this machine; one that is still to come was yesterday.

    Raises typer.BadParameter.
    """
    text = text.strip()
    if (span := _SPAN.fullmatch(text)) is not None:
        return now - float(span[1]) * _SECONDS[span[2].lower()]
    try:
        return _parse_time(text, now, is_past=True)
    except (ValueError, OverflowError, OSError):
        raise typer.BadParameter(f"'{text}' is no moment. {MOMENT_HELP}") from None


def parse_span(since: str, until: str | None, now: float) -> tuple[float, float | None]:
    """Begin and end; None: it has no end, or one that is still to come.

    An end that is a time of day is the next one after the begin. Raises typer.BadParameter.
    """
    begin = parse_moment(since, now)
    if until is None:
        return begin, None
    end = parse_moment(until, now)
    if end <= begin and _TIME.fullmatch(until.strip()) is not None:
        end = _parse_time(until.strip(), begin, is_past=False)
    if end <= begin:
        raise typer.BadParameter("The end has to be after the start")
    return begin, None if end > now else end


def parse_end(text: str, now: float) -> float:
    """The same of a moment to come: a time that is over is meant for tomorrow. Raises typer.BadParameter."""
    text = text.strip()
    if (span := _SPAN.fullmatch(text)) is not None:
        return now + float(span[1]) * _SECONDS[span[2].lower()]
    try:
        return _parse_time(text, now, is_past=False)
    except (ValueError, OverflowError, OSError):
        raise typer.BadParameter(f"'{text}' is no moment. {END_HELP}") from None


def _parse_time(text: str, now: float, *, is_past: bool) -> float:
    here = local_time_of(now)
    if _TIME.fullmatch(text) is None:
        return datetime.fromisoformat(text).timestamp()
    clock = time.fromisoformat(text.zfill(len("00:00:00") if text.count(":") > 1 else len("00:00")))
    moment = datetime.combine(here, clock)
    if is_past and moment > here:
        moment -= timedelta(days=1)
    elif not is_past and moment <= here:
        moment += timedelta(days=1)
    return moment.timestamp()
