"""Devices and their last known states: implements ``DeviceRepository``."""

from collections.abc import Collection, Container, Sequence
from functools import partial

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, delete, func, or_, select
from sqlalchemy.engine import Connection

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.device_problem import find_assignments_without_channel, is_channel_count_known
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.location import find_rf_zones
from micboard_tui.domain.out_of_service import find_closed_locations, is_out_of_service
from micboard_tui.domain.problem_start import ProblemStart
from micboard_tui.domain.thresholds import BatteryThresholds
from micboard_tui.storage.assignment_rows import ASSIGNMENTS, assignments_of, select_assignments
from micboard_tui.storage.change_watch import Watch, WatchedValue
from micboard_tui.storage.device_rows import channel_of, device_of, location_of, problem_of, state_of
from micboard_tui.storage.state_writer import JudgedProblems, StateWriter, table_of
from micboard_tui.storage.tables import (
    ChannelRow,
    DeviceRow,
    DeviceStateRow,
    LocationRow,
    OpenProblemRow,
    ReadingRow,
    RevisionRow,
)
from micboard_tui.storage.transactions import Transactions

DEVICES, STATES, LOCATIONS = table_of(DeviceRow), table_of(DeviceStateRow), table_of(LocationRow)
CHANNELS, READINGS, REVISION = table_of(ChannelRow), table_of(ReadingRow), table_of(RevisionRow)
PROBLEMS = table_of(OpenProblemRow)
RACK_ORDER = (DEVICES.c.position, DEVICES.c.host, DEVICES.c.port)


class SqlDevices:
    """``watch`` tells when the revision has to be read again; None where it always has to, as of a server."""

    def __init__(self, transactions: Transactions, watch: Watch | None = None) -> None:
        self._transactions = transactions
        self._writer = StateWriter()
        self._revision = WatchedValue(watch, self._read_revision)

    def forget(self) -> None:
        """To be called when steps may have removed devices."""
        self._writer.forget()

    async def get(self, device_id: DeviceId) -> Device | None:
        statement = select(DEVICES).where(DEVICES.c.id == device_id)

        def read(connection: Connection) -> Device | None:
            row = connection.execute(statement).mappings().first()
            return device_of(row) if row else None

        return await self._transactions.read_rows(read)

    async def all(self) -> Sequence[Device]:
        def read(connection: Connection) -> Sequence[Device]:
            rows = connection.execute(select(DEVICES).order_by(*RACK_ORDER)).mappings()
            return [device_of(row) for row in rows]

        return await self._transactions.read_rows(read)

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        return await self._transactions.read_rows(partial(_query, query=query))

    async def store(
        self,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        problems: Sequence[ProblemStart] | None = None,
        judged: Collection[DeviceId] | None = None,
    ) -> None:
        judgement = None if problems is None else JudgedProblems(problems, judged)
        written = await self._transactions.write_readings(
            lambda connection: self._writer.write(connection, devices, channels, judgement)
        )
        self._writer.remember(written)

    async def open_problems(self) -> Sequence[ProblemStart]:
        def read(connection: Connection) -> Sequence[ProblemStart]:
            rows = connection.execute(select(PROBLEMS)).mappings()
            return [start for row in rows if (start := problem_of(row)) is not None]

        return await self._transactions.read_rows(read)

    async def drop_channels(self, refs: Sequence[ChannelRef]) -> None:
        def write(connection: Connection) -> None:
            for table in (READINGS, CHANNELS):
                keys = [
                    and_(table.c.device_id == ref.device_id, table.c.number == ref.number) for ref in refs
                ]
                connection.execute(delete(table).where(or_(*keys)))

        await self._transactions.write_durably(write)
        self._writer.forget()

    async def revision(self) -> str:
        return await self._revision.get()

    async def _read_revision(self) -> str:
        number = select(REVISION.c.number)
        return await self._transactions.read(lambda connection: str(connection.execute(number).scalar_one()))


