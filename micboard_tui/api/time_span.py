"""The span of time that a request asks for, and the parameters that give it."""

import re
from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import Query
from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.event import EVENTS_KEPT_S

MAX_SPAN_S = EVENTS_KEPT_S
"""The longest span: nothing is kept for longer."""
MAX_MOMENT_TEXT = 40
MOMENT_PATTERN = (
    r"^(\d{1,7}[smhd]|\d{1,11}(\.\d{1,6})?"
    r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+ -]\d{2}:\d{2}))$"
)
HOW = (
    "RFC 3339 (`2026-11-22T19:42:07Z`), seconds since the epoch (`1795376527`), or how long ago"
    " (`90s`, `10m`, `2h`, `7d`)."
)
_AGO = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def check_moment(text: str) -> str:
    """The text as it is. Raises ValueError when it is not written as a moment is."""
    if re.fullmatch(MOMENT_PATTERN, text) is None:
        raise ValueError(f"A moment is {HOW}")
    return text


_Moment = Annotated[
    str,
    StringConstraints(max_length=MAX_MOMENT_TEXT),
    AfterValidator(check_moment),
    WithJsonSchema({"type": "string", "maxLength": MAX_MOMENT_TEXT, "pattern": MOMENT_PATTERN}),
]
Since = Annotated[_Moment | None, Query(description=f"The beginning: {HOW}")]
"""A parameter of a route."""
Until = Annotated[
    _Moment | None,
    Query(description="The end, written as `since`; none: now. At most 90 days after the beginning."),
]
"""A parameter of a route."""


class TimeSpan(NamedTuple):
    """Both in seconds since the epoch."""

    start: float
    end: float

    @property
    def length_s(self) -> float:
        return self.end - self.start


def read_span(since: str | None, until: str | None, now: float, default_s: float) -> TimeSpan:
    """The span of a request; without ``since`` the last ``default_s`` seconds of it.

    What is to come is left out. Raises ApiError INVALID_VALUE when nothing is left, or more than 90 days.
    """
    end = now if until is None else min(now, read_moment(until, now))
    start = end - default_s if since is None else read_moment(since, now)
    if start >= end:
        raise _invalid("since", "The span ends before it begins, or lies in the future")
    if end - start > MAX_SPAN_S:
        raise _invalid("since", "The span is longer than 90 days")
    return TimeSpan(start, end)


def read_moment(text: str, now: float) -> float:
    """A moment as seconds since the epoch. Raises ApiError INVALID_VALUE."""
    if (ago := _AGO.fullmatch(text)) is not None:
        return now - int(ago[1]) * _SECONDS[ago[2]]
    try:
        if "T" not in text:
            return float(text)
        # In an address a plus sign that is not escaped is a space.
        return datetime.fromisoformat(text.replace(" ", "+")).timestamp()
    except ValueError as error:
        raise _invalid("moment", f"{text} is no moment") from error


def _invalid(parameter: str, message: str) -> ApiError:
    return ApiError(
        ErrorInfo(ErrorCode.INVALID_VALUE, message, {parameter: "not possible"}, f"Moments: {HOW}")
    )
