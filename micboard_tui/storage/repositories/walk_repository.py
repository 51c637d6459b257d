"""Walks in the database: implements ``WalkRepository``."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update

from micboard_tui.contracts.walks import MAX_WALKS
from micboard_tui.domain.walk_test import Walk
from micboard_tui.storage.state_writer import last_to_go, table_of
from micboard_tui.storage.transactions import Transactions
from micboard_tui.storage.walk_rows import walk_of, walk_values
from micboard_tui.storage.walk_tables import WalkRow

WALKS = table_of(WalkRow)


class SqlWalks:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def keep(self, walk: Walk) -> Walk:
        def write(connection: Connection) -> int:
            if walk.id is not None:
                change = update(WALKS).where(WALKS.c.id == walk.id).values(walk_values(walk))
                if connection.execute(change).rowcount:
                    return walk.id
            (number,) = connection.execute(insert(WALKS).values(walk_values(walk))).inserted_primary_key or (
                0,
            )
            connection.execute(delete(WALKS).where(WALKS.c.id <= last_to_go(WALKS, MAX_WALKS)))
            return int(number)

        return replace(walk, id=await self._transactions.write_durably(write))

    async def remove(self, number: int) -> None:
        statement = delete(WALKS).where(WALKS.c.id == number)
        await self._transactions.write_durably(lambda connection: connection.execute(statement))

    async def list(self) -> Sequence[Walk]:
        statement = select(WALKS).order_by(WALKS.c.id.desc())
        return await self._transactions.read_rows(
            lambda connection: [walk_of(row) for row in connection.execute(statement).mappings()]
        )
