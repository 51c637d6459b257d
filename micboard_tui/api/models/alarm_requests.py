"""What is asked for of alarms."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from micboard_tui.api.models.request_model import ChannelNumber, Id, RequestModel, TypedText
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd

MAX_ALARMS = 400
MAX_PART = 64
MAX_SHELF_MINUTES = 24 * 60


class AlarmName(RequestModel):
    """An alarm by its cause and what it is about, as /api/v1/alarms has them."""

    cause: ProblemCode
    device_id: Id | None = None
    channel: ChannelNumber | None = None
    part: Annotated[int, Field(strict=True, ge=0, le=MAX_PART)] | None = None
    location_id: Id | None = None

    @property
    def key(self) -> AlarmKey:
        return AlarmKey(
            self.cause,
            None if self.device_id is None else DeviceId(self.device_id),
            self.channel,
            self.part or 0,
            None if self.location_id is None else LocationId(self.location_id),
        )


Alarms = Annotated[list[AlarmName], Field(min_length=1, max_length=MAX_ALARMS)]


class AlarmsRequest(RequestModel):
    alarms: Alarms


class ShelveRequest(RequestModel):
    """Until a time, or a moment of the show; without any of them until they clear."""

    alarms: Alarms
    minutes: Annotated[float, Field(strict=True, gt=0, le=MAX_SHELF_MINUTES)] | None = None
    until: AwareDatetime | None = None
    moment: ShelfEnd | None = Field(
        default=None,
        description="`break`: until the next one begins; `end`: of the show; `profile`: until another one"
        " is active.",
    )

    @model_validator(mode="after")
    def _check_end(self) -> Self:
        if sum(end is not None for end in (self.minutes, self.until, self.moment)) > 1:
            raise ValueError("give minutes, or until, or moment")
        return self


class AlarmNoteRequest(RequestModel):
    alarm: AlarmName
    text: TypedText = Field(description="It replaces the note that is there; an empty one takes it away.")
