"""The shapes of what a shift prepares and leaves: thresholds, the line check, walks, notes, past shows."""

from datetime import datetime

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document, Page
from micboard_tui.domain.line_check import LinePart
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdName
from micboard_tui.domain.walk_test import Grade

_SECONDS = "Seconds since the epoch."


class ThresholdEntry(BaseModel):
    name: ThresholdName
    value: float
    for_: str = Field(alias="for", description="For whom it holds, as people read it.")
    profile: ShowProfile | None = Field(description="null: in every profile.")
    location_id: str | None
    performer_id: str | None
    device_id: str | None
    channel: int | None


class ThresholdTable(Document):
    profile: ShowProfile = Field(description="The active one.")
    chosen_profile: ShowProfile | None = Field(description="For the times without a show.")
    settings: dict[str, float] = Field(description="Those that hold where nothing replaces them, by name.")
    thresholds: list[ThresholdEntry] = Field(description="What replaces them; all channels first.")


class CheckStart(BaseModel):
    at: float = Field(description=_SECONDS)
    by: str


class LineEntry(BaseModel):
    device: str
    channel: int
    mic_number: str | None
    name: str | None
    is_checked: bool
    link_at: float | None = Field(description=_SECONDS)
    pack_at: float | None = Field(description=_SECONDS)
    sound_at: float | None = Field(description=_SECONDS)
    by_hand: CheckStart | None
    missing: list[LinePart]
    reason: str | None


class LineCheckAnswer(Document):
    started: CheckStart | None = Field(description="null: no check is on.")
    lines: list[LineEntry]


class AntennaFigures(BaseModel):
    min_dbm: float | None
    p5_dbm: float | None = Field(description="1 of 20 samples was below it.")
    median_dbm: float | None


class WalkResultEntry(BaseModel):
    place: str
    place_number: int
    device_id: str
    channel: int
    title: str
    grade: Grade
    too_short: bool
    seconds: float
    samples: int
    period_s: float | None
    margin_db: float | None
    antenna_a: AntennaFigures
    antenna_b: AntennaFigures
    better: AntennaFigures
    dips_a: int
    dips_b: int
    double_dips: int
    drop_outs: int
    longest_drop_out_s: float
    weak_s: float
    change_db: float | None
    worse: bool


class WalkEntry(BaseModel):
    id: int | None
    name: str
    started_at: float = Field(description=_SECONDS)
    ended_at: float = Field(description=_SECONDS)
    actor: str
    compared_with: int | None
    results: list[WalkResultEntry]


class Walks(Page):
    walks: list[WalkEntry] = Field(description="The newest first.")


class NoteEntry(BaseModel):
    at: float = Field(description=_SECONDS)
    by: str
    text: str
    shown_at: float | None = Field(description="When a board showed it; null: none has.")


class Handover(Page):
    notes: list[NoteEntry] = Field(description="The newest first.")


class PastShowEntry(BaseModel):
    show: str | None = Field(description="null: its name was not written down.")
    started_at: datetime
    ended_at: datetime | None = Field(description="null: it is still on.")


class PastShows(Page):
    recaps: list[PastShowEntry] = Field(description="The newest first.")
