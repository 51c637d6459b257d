"""A hand-over note: what the next shift has to know. Pure."""

from dataclasses import dataclass

from micboard_tui.domain.safe_text import visible

MAX_HANDOVER_TEXT = 4000
"""Characters: some two pages."""
MAX_HANDOVER_NOTES = 200
"""Of more notes the oldest are deleted."""


@dataclass(frozen=True, slots=True)
class HandoverNote:
    at: float
    """When it was written, seconds since the epoch."""
    actor: str
    """Who wrote it."""
    text: str
    """Lines of visible characters."""
    shown_at: float | None = None
    """When a board showed it at its start; None: none has yet."""
    id: int | None = None
    """None: not stored yet."""


def clean_lines(text: str) -> str:
    """The text with visible characters only, without blanks at the ends of lines and of itself."""
    lines = [visible(line.replace("\t", "    ")).rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip()
