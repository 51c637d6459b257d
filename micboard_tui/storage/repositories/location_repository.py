"""Locations in the database: implements ``LocationRepository``."""

from collections.abc import Sequence

from sqlalchemy import select

from micboard_tui.domain.location import Location
from micboard_tui.storage.device_rows import location_of
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import LocationRow
from micboard_tui.storage.transactions import Transactions

LOCATIONS = table_of(LocationRow)


class SqlLocations:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def all(self) -> Sequence[Location]:
        return await self._transactions.read_rows(
            lambda connection: [location_of(row) for row in connection.execute(select(LOCATIONS)).mappings()]
        )
