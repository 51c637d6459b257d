"""The line check in the database: implements ``LineCheckRepository``."""

import json
from typing import Any

from sqlalchemy import Connection, delete, select

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.line_check import CheckedLine, HandTick, LineCheck
from micboard_tui.storage.pack_tables import LineCheckRow
from micboard_tui.storage.state_writer import table_of, write_all
from micboard_tui.storage.transactions import Transactions

CHECKS = table_of(LineCheckRow)
ONLY_ID = 1


class SqlLineChecks:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def get(self) -> LineCheck | None:
        return await self._transactions.read(_read_check)

    async def keep(self, check: LineCheck | None, *, before: LineCheck | None) -> bool:
        def write(connection: Connection) -> bool:
            if _read_check(connection) != before:
                return False
            if check is None:
                connection.execute(delete(CHECKS))
            else:
                write_all(connection, LineCheckRow, [_check_values(check)])
            return True

        return await self._transactions.write_durably(write)


def _check_values(check: LineCheck) -> tuple[object, ...]:
    lines = json.dumps([_line_values(ref, line) for ref, line in check.lines.items()])
    return ONLY_ID, check.started_at, check.started_by, lines


def _read_check(connection: Connection) -> LineCheck | None:
    row = connection.execute(select(CHECKS).where(CHECKS.c.id == ONLY_ID)).mappings().first()
    if row is None:
        return None
    try:
        lines = dict(map(_parse_line, json.loads(row["lines"])))
    except (ValueError, TypeError, KeyError):
        return None
    return LineCheck(row["started_at"], row["started_by"], lines)


def _line_values(ref: ChannelRef, line: CheckedLine) -> dict[str, Any]:
    return {
        "device_id": ref.device_id,
        "channel": ref.number,
        "seen": [line.link_at, line.pack_at, line.sound_at],
        "by_hand": line.by_hand,
    }


def _parse_line(values: dict[str, Any]) -> tuple[ChannelRef, CheckedLine]:
    link_at, pack_at, sound_at = values["seen"]
    by_hand = None if values["by_hand"] is None else HandTick(*values["by_hand"])
    ref = ChannelRef(DeviceId(values["device_id"]), int(values["channel"]))
    return ref, CheckedLine(link_at, pack_at, sound_at, by_hand)
