"""Alarms that stand, and their events: implements ``AlarmRepository``."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, bindparam, delete, false, func, or_, select

from micboard_tui.contracts.alarms import AlarmChange
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.storage.alarm_rows import alarm_of, alarm_tuple, key_values
from micboard_tui.storage.alarm_table import AlarmRow
from micboard_tui.storage.change_watch import Watch, WatchedValue
from micboard_tui.storage.repositories.event_repository import EVENTS, insert_events
from micboard_tui.storage.state_writer import table_of, write_all
from micboard_tui.storage.transactions import Transactions

ALARMS = table_of(AlarmRow)
FEW = 8
"""So many alarms are looked for by their keys."""
_DELETE = delete(ALARMS).where(*(column == bindparam(f"old_{column.name}") for column in ALARMS.primary_key))


class SqlAlarms:
    """``watch`` tells when the newest event has to be read again; None where it always has to."""

    def __init__(self, transactions: Transactions, watch: Watch | None = None) -> None:
        self._transactions = transactions
        self._newest_event = WatchedValue(watch, self._read_newest_event)

    async def list(self) -> Sequence[Alarm]:
        def read(connection: Connection) -> Sequence[Alarm]:
            rows = connection.execute(select(ALARMS)).mappings()
            return [alarm for row in rows if (alarm := alarm_of(row)) is not None]

        return await self._transactions.read_rows(read)

    async def store(
        self, changes: Sequence[AlarmChange], events: Sequence[Event], *, is_durable: bool
    ) -> Mapping[AlarmKey, Alarm | None]:
        def write(connection: Connection) -> Mapping[AlarmKey, Alarm | None]:
            stored = _read(connection, changes)
            differing = {
                change.key: found for change in changes if (found := stored.get(change.key)) != change.before
            }
            if differing:
                return differing
            if keys := [key_values(change.key) for change in changes if change.after is None]:
                connection.execute(_DELETE, [{f"old_{name}": key[name] for name in key} for key in keys])
            written = [alarm_tuple(change.after) for change in changes if change.after is not None]
            write_all(connection, AlarmRow, written)
            if events:
                insert_events(connection, events)
            return differing

        if is_durable:
            return await self._transactions.write_durably(write)
        return await self._transactions.write_readings(write)

    async def newest_event(self) -> int:
        return await self._newest_event.get()

    async def _read_newest_event(self) -> int:
        newest = select(func.max(EVENTS.c.id))
        return await self._transactions.read(lambda connection: connection.execute(newest).scalar() or 0)

    async def has_acts(self, after: int) -> bool:
        acts = select(EVENTS.c.id).where(
            EVENTS.c.id > after, EVENTS.c.kind == EventKind.ALARM.value, EVENTS.c.actor.is_not(None)
        )
        return await self._transactions.read(
            lambda connection: connection.execute(acts.limit(1)).first() is not None
        )


def _read(connection: Connection, changes: Sequence[AlarmChange]) -> Mapping[AlarmKey, Alarm]:
    """The stored alarms that would change; all, where that is cheaper."""
    statement = select(ALARMS)
    if len(changes) <= FEW:
        keys = [key_values(change.key) for change in changes]
        statement = statement.where(
            or_(false(), *(and_(*(ALARMS.c[name] == key[name] for name in key)) for key in keys))
        )
    rows = connection.execute(statement).mappings()
    return {alarm.key: alarm for row in rows if (alarm := alarm_of(row)) is not None}
