"""What every answer has."""

from typing import Literal

from pydantic import BaseModel, Field


class Document(BaseModel):
    schema_: Literal[1] = Field(alias="schema")


class Page(Document):
    next_cursor: str | None = Field(description="The `cursor` of the next page; null: this is the last one.")
