"""The tables. Units and names are the domain's; the database refuses values that are impossible there.

Moments are seconds since the epoch as REAL: the domain's own form, without a time zone to lose.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, MetaData, Text, func, text
from sqlmodel import Field, SQLModel

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.battery import BARS, BatteryType, MinutesNote
from micboard_tui.domain.channel import Encryption
from micboard_tui.domain.device import DEFAULT_ZONE, DeviceKind, DeviceStatus
from micboard_tui.domain.event import MAX_EVENT_TEXT, EventKind
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.show import ShowState
from micboard_tui.domain.value_ranges import (
    MAX_BATTERY_CYCLES,
    MAX_BATTERY_MINUTES,
    MAX_CHANNELS,
    MAX_FREQUENCY_KHZ,
    MAX_HOST,
    MAX_NAME,
    MAX_NOTE,
    MAX_PORT,
)

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=CONVENTION)


def between(column: str, lowest: int, highest: int) -> CheckConstraint:
    """The constraint that ``column`` is NULL or from ``lowest`` to ``highest``."""
    return CheckConstraint(f"{column} BETWEEN {lowest} AND {highest}", name=column)


def length(column: str, most: int) -> CheckConstraint:
    """The constraint that ``column`` is NULL or a text of 1 to ``most`` characters."""
    return CheckConstraint(f"length({column}) BETWEEN 1 AND {most}", name=column)


def one_of(column: str, members: Iterable[StrEnum]) -> CheckConstraint:
    """The constraint that ``column`` is NULL or the value of one of ``members``.

    Not written with IN, because SQLite builds its list anew for every row: twice the cost of writing the row.
    """
    condition = " OR ".join(f"{column} = '{member.value}'" for member in members)
    return CheckConstraint(condition, name=column)


class Row(SQLModel):
    """The base of all tables: their metadata."""

    metadata: ClassVar[MetaData] = METADATA


class LocationRow(Row, table=True):
    __tablename__ = "locations"
    __table_args__ = (
        length("name", MAX_NAME),
        CheckConstraint("id <> parent_id", name="not_within_itself"),
        Index(
            "uq_locations_name", func.coalesce(text("parent_id"), ""), func.lower(text("name")), unique=True
        ),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    parent_id: str | None = Field(default=None, foreign_key="locations.id", ondelete="RESTRICT", sa_type=Text)
    name: str = Field(sa_type=Text)
    position: int = 0
    is_rf_zone: bool = False
    out_of_service: bool = False


class DeviceRow(Row, table=True):
    """A device as the user registered it."""

    __tablename__ = "devices"
    __table_args__ = (
        between("port", 1, MAX_PORT),
        length("host", MAX_HOST),
        Index("uq_devices_host_port", func.lower(text("host")), "port", unique=True),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    manufacturer: str = Field(sa_type=Text)
    driver: str = Field(sa_type=Text)
    host: str = Field(sa_type=Text)
    port: int
    name: str | None = Field(default=None, sa_type=Text)
    location_id: str | None = Field(
        default=None, foreign_key="locations.id", ondelete="SET NULL", index=True, sa_type=Text
    )
    position: int = 0
    fingerprint: str | None = Field(default=None, sa_type=Text)
    """The fingerprint of the certificate that the user trusts; not a secret."""
    out_of_service: bool = False
    zone: str = Field(default=DEFAULT_ZONE, sa_type=Text)


class DeviceStateRow(Row, table=True):
    """The last state that a device reported, and its status."""

    __tablename__ = "device_states"
    __table_args__ = (one_of("status", DeviceStatus), one_of("kind", DeviceKind))

    device_id: str = Field(primary_key=True, foreign_key="devices.id", ondelete="CASCADE", sa_type=Text)
    status: str = Field(sa_type=Text)
    status_since: float | None = None
    kind: str = Field(sa_type=Text)
    model: str | None = Field(default=None, sa_type=Text)
    own_name: str | None = Field(default=None, sa_type=Text)
    firmware: str | None = Field(default=None, sa_type=Text)
    rf_band: str | None = Field(default=None, sa_type=Text)
    last_seen_at: float | None = None
    fault_code: str | None = Field(default=None, sa_type=Text)
    fault_message: str | None = Field(default=None, sa_type=Text)
    fault_hint: str | None = Field(default=None, sa_type=Text)
    raw: str = Field(default="[]", sa_type=Text)
    bays: str = Field(default="[]", sa_type=Text)
    storage_mode: bool | None = None
    device_warnings: str | None = Field(default=None, sa_type=Text)
    serial: str | None = Field(default=None, sa_type=Text)


class ChannelRow(Row, table=True):
    """The facts of a channel, which seldom change."""

    __tablename__ = "channels"
    __table_args__ = (
        between("number", 1, MAX_CHANNELS),
        between("frequency_khz", 1, MAX_FREQUENCY_KHZ),
        between("frequency2_khz", 1, MAX_FREQUENCY_KHZ),
        between("battery_percent", 0, 100),
        between("battery_bars", 0, BARS),
        between("battery_minutes", 0, MAX_BATTERY_MINUTES),
        between("battery_health_percent", 0, 100),
        between("battery_cycles", 0, MAX_BATTERY_CYCLES),
        between("transmitter_power_mw", 0, 100_000),
        one_of("battery_type", BatteryType),
        one_of("battery_minutes_note", MinutesNote),
        one_of("encryption", Encryption),
        # A channel without a transmitter has no battery.
        CheckConstraint(
            "transmitter_present"
            " OR (battery_percent IS NULL AND battery_bars IS NULL AND battery_minutes IS NULL)",
            name="battery_of_transmitter",
        ),
    )

    device_id: str = Field(primary_key=True, foreign_key="devices.id", ondelete="CASCADE", sa_type=Text)
    number: int = Field(primary_key=True)
    name: str | None = Field(default=None, sa_type=Text)
    frequency_khz: int | None = None
    frequency2_khz: int | None = None
    group_channel: str | None = Field(default=None, sa_type=Text)
    gain_db: int | None = None
    receiver_muted: bool | None = None
    encryption: str | None = Field(default=None, sa_type=Text)
    interference: bool | None = None
    transmitter_present: bool | None = None
    transmitter_model: str | None = Field(default=None, sa_type=Text)
    transmitter_name: str | None = Field(default=None, sa_type=Text)
    transmitter_muted: bool | None = None
    transmitter_power_mw: int | None = None
    transmitter_power_word: str | None = Field(default=None, sa_type=Text)
    transmitter_offset_db: int | None = None
    battery_percent: int | None = None
    battery_bars: int | None = None
    battery_minutes: int | None = None
    battery_type: str | None = Field(default=None, sa_type=Text)
    battery_minutes_note: str | None = Field(default=None, sa_type=Text)
    battery_health_percent: int | None = None
    battery_cycles: int | None = None
    battery_temperature_c: int | None = None
    meter_interval_s: float | None = None
    slots: str = Field(default="[]", sa_type=Text)
    raw: str = Field(default="[]", sa_type=Text)
    transmitter_serial: str | None = Field(default=None, sa_type=Text)
    channel_behind_server: str | None = Field(default=None, sa_type=Text)
    shared_carrier: str | None = Field(default=None, sa_type=Text)
    device_warnings: str | None = Field(default=None, sa_type=Text)
    """Separated by blanks."""
    receiver_lock: str | None = Field(default=None, sa_type=Text)
    transmitter_lock: str | None = Field(default=None, sa_type=Text)
    transmitter_talk_switch: bool | None = None


class ReadingRow(Row, table=True):
    """The last meter readings of a channel, and the last battery of a pack that went off."""

    __tablename__ = "last_readings"
    __table_args__ = (
        between("number", 1, MAX_CHANNELS),
        between("quality_percent", 0, 100),
        between("rf_dbm", -200, 200),
        between("rf_a_percent", 0, 100),
        between("rf_b_percent", 0, 100),
        between("audio_dbfs", -200, 20),
        between("last_battery_percent", 0, 100),
        between("last_battery_bars", 0, BARS),
        between("last_battery_minutes", 0, MAX_BATTERY_MINUTES),
        one_of("last_battery_type", BatteryType),
        one_of("link_state", LinkState),
    )

    device_id: str = Field(primary_key=True, foreign_key="devices.id", ondelete="CASCADE", sa_type=Text)
    number: int = Field(primary_key=True)
    link_state: str = Field(sa_type=Text)
    link_since: float | None = None
    observed_at: float | None = None
    meters_at: float | None = None
    expected_period_s: float | None = None
    rf_dbm: float | None = None
    rf_a_dbm: float | None = None
    rf_b_dbm: float | None = None
    audio_dbfs: float | None = None
    audio_peak_dbfs: float | None = None
    antenna: str | None = Field(default=None, sa_type=Text)
    carrier: bool | None = None
    quality_percent: int | None = None
    overload: bool = False
    antenna_levels_dbm: str = Field(default="[]", sa_type=Text)
    last_battery_percent: int | None = None
    last_battery_bars: int | None = None
    last_battery_minutes: int | None = None
    last_battery_type: str | None = Field(default=None, sa_type=Text)
    last_battery_at: float | None = None
    rf_a_percent: int | None = None
    rf_b_percent: int | None = None


class OpenProblemRow(Row, table=True):
    """A problem that was there when readings were stored last, with its start."""

    __tablename__ = "open_problems"
    __table_args__ = (between("channel", 0, MAX_CHANNELS),)

    device_id: str = Field(primary_key=True, foreign_key="devices.id", ondelete="CASCADE", sa_type=Text)
    channel: int = Field(primary_key=True)
    """0: it is one of the device itself."""
    code: str = Field(primary_key=True, sa_type=Text)
    part: int = Field(default=0, primary_key=True)
    since: float
    seen_at: float


class PerformerRow(Row, table=True):
    __tablename__ = "performers"
    __table_args__ = (
        length("name", MAX_NAME),
        length("role", MAX_NAME),
        length("note", MAX_NOTE),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    folded_name: str = Field(unique=True, sa_type=Text)
    """The form in which names are compared; no database folds letters beyond ASCII as we do."""
    role: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


class AssignmentRow(Row, table=True):
    """The performer, role and plan of a channel."""

    __tablename__ = "assignments"
    __table_args__ = (between("number", 1, MAX_CHANNELS), one_of("role", Role))

    device_id: str = Field(primary_key=True, foreign_key="devices.id", ondelete="RESTRICT", sa_type=Text)
    number: int = Field(primary_key=True)
    performer_id: str | None = Field(
        default=None, foreign_key="performers.id", ondelete="RESTRICT", index=True, sa_type=Text
    )
    role: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    since: float = 0.0
    expected_off: bool = False
    planned_model: str | None = Field(default=None, sa_type=Text)
    planned_pack: str | None = Field(default=None, sa_type=Text)
    mic_number: str | None = Field(default=None, sa_type=Text)
    shared_pack: bool = False


class PastAssignmentRow(Row, table=True):
    """An assignment that ended; kept when the device or the performer is removed."""

    __tablename__ = "past_assignments"
    __table_args__ = (between("number", 1, MAX_CHANNELS), one_of("role", Role))

    device_id: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True)
    since: float = Field(primary_key=True)
    until: float = Field(primary_key=True, index=True)
    performer_name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


class StepRow(Row, table=True):
    """A change that can be undone, as rows before and after."""

    __tablename__ = "steps"

    id: int | None = Field(default=None, primary_key=True)
    words: str = Field(sa_type=Text)
    """The text of the step."""
    at: float
    undone: bool = False
    changes: str = Field(sa_type=Text)
    actor: str | None = Field(default=None, sa_type=Text)
    """None: the program made it, or it was made before this was kept."""


class EventRow(Row, table=True):
    """Something that happened; kept when the device is removed."""

    __tablename__ = "events"
    __table_args__ = (
        one_of("kind", EventKind),
        length("text", MAX_EVENT_TEXT),
        between("channel", 1, MAX_CHANNELS),
        # Events are asked for by the number that they come after: one that was deleted keeps its number.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    at: float = Field(index=True)
    kind: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    device_id: str | None = Field(default=None, sa_type=Text)
    channel: int | None = None
    actor: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    details: str = Field(default="{}", sa_type=Text)
    """Texts by name, as JSON."""


class RevisionRow(Row, table=True):
    """A number that grows with every step, by which a process notices the changes of others."""

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    number: int = 0


class ShowRow(Row, table=True):
    """A plan. Its scenes and its mic plot are read and replaced as a whole, and have no rows of their own."""

    __tablename__ = "shows"
    __table_args__ = (length("name", MAX_NAME),)

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    folded_name: str = Field(unique=True, sa_type=Text)
    planned_start: float | None = None
    end_min: float | None = None
    breaks: str = Field(default="[]", sa_type=Text)
    scenes: str = Field(default="[]", sa_type=Text)
    entries: str = Field(default="[]", sa_type=Text)


class ShowProgressRow(Row, table=True):
    """Where the current show is; no row: no show is current."""

    __tablename__ = "show_progress"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), one_of("state", ShowState))

    id: int = Field(default=1, primary_key=True)
    show_id: str = Field(foreign_key="shows.id", ondelete="CASCADE", sa_type=Text)
    state: str = Field(sa_type=Text)
    started_at: float | None = None
    ended_at: float | None = None
    position_min: float = 0.0
    position_at: float | None = None
    breaks_taken: int = 0
    is_break_planned: bool = False
    break_extended_min: float = 0.0
    extended_min: float = 0.0
    scene: int | None = None
    scene_act: str | None = Field(default=None, sa_type=Text)
    """With the number, by which the scene is found again in another plot."""
    scene_number: str | None = Field(default=None, sa_type=Text)
    scene_started_at: float | None = None
    left_scene: int | None = None
    left_started_at: float | None = None
    left_at: float | None = None
