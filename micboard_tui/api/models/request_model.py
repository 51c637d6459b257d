"""What all requests have in common: nothing that is not known, nothing without a limit."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.value_ranges import MAX_CHANNELS

MAX_ID = 100
MAX_TYPED_NAME = 200
"""Longer than any name may be, so that the service says how long it may be."""
MAX_CHANGED_CHANNELS = 100


class RequestModel(BaseModel):
    """The body of a request. A property that is not known is an error."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


Id = Annotated[str, Field(min_length=1, max_length=MAX_ID)]
TypedName = Annotated[str, Field(max_length=MAX_TYPED_NAME)]
TypedText = Annotated[str, Field(max_length=1000)]
"""A note, as long as its service allows."""
Flag = Annotated[bool, Field(strict=True)]
ChannelNumber = Annotated[int, Field(strict=True, ge=1, le=MAX_CHANNELS)]


class ChannelName(RequestModel):
    """A channel of a device, numbered from 1 as the front panel does."""

    device_id: Id
    number: ChannelNumber

    @property
    def ref(self) -> ChannelRef:
        return ChannelRef(DeviceId(self.device_id), self.number)


Channels = Annotated[list[ChannelName], Field(min_length=1, max_length=MAX_CHANGED_CHANNELS)]


class ChannelsRequest(RequestModel):
    channels: Channels


def refs_of(channels: list[ChannelName]) -> list[ChannelRef]:
    """The channels, each once, in their order."""
    return list(dict.fromkeys(channel.ref for channel in channels))


def find_given(request: RequestModel, *groups: frozenset[str]) -> frozenset[str] | None:
    """The one group of properties of which some are given; None where it is none, or several."""
    given = [group for group in groups if group & request.model_fields_set]
    return given[0] if len(given) == 1 else None
