"""A step that was undone or redone."""

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document


class StepEntry(BaseModel):
    text: str = Field(description='What had been done, as "Lead Vox assigned to Ada".')
    at: str | None = Field(description="When it was done.")
    actor: str | None = Field(description="By whom; null: it is not known, or by the program.")


class StepAnswer(Document):
    step: StepEntry
    warning: str | None
