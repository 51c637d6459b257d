"""The shape of every answer that is no success."""

from pydantic import BaseModel, Field


class ErrorEntry(BaseModel):
    code: str = Field(description="Keeps its meaning from release to release: docs/reference/errors.md.")
    message: str = Field(description="What happened, in one sentence.")
    hint: str = Field(description="What to do next; may be empty.")
    details: dict[str, str] = Field(description="What it is about.")


class ErrorAnswer(BaseModel):
    error: ErrorEntry
