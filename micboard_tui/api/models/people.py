"""The shapes of performers and of who has which channel."""

from datetime import datetime

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Page
from micboard_tui.domain.assignment import Role


class ChannelUse(BaseModel):
    device_id: str
    device: str | None = Field(description="What the device is called; null: it is not registered any more.")
    number: int = Field(description="The channel on its device, from 1.")
    mic_number: str | None = Field(description="The show's own number of the channel.")
    channel: str | None = Field(description="What the channel is called on its device.")
    use: Role = Field(description="What the channel is for its performer.")
    shared_pack: bool = Field(description="It receives the pack of another channel of its performer.")
    note: str | None
    since: datetime | None = Field(description="When the performer got the channel.")
    expected_off: bool = Field(description="It is meant to be silent, so nothing of it is an alarm.")
    planned_model: str | None
    planned_pack: str | None


class PerformerEntry(BaseModel):
    performer_id: str
    name: str
    role: str | None = Field(description="Their part in the show.")
    note: str | None
    channels: list[ChannelUse]


class Performers(Page):
    performers: list[PerformerEntry] = Field(description="By name.")


class AssignmentEntry(ChannelUse):
    performer: str | None = Field(description="null: the channel is marked, but has no performer.")


class Assignments(Page):
    assignments: list[AssignmentEntry] = Field(description="In rack order.")
