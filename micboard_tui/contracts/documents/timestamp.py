"""How moments are written in JSON documents."""

from datetime import UTC, datetime
from functools import lru_cache

_FRACTIONS = tuple(f".{thousandths:03d}Z" for thousandths in range(1000))


def format_timestamp(seconds: float | None) -> str | None:
    """Seconds since the epoch as RFC 3339 in UTC with milliseconds: ``2026-11-22T19:42:07.123Z``."""
    if seconds is None:
        return None
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return _format_second(whole) + _FRACTIONS[thousandths]


def round_timestamp(seconds: float | None) -> float | None:
    """Seconds since the epoch to the millisecond, for documents that write moments as numbers."""
    return None if seconds is None else round(seconds, 3)


@lru_cache(maxsize=4096)
def _format_second(seconds: int) -> str:
    """Remembered, since a document has thousands of moments within a few seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
