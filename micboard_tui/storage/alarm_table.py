"""The table of alarms that are listed; their events are in that of all events."""

from sqlalchemy import Text
from sqlmodel import Field

from micboard_tui.domain.value_ranges import MAX_CHANNELS
from micboard_tui.storage.tables import Row, between


class AlarmRow(Row, table=True):
    """An alarm that is open, or cleared and has to be seen."""

    __tablename__ = "alarms"
    __table_args__ = (
        between("channel", 0, MAX_CHANNELS),
        between("priority", 1, 4),
    )

    cause: str = Field(primary_key=True, sa_type=Text)
    device_id: str = Field(primary_key=True, sa_type=Text)
    """Empty: it is one of a location, of the rig or of this computer."""
    channel: int = Field(primary_key=True)
    """0: it is one of the device itself."""
    part: int = Field(primary_key=True)
    location_id: str = Field(primary_key=True, sa_type=Text)
    """Empty: it is not about a location."""
    priority: int
    raised_at: float
    last_seen_at: float
    count: int
    is_flapping: bool
    cleared_at: float | None = None
    acknowledged_by: str | None = Field(default=None, sa_type=Text)
    acknowledged_at: float | None = None
    shelved_by: str | None = Field(default=None, sa_type=Text)
    shelved_until: float | None = None
    hidden_by: str | None = Field(default=None, sa_type=Text)
    """The key of another alarm, as JSON."""
    note: str = Field(sa_type=Text)
    minutes_step: int | None = None
    shelved_profile: str | None = Field(default=None, sa_type=Text)
    shelved_show: str | None = Field(default=None, sa_type=Text)
    """The moment of the show, as ``ShowShelf.dump`` writes it."""
