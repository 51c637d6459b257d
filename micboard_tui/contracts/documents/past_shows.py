"""The shows of which there can be a recap, as JSON."""

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.recap_shows import PastShow


def past_show_entry(show: PastShow) -> JsonObject:
    """A show that was started, and from when to when it was on."""
    return {
        "show": show.name,
        "started_at": format_timestamp(show.start),
        "ended_at": format_timestamp(show.end),
    }
