"""Control of devices: what is offered, previews, and plans for several channels."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from micboard_tui.api.models.command_requests import CommandRequest
from micboard_tui.api.models.device_answers import ConfirmationEntry
from micboard_tui.api.models.document import Document
from micboard_tui.api.models.request_model import ChannelName, Id, RequestModel
from micboard_tui.contracts.control import PlanPurpose
from micboard_tui.domain.command_effects import CommandClass

MAX_PLANNED = 200
"""Commands of one request."""


class PlanRequest(RequestModel):
    """For which channels a plan is wanted; none: for all."""

    purpose: PlanPurpose
    channels: Annotated[list[ChannelName], Field(max_length=MAX_PLANNED, default_factory=list)]


class PlannedCommandRequest(RequestModel):
    device_id: Id
    command: CommandRequest


class PlanExecutionRequest(RequestModel):
    """What is carried out, in this order."""

    commands: Annotated[list[PlannedCommandRequest], Field(min_length=1, max_length=MAX_PLANNED)]


class ControlEntry(BaseModel):
    kind: str = Field(description="The `kind` of the command that sets it.")
    title: str
    channel: int | None
    slot: int | None = Field(description="The registered transmitter that it is about.")
    present: str | None = Field(description="The value now; null: not known, or there is none.")
    cure: str = Field(description="Which values can be given, as far as that is known.")
    refusal: str | None = Field(description="Why the device does not offer it; null: it does.")


class ControlsAnswer(Document):
    controls: list[ControlEntry]


class PreviewEntry(BaseModel):
    device_id: str
    command: dict[str, str | int | bool | None]
    subject: str = Field(description="The device or channel, as people call it.")
    title: str
    messages: list[str] = Field(description="What is sent, exactly; empty: its driver does not say.")
    present: str | None = Field(description="The value now; null: not known.")
    new: str
    class_: CommandClass = Field(alias="class")
    effect: str
    confirmations: int = Field(description="How often a person is to be asked.")
    can_undo: bool


class PreviewAnswer(Document):
    preview: PreviewEntry


class PlanLineEntry(BaseModel):
    device_id: str
    channel: int
    subject: str
    title: str
    preview: PreviewEntry | None = Field(description="What is to be sent; null: it is left out.")
    note: str = Field(description="Why it is left out, or what to know of it.")


class PlanAnswer(Document):
    purpose: PlanPurpose
    lines: list[PlanLineEntry]


class DoneEntry(BaseModel):
    device_id: str
    subject: str
    confirmation: ConfirmationEntry


class PlanErrorEntry(BaseModel):
    code: str
    message: str
    hint: str


class PlanResultEntry(BaseModel):
    done: list[DoneEntry]
    failed: str | None = Field(description="Where it stopped; null: all was done.")
    error: PlanErrorEntry | None
    left: int = Field(description="How many commands were not sent, without the one that failed.")


class PlanResultAnswer(Document):
    result: PlanResultEntry
    warning: str | None
    is_complete: Literal[True, False] = Field(description="Whether all was done.")
