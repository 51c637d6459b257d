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
        return await self._transactions.read_rows(
            lambda connection: [show_of(row) for row in connection.execute(select(SHOWS)).mappings()]
        )

    async def current(self) -> CurrentShow | None:
        return await self._transactions.read_rows(_read_current)

    async def change_current(self, change: ProgressChange) -> CurrentShow | None:
        def write(connection: Connection) -> CurrentShow | None:
            current = change(_read_current(connection))
            connection.execute(delete(PROGRESS))
            if current is not None:
                connection.execute(insert(PROGRESS).values(**progress_values(current)))
            return current

        return await self._transactions.write_step(write)


def _read_current(connection: Connection) -> CurrentShow | None:
    if (progress := connection.execute(select(PROGRESS)).mappings().first()) is None:
        return None
    show = connection.execute(select(SHOWS).where(SHOWS.c.id == progress["show_id"])).mappings().one()
    return progress_of(progress, show_of(show))
