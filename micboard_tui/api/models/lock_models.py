"""The lock of the show."""

from typing import Annotated

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document
from micboard_tui.api.models.request_model import RequestModel
from micboard_tui.domain.show_lock import MAX_PIN, MIN_PIN


class PinRequest(RequestModel):
    pin: Annotated[str, Field(min_length=MIN_PIN, max_length=MAX_PIN, pattern="^[0-9]+$")]


class LockEntry(BaseModel):
    by: str = Field(description="Who locked it.")
    at: str


class LockAnswer(Document):
    lock: LockEntry | None = Field(description="null: the show is not locked.")
