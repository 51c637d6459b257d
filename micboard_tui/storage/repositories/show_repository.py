"""Shows and the progress of the current one in the database: implements ``ShowRepository``."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from micboard_tui.contracts.show import CurrentShow, ProgressChange
from micboard_tui.domain.show import ShowRecord
from micboard_tui.storage.show_rows import PROGRESS, SHOWS, progress_of, progress_values, show_of
from micboard_tui.storage.transactions import Transactions


class SqlShows:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def shows(self) -> Sequence[ShowRecord]:
        async with self._transactions.read_rows() as connection:
            return [show_of(row) for row in (await connection.execute(select(SHOWS))).mappings()]

    async def current(self) -> CurrentShow | None:
        async with self._transactions.read_rows() as connection:
            return await connection.run_sync(_read_current)

    async def change_current(self, change: ProgressChange) -> CurrentShow | None:
        changed: list[CurrentShow | None] = []

        def write(connection: Connection) -> None:
            current = change(_read_current(connection))
            connection.execute(delete(PROGRESS))
            if current is not None:
                connection.execute(insert(PROGRESS).values(**progress_values(current)))
            changed.append(current)

        await self._transactions.write_step(write)
        return changed[0]


def _read_current(connection: Connection) -> CurrentShow | None:
    if (progress := connection.execute(select(PROGRESS)).mappings().first()) is None:
        return None
    show = connection.execute(select(SHOWS).where(SHOWS.c.id == progress["show_id"])).mappings().one()
    return progress_of(progress, show_of(show))
