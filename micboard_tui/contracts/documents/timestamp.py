"""How moments are written in JSON documents."""

from datetime import UTC, datetime


def format_timestamp(seconds: float | None) -> str | None:
    """Seconds since the epoch as RFC 3339 in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
