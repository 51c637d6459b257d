"""The shape of receivers in the words of the first plan of the API."""

from datetime import datetime

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Page
from micboard_tui.domain.link_state import LinkState

BATTERY_LEVEL = (
    "The charge of the pack in percent, in steps of 20 where it reports bars; null: it is not known, so it is"
    " neither low nor fine."
)
SIGNAL_STRENGTH = "The RF level in dBm; null: it is not known, or the device gives none in dBm."


class ReceiverChannel(BaseModel):
    number: int = Field(description="From 1, as the front panel counts.")
    name: str | None = Field(description="Who wears the pack, or what the channel is called.")
    frequency: float | None = Field(description="In MHz.")
    battery_level: int | None = Field(description=BATTERY_LEVEL)
    signal_strength: float | None = Field(description=SIGNAL_STRENGTH)
    link_state: LinkState


class ReceiverEntry(BaseModel):
    id: str = Field(description="The `device_id` of all other answers.")
    name: str
    manufacturer: str
    model: str | None
    ip_address: str
    port: int
    firmware_version: str | None
    location: str | None = Field(description="The name of the location.")
    location_id: str | None
    is_online: bool = Field(description="is_online: whether the receiver answers now.")
    last_seen: datetime | None
    battery_level: int | None = Field(description=f"The lowest of its channels. {BATTERY_LEVEL}")
    signal_strength: float | None = Field(
        description=f"The lowest of its channels with a pack on the air. {SIGNAL_STRENGTH}"
    )
    channel_count: int = Field(description="Of the receiver, also where not all of them are listed.")
    channels: list[ReceiverChannel]


class Receivers(Page):
    generated_at: datetime
    count: int = Field(description="How many receivers this answer has.")
    receivers: list[ReceiverEntry] = Field(description="In rack order.")


class LowBattery(Receivers):
    threshold: int = Field(description="low_battery: at or below so many percent.")
