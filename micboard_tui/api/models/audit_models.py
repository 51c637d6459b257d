"""Who changed what from where."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Page
from micboard_tui.contracts.origin import FrontEnd


class AuditEntryModel(BaseModel):
    number: int = Field(description="Its place in the chain of all entries.")
    at: float
    time: str
    actor: str | None = Field(description="Who acted; null: it was not found out who logs in.")
    front_end: FrontEnd
    host: str | None
    terminal: str | None
    token: str | None = Field(description="The label of the token, never its text.")
    address: str | None
    text: str = Field(description="What was done, or was to be done.")
    about: str | None
    before: str | None
    after: str | None
    result: str = Field(description="`done`, `cancelled`, `crashed`, or the code of the error.")
    call: str


class AuditPage(Page):
    entries: Sequence[AuditEntryModel]
