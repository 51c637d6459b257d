"""What is asked for of performers and assignments."""

from typing import Self

from pydantic import Field, model_validator

from micboard_tui.api.models.request_model import (
    ChannelName,
    Channels,
    Flag,
    RequestModel,
    TypedName,
    TypedText,
    find_given,
)
from micboard_tui.domain.assignment import Role

MARKS = frozenset({"role", "expected_off", "note"})
MIC_NUMBER = frozenset({"mic_number"})
PACK = frozenset({"planned_model", "planned_pack"})


class NewAssignmentRequest(RequestModel):
    channels: Channels
    performer: TypedName = Field(description="A name; who is not known yet is added.")
    role: Role = Role.PRIMARY
    note: TypedText | None = None
    shared_pack: Flag | None = Field(
        default=None, description="They receive the pack that another channel of the performer receives."
    )


class AssignmentMarksRequest(RequestModel):
    """What becomes of a channel: its marks, or its mic number, or its planned pack. One of the three."""

    role: Role | None = None
    expected_off: Flag | None = Field(
        default=None, description="It is silent by intention: nothing of it is an alarm."
    )
    note: TypedText | None = Field(default=None, description="An empty text takes the note away.")
    mic_number: TypedName | None = Field(
        default=None, description="The show's own number; null or empty: none."
    )
    planned_model: TypedName | None = Field(default=None, description="Of the pack that belongs here.")
    planned_pack: TypedName | None = Field(default=None, description="The name of that pack.")

    @property
    def group(self) -> frozenset[str] | None:
        """Which of the three is changed; None: none of them, or several."""
        return find_given(self, MARKS, MIC_NUMBER, PACK)

    @model_validator(mode="after")
    def _check_group(self) -> Self:
        # Each of them is a step of its own, and one that fails must not leave half of the others done.
        if self.group is None:
            raise ValueError(
                "give role, expected_off and note, or mic_number, or planned_model and planned_pack"
            )
        return self


class SwapRequest(RequestModel):
    channel: ChannelName = Field(description="The one that fails; it is marked as expected off.")
    spare: ChannelName = Field(description="The one that takes its performer over.")


class NewPerformerRequest(RequestModel):
    name: TypedName
    role: TypedName | None = Field(default=None, description="What they do in the show.")
    note: TypedText | None = None


class PerformerRequest(RequestModel):
    """What is given is changed; an empty text takes a role or a note away."""

    name: TypedName | None = None
    role: TypedName | None = None
    note: TypedText | None = None
