"""Entries of the audit as JSON and as rows of a table."""

from micboard_tui.contracts.audit import AuditEntry
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp, round_timestamp

AUDIT_FIELDS = (
    "number",
    "at",
    "time",
    "actor",
    "front_end",
    "host",
    "terminal",
    "token",
    "address",
    "text",
    "about",
    "before",
    "after",
    "result",
    "call",
)


def audit_entry(entry: AuditEntry) -> JsonObject:
    """An entry; what is not known is null."""
    origin = entry.origin
    return {
        "number": entry.number,
        "at": round_timestamp(entry.at),
        "time": format_timestamp(entry.at),
        "actor": entry.actor or None,
        "front_end": origin.front_end.value,
        "host": origin.host or None,
        "terminal": origin.terminal or None,
        "token": origin.token or None,
        "address": origin.address or None,
        "text": entry.text,
        "about": entry.subject or None,
        "before": entry.before or None,
        "after": entry.after or None,
        "result": entry.result,
        "call": entry.call,
    }
