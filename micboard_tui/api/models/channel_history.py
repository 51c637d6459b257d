"""The shape of what was recorded of a channel."""

from datetime import datetime

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.link_state import LinkState


class LevelEntry(BaseModel):
    low: float
    mean: float
    high: float


class HistoryColumn(BaseModel):
    at: datetime = Field(description="Where the column begins.")
    readings: int = Field(description="How many samples of meters there were; 0: nothing is known.")
    link_states: list[LinkState] = Field(description="All that it had, the worst first; none: not known.")
    rf_dbm: LevelEntry | None = Field(description="Of a device that gives one level for the channel.")
    rf_a_dbm: LevelEntry | None
    rf_b_dbm: LevelEntry | None
    rf_a_percent: LevelEntry | None = Field(description="Of a device that gives percent of its scale.")
    rf_b_percent: LevelEntry | None
    audio_dbfs: LevelEntry | None
    quality_percent: int | None = Field(description="The lowest.")
    battery_percent: int | None = Field(description="The newest that was known.")
    battery_bars: int | None
    overload: bool | None = Field(description="Whether audio clipped.")
    rf_overload: bool | None


class PastAssignmentEntry(BaseModel):
    performer: str
    role: Role
    since: datetime
    until: datetime
    note: str | None


class LinkChangeEntry(BaseModel):
    at: datetime
    link_state: LinkState | None
    before: LinkState | None


class ChannelHistory(Document):
    device_id: str
    channel: int
    start: datetime
    end: datetime
    step_s: float = Field(description="The length of a column in seconds.")
    recorded_step_s: float | None = Field(
        description="The longest record used, in seconds: nothing can be placed more exactly. null: none."
    )
    columns: list[HistoryColumn] = Field(description="Of equal length; unknown is null, not interpolated.")
    past_assignments: list[PastAssignmentEntry] = Field(
        description="Those that ended after the beginning, the newest first."
    )
    link_changes: list[LinkChangeEntry] = Field(description="The newest 1,000 of the span, oldest first.")
