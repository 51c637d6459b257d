"""Notes for the next shift as JSON."""

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import round_timestamp
from micboard_tui.domain.handover import HandoverNote


def note_entry(note: HandoverNote) -> JsonObject:
    """A note for programs; moments are seconds since the epoch."""
    return {
        "at": round_timestamp(note.at),
        "by": note.actor,
        "text": note.text,
        "shown_at": round_timestamp(note.shown_at),
    }
