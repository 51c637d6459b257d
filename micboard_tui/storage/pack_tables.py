"""The tables of packs, line checks and hand-over notes, beside those of ``tables``."""

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.handover import MAX_HANDOVER_TEXT
from micboard_tui.domain.value_ranges import MAX_CHANNELS, MAX_NAME
from micboard_tui.storage.tables import Row, between, length, one_of


class PackRecordRow(Row, table=True):
    """What was seen of the cells in the pack of a channel."""

    __tablename__ = "pack_records"
    __table_args__ = (between("channel", 1, MAX_CHANNELS),)

    device_id: str = Field(primary_key=True, foreign_key="devices.id", ondelete="CASCADE", sa_type=Text)
    channel: int = Field(primary_key=True)
    record: str = Field(sa_type=Text)
    """As JSON."""


class DischargeRow(Row, table=True):
    """A set of cells that was seen from full to empty."""

    __tablename__ = "discharges"
    __table_args__ = (one_of("type", BatteryType),)

    id: int | None = Field(default=None, primary_key=True)
    ended_at: float
    minutes: float
    model: str | None = Field(default=None, sa_type=Text)
    serial: str | None = Field(default=None, sa_type=Text)
    type: str | None = Field(default=None, sa_type=Text)
    power: str | None = Field(default=None, sa_type=Text)
    falls: str = Field(default="[]", sa_type=Text)
    """Seconds since it was full and bars, as JSON."""


class CellTypeRow(Row, table=True):
    """The cells that packs of a model have, as a person said."""

    __tablename__ = "cell_types"
    __table_args__ = (length("model", MAX_NAME), one_of("type", BatteryType))

    model: str = Field(primary_key=True, sa_type=Text)
    type: str = Field(sa_type=Text)


class LineCheckRow(Row, table=True):
    """The line check that is on; there is one at most."""

    __tablename__ = "line_checks"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    started_at: float
    started_by: str = Field(sa_type=Text)
    lines: str = Field(default="[]", sa_type=Text)
    """When the parts of each channel were seen, as JSON."""


class HandoverRow(Row, table=True):
    """A note for the next shift."""

    __tablename__ = "handover_notes"
    __table_args__ = (length("text", MAX_HANDOVER_TEXT),)

    id: int | None = Field(default=None, primary_key=True)
    at: float
    actor: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    shown_at: float | None = None
