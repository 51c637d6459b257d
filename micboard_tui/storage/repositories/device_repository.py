"""Devices and what was last known of them: implements ``DeviceRepository``."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select
from sqlalchemy.engine import Connection

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.limits import BatteryLimits
from micboard_tui.storage.assignment_rows import ASSIGNMENTS, assignments_of, select_assignments
from micboard_tui.storage.device_rows import channel_of, device_of, state_of
from micboard_tui.storage.state_writer import StateWriter, table_of
from micboard_tui.storage.tables import (
    ChannelRow,
    DeviceRow,
    DeviceStateRow,
    LocationRow,
    ReadingRow,
    RevisionRow,
)
from micboard_tui.storage.transactions import Sessions

DEVICES, STATES, LOCATIONS = table_of(DeviceRow), table_of(DeviceStateRow), table_of(LocationRow)
CHANNELS, READINGS, REVISION = table_of(ChannelRow), table_of(ReadingRow), table_of(RevisionRow)
RACK_ORDER = (DEVICES.c.position, DEVICES.c.host, DEVICES.c.port)


class SqlDevices:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._writer = StateWriter()

    def forget(self) -> None:
        """To be called when steps may have removed devices."""
        self._writer.forget()

    async def get(self, device_id: DeviceId) -> Device | None:
        async with self._sessions.reading() as connection:
            row = (
                (await connection.execute(select(DEVICES).where(DEVICES.c.id == device_id)))
                .mappings()
                .first()
            )
        return device_of(row) if row else None

    async def all(self) -> Sequence[Device]:
        async with self._sessions.reading() as connection:
            rows = (await connection.execute(select(DEVICES).order_by(*RACK_ORDER))).mappings().all()
        return [device_of(row) for row in rows]

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        chosen = _matching(query)
        on_battery = query.low_battery_limits is not None or query.battery_unknown
        async with self._sessions.reading() as connection:
            devices = (await connection.execute(chosen.order_by(*RACK_ORDER))).mappings().all()
            wanted = chosen.with_only_columns(DEVICES.c.id)
            channels = (await connection.execute(_channels(query, wanted))).mappings().all()
            theirs = select_assignments().where(ASSIGNMENTS.c.device_id.in_(wanted))
            assignments = {each.channel: each for each in await assignments_of(connection, theirs)}
        by_device: dict[str, list[ChannelState]] = {}
        for row in channels:
            ref = ChannelRef(DeviceId(row["device_id"]), row["number"])
            by_device.setdefault(ref.device_id, []).append(channel_of(row, assignments.get(ref)))
        return [
            DeviceSnapshot(
                device_of(row),
                state_of(row, DeviceId(row["id"])),
                tuple(by_device.get(row["id"], ())),
                row["location_name"],
            )
            for row in devices
            if not on_battery or row["id"] in by_device
        ]

    async def store(self, devices: Sequence[DeviceState], channels: Sequence[ChannelState]) -> None:
        def write(connection: Connection) -> None:
            self._writer.write(connection, devices, channels)

        await self._sessions.write_batch(write)
        self._writer.remember(channels)

    async def drop_channels(self, refs: Sequence[ChannelRef]) -> None:
        async with self._sessions.writing() as connection:
            for table in (READINGS, CHANNELS):
                same = [
                    and_(table.c.device_id == ref.device_id, table.c.number == ref.number) for ref in refs
                ]
                await connection.execute(delete(table).where(or_(*same)))
        self._writer.forget()

    async def revision(self) -> str:
        async with self._sessions.reading() as connection:
            return str((await connection.execute(select(REVISION.c.number))).scalar_one())


def _matching(query: DeviceQuery) -> Select[tuple[object, ...]]:
    state = [column for column in STATES.columns if column.name != "device_id"]
    chosen: Select[tuple[object, ...]] = (
        select(DEVICES, *state, LOCATIONS.c.name.label("location_name"))
        .outerjoin(STATES, STATES.c.device_id == DEVICES.c.id)
        .outerjoin(LOCATIONS, LOCATIONS.c.id == DEVICES.c.location_id)
    )
    if query.ids is not None:
        chosen = chosen.where(DEVICES.c.id.in_(query.ids))
    if query.manufacturer is not None:
        chosen = chosen.where(DEVICES.c.manufacturer == query.manufacturer)
    if query.is_online is not None:
        online = func.coalesce(STATES.c.status, "") == DeviceStatus.ONLINE.value
        chosen = chosen.where(online if query.is_online else ~online)
    if query.location is not None:
        chosen = chosen.where(DEVICES.c.location_id.in_(_within(query.location)))
    return chosen


def _within(location: LocationId) -> Select[tuple[object, ...]]:
    """The location and everything below it."""
    tree = select(LOCATIONS.c.id).where(LOCATIONS.c.id == location).cte("tree", recursive=True)
    tree = tree.union(select(LOCATIONS.c.id).where(LOCATIONS.c.parent_id == tree.c.id))
    return select(tree.c.id)


def _channels(query: DeviceQuery, devices: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    reading = [column for column in READINGS.columns if column.name not in {"device_id", "number"}]
    same = and_(READINGS.c.device_id == CHANNELS.c.device_id, READINGS.c.number == CHANNELS.c.number)
    chosen: Select[tuple[object, ...]] = (
        select(CHANNELS, *reading)
        .outerjoin(READINGS, same)
        .where(CHANNELS.c.device_id.in_(devices))
        .order_by(CHANNELS.c.device_id, CHANNELS.c.number)
    )
    if query.low_battery_limits is not None:
        chosen = chosen.where(_is_low(query.low_battery_limits))
    if query.battery_unknown:
        chosen = chosen.where(
            CHANNELS.c.transmitter_present.is_(True),
            CHANNELS.c.battery_percent.is_(None),
            CHANNELS.c.battery_bars.is_(None),
            CHANNELS.c.battery_minutes.is_(None),
        )
    return chosen


def _is_low(limits: BatteryLimits) -> ColumnElement[bool]:
    """``domain.battery.is_low`` in SQL. What is unknown is NULL, and NULL is never low."""
    minutes, percent = CHANNELS.c.battery_minutes, CHANNELS.c.battery_percent
    return case(
        (minutes.is_not(None), minutes < max(limits.low_minutes, limits.critical_minutes)),
        (percent.is_not(None), percent <= max(limits.low_percent, limits.critical_percent)),
        else_=CHANNELS.c.battery_bars <= max(limits.low_bars, limits.critical_bars),
    )
