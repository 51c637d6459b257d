"""What became of the line check."""

from pydantic import Field

from micboard_tui.api.models.document import Document
from micboard_tui.api.models.preparation import CheckStart, LineEntry


class ChangedLineCheckAnswer(Document):
    started: CheckStart | None = Field(description="null: no check is on any more.")
    good: int = Field(description="How many lines are good.")
    count: int = Field(description="How many lines there are.")
    lines: list[LineEntry] = Field(description="Those that were asked for.")
    warning: str | None
