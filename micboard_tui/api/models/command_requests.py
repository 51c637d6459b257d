"""Commands to devices. Destructive ones do not exist."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from micboard_tui.api.models.request_model import ChannelNumber, Flag, RequestModel, TypedName
from micboard_tui.domain.value_ranges import (
    MAX_GAIN_DB,
    MAX_GROUP_CHANNEL,
    MAX_SLOT,
    MAX_TUNED_KHZ,
    MIN_GAIN_DB,
    MIN_TUNED_KHZ,
)

GroupNumber = Annotated[int, Field(strict=True, ge=1, le=MAX_GROUP_CHANNEL)]


class IdentifyRequest(RequestModel):
    """Flash the device, or one of its channels, for a moment."""

    kind: Literal["identify"]
    channel: ChannelNumber | None = None


class SetDeviceNameRequest(RequestModel):
    kind: Literal["set_device_name"]
    name: TypedName


class SetChannelNameRequest(RequestModel):
    kind: Literal["set_channel_name"]
    channel: ChannelNumber
    name: TypedName


class SetGainRequest(RequestModel):
    kind: Literal["set_gain"]
    channel: ChannelNumber
    gain_db: Annotated[int, Field(strict=True, ge=MIN_GAIN_DB, le=MAX_GAIN_DB)]


class SetMuteRequest(RequestModel):
    kind: Literal["set_mute"]
    channel: ChannelNumber
    muted: Flag


class SetFrequencyRequest(RequestModel):
    kind: Literal["set_frequency"]
    channel: ChannelNumber
    frequency_khz: Annotated[int, Field(strict=True, ge=MIN_TUNED_KHZ, le=MAX_TUNED_KHZ)]


class SetGroupChannelRequest(RequestModel):
    kind: Literal["set_group_channel"]
    channel: ChannelNumber
    group: GroupNumber
    number: GroupNumber


class SetSlotRfRequest(RequestModel):
    """Switch the RF output of a registered transmitter (Axient Digital, ShowLink) on or off."""

    kind: Literal["set_slot_rf"]
    channel: ChannelNumber
    slot: Annotated[int, Field(strict=True, ge=1, le=MAX_SLOT)]
    on: Flag


class SetSlotNameRequest(RequestModel):
    """Name a registered transmitter (Axient Digital, ShowLink)."""

    kind: Literal["set_slot_name"]
    channel: ChannelNumber
    slot: Annotated[int, Field(strict=True, ge=1, le=MAX_SLOT)]
    name: TypedName


CommandRequest: TypeAlias = Annotated[
    IdentifyRequest
    | SetDeviceNameRequest
    | SetChannelNameRequest
    | SetGainRequest
    | SetMuteRequest
    | SetFrequencyRequest
    | SetGroupChannelRequest
    | SetSlotRfRequest
    | SetSlotNameRequest,
    Field(discriminator="kind"),
]
