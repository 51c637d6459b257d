"""What is asked for while a show is on: calls, markers, notes for the next shift, line checks."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from micboard_tui.api.models.request_model import ChannelName, Flag, RequestModel, TypedName, TypedText
from micboard_tui.domain.handover import MAX_HANDOVER_TEXT
from micboard_tui.domain.show_calls import ShowAction

MAX_MINUTES = 24 * 60


class ShowCallRequest(RequestModel):
    action: ShowAction = Field(
        description="`start` also after a pause or a break; `take_back`: the last change of the scene."
    )
    minutes: Annotated[float, Field(strict=True, ge=-MAX_MINUTES, le=MAX_MINUTES)] | None = Field(
        default=None, description="With `extend`: by how much; below 0 it is made shorter."
    )
    scene: TypedName | None = Field(
        default=None, description="With `go`: the number, the cue or the name of the scene."
    )

    @model_validator(mode="after")
    def _check_arguments(self) -> Self:
        needed = {ShowAction.EXTEND: {"minutes"}, ShowAction.GO: {"scene"}}.get(self.action, set())
        given = {name for name in ("minutes", "scene") if getattr(self, name) is not None}
        if given != needed:
            raise ValueError(f"{self.action.value} takes {' and '.join(needed) or 'no minutes and no scene'}")
        return self


class MarkerRequest(RequestModel):
    text: TypedText
    channel: ChannelName | None = None
    at: AwareDatetime | None = Field(default=None, description="Left out: now.")


class HandoverRequest(RequestModel):
    text: Annotated[str, Field(max_length=2 * MAX_HANDOVER_TEXT)]


class LineCheckRequest(RequestModel):
    anew: Flag = Field(
        default=False,
        description="Also where a check is on, of which all that was seen and ticked is forgotten.",
    )
