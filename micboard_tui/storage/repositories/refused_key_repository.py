"""What devices refused, in the database: implements ``RefusedKeyRepository``."""

import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, and_, delete, select

from micboard_tui.contracts.sealed_secrets import RefusedMark
from micboard_tui.domain.identity import DeviceId
from micboard_tui.storage.database_clock import read_clock
from micboard_tui.storage.secret_tables import RefusedKeyRow
from micboard_tui.storage.state_writer import table_of, write_all
from micboard_tui.storage.transactions import Transactions

REFUSED = table_of(RefusedKeyRow)
MOST_MARKS = 4
"""Of one device: collectors with different keys in their environments each have one refused."""


class SqlRefusedKeys:
    """``clock``: of the computer, for a file; seconds since the epoch."""

    def __init__(self, transactions: Transactions, clock: Callable[[], float] = time.time) -> None:
        self._transactions, self._clock = transactions, clock

    async def read_marks(self, device_id: DeviceId, held_s: float) -> Sequence[RefusedMark]:
        of_device = select(REFUSED).where(REFUSED.c.device_id == device_id).order_by(REFUSED.c.at.desc())

        def read(connection: Connection) -> Sequence[RefusedMark]:
            rows = connection.execute(of_device).mappings().all()
            # The clock of a computer may be set: what seems to come from the future counts as well.
            oldest = read_clock(connection, self._clock) - held_s if rows else 0.0
            return [RefusedMark(row["salt"], row["mark"], row["at"]) for row in rows if row["at"] > oldest]

        return await self._transactions.read_rows(read)

    async def add(self, device_id: DeviceId, salt: str, mark: str, held_s: float) -> None:
        of_device = select(REFUSED).where(REFUSED.c.device_id == device_id).order_by(REFUSED.c.at.desc())

        def write(connection: Connection) -> None:
            now = read_clock(connection, self._clock)
            connection.execute(delete(REFUSED).where(REFUSED.c.at <= now - held_s))
            write_all(connection, RefusedKeyRow, [(device_id, mark, salt, now)])
            for row in connection.execute(of_device).mappings().all()[MOST_MARKS:]:
                is_it = and_(REFUSED.c.device_id == device_id, REFUSED.c.mark == row["mark"])
                connection.execute(delete(REFUSED).where(is_it))

        await self._transactions.write_durably(write)