def _query(connection: Connection, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
    devices_statement = _select_devices(query)
    on_battery = query.low_battery_thresholds is not None or query.battery_unknown
    device_rows = connection.execute(devices_statement.order_by(*RACK_ORDER)).mappings().all()
    device_ids = devices_statement.with_only_columns(DEVICES.c.id)
    assignments = assignments_of(
        connection, select_assignments().where(ASSIGNMENTS.c.device_id.in_(device_ids))
    )
    locations = [location_of(row) for row in connection.execute(select(LOCATIONS)).mappings()]
    zone_of, closed = find_rf_zones(locations), find_closed_locations(locations)
    zones = {row["id"]: zone_of.get(row["location_id"]) for row in device_rows}
    by_channel = {assignment.channel: assignment for assignment in assignments}
    planned: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        planned.setdefault(assignment.channel.device_id, []).append(assignment)
    by_device: dict[str, list[ChannelState]] = {}
    for row in connection.execute(_select_channels(query, device_ids)).mappings():
        ref = ChannelRef(DeviceId(row["device_id"]), row["number"])
        by_device.setdefault(ref.device_id, []).append(
            channel_of(row, by_channel.get(ref), zones.get(ref.device_id))
        )
    return [
        # A query for batteries gives only some of the channels, so none counts as missing.
        _snapshot(row, by_device.get(row["id"], ()), () if on_battery else planned.get(row["id"], ()), closed)
        for row in device_rows
        if not on_battery or row["id"] in by_device
    ]


def _snapshot(
    row: RowMapping,
    channels: Sequence[ChannelState],
    planned: Sequence[Assignment],
    closed: Container[LocationId | None],
) -> DeviceSnapshot:
    device, state = device_of(row), state_of(row, DeviceId(row["id"]))
    missing = find_assignments_without_channel(
        planned,
        {channel.number for channel in channels},
        is_count_known=is_channel_count_known(state.kind, len(channels)),
    )
    return DeviceSnapshot(
        device, state, tuple(channels), row["location_name"], missing, is_out_of_service(device, closed)
    )


def _select_devices(query: DeviceQuery) -> Select[tuple[object, ...]]:
    state_columns = [column for column in STATES.columns if column.name != "device_id"]
    statement: Select[tuple[object, ...]] = (
        select(DEVICES, *state_columns, LOCATIONS.c.name.label("location_name"))
        .outerjoin(STATES, STATES.c.device_id == DEVICES.c.id)
        .outerjoin(LOCATIONS, LOCATIONS.c.id == DEVICES.c.location_id)
    )
    if query.ids is not None:
        statement = statement.where(DEVICES.c.id.in_(query.ids))
    if query.manufacturer is not None:
        statement = statement.where(DEVICES.c.manufacturer == query.manufacturer)
    if query.is_online is not None:
        online = func.coalesce(STATES.c.status, "") == DeviceStatus.ONLINE.value
        statement = statement.where(online if query.is_online else ~online)
    if query.location is not None:
        statement = statement.where(DEVICES.c.location_id.in_(_select_subtree(query.location)))
    return statement


def _select_subtree(location: LocationId) -> Select[tuple[object, ...]]:
    """The ids of the location and of all locations below it."""
    tree = select(LOCATIONS.c.id).where(LOCATIONS.c.id == location).cte("tree", recursive=True)
    tree = tree.union(select(LOCATIONS.c.id).where(LOCATIONS.c.parent_id == tree.c.id))
    return select(tree.c.id)


def _select_channels(
    query: DeviceQuery, device_ids: Select[tuple[object, ...]]
) -> Select[tuple[object, ...]]:
    reading_columns = [column for column in READINGS.columns if column.name not in {"device_id", "number"}]
    is_of_channel = and_(READINGS.c.device_id == CHANNELS.c.device_id, READINGS.c.number == CHANNELS.c.number)
    statement: Select[tuple[object, ...]] = (
        select(CHANNELS, *reading_columns)
        .outerjoin(READINGS, is_of_channel)
        .where(CHANNELS.c.device_id.in_(device_ids))
        .order_by(CHANNELS.c.device_id, CHANNELS.c.number)
    )
    if query.low_battery_thresholds is not None:
        statement = statement.where(_is_low(query.low_battery_thresholds))
    if query.battery_unknown:
        statement = statement.where(
            CHANNELS.c.transmitter_present.is_(True),
            CHANNELS.c.battery_percent.is_(None),
            CHANNELS.c.battery_bars.is_(None),
            CHANNELS.c.battery_minutes.is_(None),
        )
    return statement


def _is_low(thresholds: BatteryThresholds) -> ColumnElement[bool]:
    """``domain.problem.judge_battery`` in SQL. What is unknown is NULL, and NULL is never low."""
    minutes, percent = CHANNELS.c.battery_minutes, CHANNELS.c.battery_percent
    by_charge = case(
        (minutes.is_not(None), minutes < max(thresholds.low_minutes, thresholds.critical_minutes)),
        (percent.is_not(None), percent <= max(thresholds.low_percent, thresholds.critical_percent)),
        else_=CHANNELS.c.battery_bars <= max(thresholds.low_bars, thresholds.critical_bars),
    )
    is_warned = CHANNELS.c.device_warnings.contains(DeviceWarning.LOW_BATTERY.value, autoescape=True)
    return or_(by_charge, and_(CHANNELS.c.transmitter_present.is_(True), is_warned))
