"""The login of the page, and whether its user may give commands to devices now."""

from typing import Annotated

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document
from micboard_tui.api.models.request_model import RequestModel
from micboard_tui.domain.user import MAX_ARMED_MINUTES, MAX_USER_NAME, Permission

MAX_PASSWORD = 1024


class LoginRequest(RequestModel):
    name: Annotated[str, Field(min_length=1, max_length=MAX_USER_NAME)]
    password: Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD)]


class ArmRequest(RequestModel):
    minutes: Annotated[int, Field(strict=True, ge=1, le=MAX_ARMED_MINUTES)]


class SessionUserEntry(BaseModel):
    name: str
    permission: Permission


class SessionAnswer(Document):
    user: SessionUserEntry | None = Field(description="null: not logged in.")
    may_watch: bool = Field(description="Whether what can be read can be read now, with or without a login.")
    armed_until: str | None = Field(
        description="Until when the user may give commands to devices; null: not."
    )
