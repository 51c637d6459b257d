"""Thresholds that people set, in the database: implements ``ThresholdRepository``."""

from sqlalchemy import Connection, select

from micboard_tui.contracts.thresholds import StoredThresholds
from micboard_tui.domain.show import ShowProfile
from micboard_tui.storage.threshold_rows import CHOSEN_PROFILE, THRESHOLDS, threshold_of
from micboard_tui.storage.transactions import Transactions


class SqlThresholds:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def read(self) -> StoredThresholds:
        return await self._transactions.read_rows(_read)


def _read(connection: Connection) -> StoredThresholds:
    rows = connection.execute(select(THRESHOLDS)).mappings()
    overrides = [override for row in rows if (override := threshold_of(row)) is not None]
    chosen = connection.execute(select(CHOSEN_PROFILE.c.profile)).scalar()
    return StoredThresholds(tuple(overrides), None if chosen is None else ShowProfile(chosen))
