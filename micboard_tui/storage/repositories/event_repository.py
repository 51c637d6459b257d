"""Events in the database: implements ``EventRepository``."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select

from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.storage.state_writer import last_to_go, table_of
from micboard_tui.storage.tables import EventRow
from micboard_tui.storage.transactions import Transactions

EVENTS = table_of(EventRow)


class SqlEvents:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(self, events: Sequence[Event]) -> None:
        await self._transactions.write_readings(lambda connection: insert_events(connection, events))

    async def add_now(self, event: Event) -> Event:
        def write(connection: Connection) -> int:
            (number,) = connection.execute(insert(EVENTS).values(_values(event))).inserted_primary_key or (0,)
            return int(number)

        return replace(event, id=await self._transactions.write_durably(write))

    async def list(self, query: EventQuery) -> Sequence[Event]:
        statement = select(EVENTS).where(EVENTS.c.at >= query.since)
        if query.until is not None:
            statement = statement.where(EVENTS.c.at <= query.until)
        if query.after:
            statement = statement.where(EVENTS.c.id > query.after)
        if query.before is not None:
            at, number = query.before
            statement = statement.where(or_(EVENTS.c.at < at, and_(EVENTS.c.at == at, EVENTS.c.id < number)))
        if query.kinds:
            statement = statement.where(EVENTS.c.kind.in_([kind.value for kind in query.kinds]))
        if query.actors:
            statement = statement.where(EVENTS.c.actor.in_(query.actors))
        if query.channels:
            wanted = [
                and_(
                    EVENTS.c.device_id == ref.device_id,
                    or_(EVENTS.c.channel.is_(None), EVENTS.c.channel == ref.number),
                )
                for ref in query.channels
            ]
            general = [EVENTS.c.device_id.is_(None)] if query.has_general else []
            statement = statement.where(or_(*wanted, *general))
        order = (
            (EVENTS.c.at, EVENTS.c.id) if query.is_from_start else (EVENTS.c.at.desc(), EVENTS.c.id.desc())
        )

        def read(connection: Connection) -> Sequence[Event]:
            rows = connection.execute(statement.order_by(*order).limit(query.limit)).mappings().all()
            return [_event_of(row) for row in (rows if query.is_from_start else reversed(rows))]

        return await self._transactions.read_rows(read)

    async def delete_markers(self, numbers: Sequence[int]) -> Sequence[Event]:
        chosen = and_(EVENTS.c.id.in_(numbers), EVENTS.c.kind == EventKind.MARKER.value)

        def write(connection: Connection) -> Sequence[Event]:
            rows = connection.execute(select(EVENTS).where(chosen).order_by(EVENTS.c.id)).mappings().all()
            connection.execute(delete(EVENTS).where(chosen))
            return [_event_of(row) for row in rows]

        return await self._transactions.write_durably(write)

    async def find_newest_marker(self, actor: str) -> int | None:
        of_actor = and_(EVENTS.c.kind == EventKind.MARKER.value, EVENTS.c.actor == actor)
        statement = select(func.max(EVENTS.c.id)).where(of_actor)
        return await self._transactions.read(lambda connection: connection.execute(statement).scalar())

    async def delete_old(self, before: float, most: int) -> None:
        surplus = last_to_go(EVENTS, most)

        def has_old(connection: Connection) -> bool:
            oldest = connection.execute(select(func.min(EVENTS.c.at))).scalar()
            if oldest is not None and oldest < before:
                return True
            return connection.execute(select(surplus)).scalar() is not None

        def write(connection: Connection) -> None:
            connection.execute(delete(EVENTS).where(EVENTS.c.at < before))
            connection.execute(delete(EVENTS).where(EVENTS.c.id <= surplus))

        if await self._transactions.read(has_old):
            await self._transactions.write_readings(write)


def insert_events(connection: Connection, events: Sequence[Event]) -> None:
    """Within the caller's transaction."""
    connection.execute(insert(EVENTS), [_values(event) for event in events])


def _values(event: Event) -> dict[str, object]:
    return {
        "at": event.at,
        "kind": event.kind.value,
        "text": event.text,
        "device_id": event.device_id,
        "channel": event.channel,
        "actor": event.actor,
        "subject": event.subject,
        "details": json.dumps(dict(event.details)),
    }


def _event_of(row: RowMapping) -> Event:
    details: Any = json.loads(row["details"])
    return Event(
        row["at"],
        EventKind(row["kind"]),
        row["text"],
        None if row["device_id"] is None else DeviceId(row["device_id"]),
        row["channel"],
        row["actor"],
        {str(name): str(value) for name, value in details.items()},
        row["subject"],
        row["id"],
    )
