"""The lease on the devices in the database: implements ``LeaseRepository``.

Taking and renewing are writing transactions, which come one after the other, so two never take it both. With
``take`` the transactions of this process get the token, and check it with every batch of readings.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection, RowMapping, insert, select, update

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.lease import LEASE_S, LeaseHeldError, LeaseHolder
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.session_holder import SessionHolder
from micboard_tui.domain.units import format_duration
from micboard_tui.storage.database_clock import read_clock
from micboard_tui.storage.lease_table import LeaseRow
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.transactions import Transactions

LEASE = table_of(LeaseRow)


class SqlLease:
    """``clock``: of the computer, for a file; seconds since the epoch."""

    def __init__(self, transactions: Transactions, clock: Callable[[], float] = time.time) -> None:
        self._transactions, self._clock = transactions, clock
        self._is_shared = False

    async def take(self, holder: LeaseHolder) -> int:
        def write(connection: Connection) -> int:
            now = read_clock(connection, self._clock)
            row = connection.execute(select(LEASE)).mappings().first()
            if row is not None and _is_of_another(row, holder, now):
                raise _refusal(row, now, self._clock())
            token = 1 if row is None else int(row["token"]) + 1
            if row is not None and holder.is_shared and row["home"] == holder.home:
                token = int(row["token"])
            values = {
                "token": token,
                "home": holder.home,
                "host": holder.host,
                "user_name": holder.user,
                "pid": holder.pid,
                "since": now,
                "renewed_at": now,
                "is_held": True,
            }
            connection.execute(
                insert(LEASE).values(id=1, **values) if row is None else update(LEASE).values(values)
            )
            return token

        token = await self._transactions.write_durably(write)
        self._is_shared = holder.is_shared
        self._transactions.check_readings = lambda connection: _check_token(connection, token)
        return token

    async def renew(self, token: int) -> bool:
        def write(connection: Connection) -> bool:
            renewal = update(LEASE).where(LEASE.c.token == token, LEASE.c.is_held)
            return (
                connection.execute(renewal.values(renewed_at=read_clock(connection, self._clock))).rowcount
                == 1
            )

        return await self._transactions.write_durably(write)

    async def release(self, token: int) -> None:
        if self._is_shared:
            return

        def write(connection: Connection) -> None:
            connection.execute(update(LEASE).where(LEASE.c.token == token).values(is_held=False))

        await self._transactions.write_durably(write)


def _is_of_another(row: RowMapping, holder: LeaseHolder, now: float) -> bool:
    """Whether a living process of another home holds it. A clock that was set back makes none older."""
    return bool(row["is_held"]) and row["home"] != holder.home and now - row["renewed_at"] < LEASE_S


def _check_token(connection: Connection, token: int) -> None:
    row = connection.execute(select(LEASE)).mappings().first()
    if row is None or row["token"] != token:
        raise StorageError(
            ErrorCode.ALREADY_RUNNING,
            "Another micboard-tui reads the devices of this database now"
            + ("" if row is None else f": {_describe(row)}"),
            hint="End one of the two; what this one reads is not stored",
        )


def _refusal(row: RowMapping, now: float, local_now: float) -> LeaseHeldError:
    """``now`` is by the clock of the database."""
    holder = SessionHolder(
        visible(row["user_name"]), visible(row["host"]), row["pid"], local_now - (now - row["since"])
    )
    since, renewed = (format_duration(max(0.0, now - row[name])) for name in ("since", "renewed_at"))
    return LeaseHeldError(
        holder,
        f"The devices of this database are read by {_describe(row)}, for {since}; its last sign of life came"
        f" {renewed} ago",
        hint=f"Use that one or end it; where it has died, wait {LEASE_S:.0f} seconds."
        " Or use another database with MICBOARD_DATABASE_URL",
    )


def _describe(row: RowMapping) -> str:
    return f"{visible(row['user_name'])} on {visible(row['host'])} (process {row['pid']})"
