"""The shapes of shows, of their mic plots, and of how far the current one is."""

from datetime import datetime

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document, Page
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.show import ShowProfile, ShowState


class BreakEntry(BaseModel):
    at_min: float = Field(description="Minutes from the start of the show, earlier breaks included.")
    minutes: float


class ShowEntry(BaseModel):
    name: str
    planned_start: datetime | None
    breaks: list[BreakEntry]
    end_min: float | None = Field(description="Minutes from the start, breaks included.")
    scenes: int
    mics: int


class ListedShow(ShowEntry):
    is_current: bool


class Shows(Page):
    shows: list[ListedShow] = Field(description="By name.")


class SceneEntry(BaseModel):
    number: str = Field(description='As it is written: "3", "1.3", "Prologue".')
    act: str | None
    name: str | None
    page: str | None
    cue: str | None
    minutes: float | None = Field(description="How long it is planned to take.")


class PersonOnMic(BaseModel):
    performer: str | None
    character: str | None
    role: Role
    note: str | None
    pack: str | None = Field(description="The pack that is planned; null: any.")


class MicUseEntry(BaseModel):
    scene: str
    act: str | None
    mic: str = Field(description="The mic number.")
    people: list[PersonOnMic]


class HandOverEntry(BaseModel):
    mic: str
    scene: str
    act: str | None
    text: str


class Plot(BaseModel):
    scenes: list[SceneEntry]
    uses: list[MicUseEntry]
    hand_overs: list[HandOverEntry]


class ShowDetail(Document):
    show: ListedShow
    plot: Plot


class ProgressEntry(BaseModel):
    show: ShowEntry
    state: ShowState
    profile: ShowProfile = Field(description="Which thresholds and alarms are active.")
    started_at: datetime | None
    ended_at: datetime | None
    extended_min: float
    minutes_to_start: float | None
    minutes_of_break_left: float | None
    minutes_to_break: float | None
    minutes_to_end: float | None
    next_break_at: datetime | None
    end_at: datetime | None
    scene: SceneEntry | None
    scene_minutes: float | None = Field(description="How long the scene has been on.")
    next_scene: SceneEntry | None
    on_deck: list[MicUseEntry] = Field(description="Mics that another person has soon.")


class Progress(Document):
    progress: ProgressEntry | None = Field(description="null: no show is current.")
