"""The shapes of locations, and of what stands at them."""

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document


class LocationEntry(BaseModel):
    location_id: str
    name: str
    parent_id: str | None = Field(description="The location in which it lies; null: it is at the top.")
    depth: int = Field(ge=0, description="0 at the top.")
    is_rf_zone: bool = Field(description="Whether carriers of other zones are not heard here.")
    rf_zone: str = Field(description="The `location_id` of the RF zone in which it lies.")
    is_out_of_service: bool = Field(description="Nothing that stands here is an alarm.")


class Locations(Document):
    locations: list[LocationEntry] = Field(description="Parents before children, siblings in order.")


class LocationSummary(Document):
    location: str
    counts: dict[str, int] = Field(
        description="`devices`, `devices_online`, `channels`, `low_battery` (known to be low), "
        "`unknown_battery`, and how many channels have each link state, where any has."
    )
