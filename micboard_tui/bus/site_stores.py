"""The entry stores of a site with their options: the first program that needs one creates it."""

from micboard_tui.bus.connection import Connection, EntryStore
from micboard_tui.bus.ownership.send_lease import LIFETIME_S
from micboard_tui.bus.wire.subjects import Subjects


async def open_state_store(connection: Connection, subjects: Subjects) -> EntryStore:
    """What boards show. Raises BusError, as all of these do."""
    return await connection.open_store(subjects.state_store)


async def open_collector_store(connection: Connection, subjects: Subjects) -> EntryStore:
    """The collectors that live."""
    return await connection.open_store(subjects.collector_store, lifetime_s=LIFETIME_S)


async def open_owner_store(connection: Connection, subjects: Subjects) -> EntryStore:
    """Which collector holds each device."""
    return await connection.open_store(subjects.owner_store, is_kept=True)


async def open_hub_store(connection: Connection, subjects: Subjects) -> EntryStore:
    """The hub that is active."""
    return await connection.open_store(subjects.hub_store, lifetime_s=LIFETIME_S, is_kept=True)


async def open_all_stores(connection: Connection, subjects: Subjects) -> None:
    """All that a fleet needs."""
    for open_one in (open_state_store, open_collector_store, open_owner_store, open_hub_store):
        await open_one(connection, subjects)
