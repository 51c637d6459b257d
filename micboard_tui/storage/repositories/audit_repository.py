"""The audit in the database: implements ``AuditRepository``.

Writing transactions come one after the other, so the chain stays one whichever process writes: each reads
where it ends, and ends it anew, in the same transaction. When the oldest entries are deleted, the hash of the
last of them stays as the anchor, from which the rest can still be verified.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import anyio.to_thread
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from micboard_tui.contracts.audit import (
    MAX_AUDIT_ENTRIES,
    MAX_VERIFIED,
    AuditEntry,
    AuditQuery,
    ChainReport,
)
from micboard_tui.contracts.audit_chain import BEGINNING, chain
from micboard_tui.contracts.origin import FrontEnd, Origin
from micboard_tui.storage.access_tables import AuditEndsRow, AuditRow
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.transactions import Transactions

AUDIT, ENDS = table_of(AuditRow), table_of(AuditEndsRow)
_FRONT_ENDS = {each.value: each for each in FrontEnd}
_PLAIN = ("at", "actor", "call", "text", "subject", "before", "after", "result")
_NO_ENTRIES: Mapping[str, Any] = {"first": 1, "anchor": BEGINNING, "last": 0, "last_hash": BEGINNING}
_OF_ORIGIN = ("host", "terminal", "token", "address")


class SqlAudit:
    def __init__(
        self, transactions: Transactions, most: int = MAX_AUDIT_ENTRIES, most_verified: int = MAX_VERIFIED
    ) -> None:
        """``most``: so many entries are kept, and a tenth more until they are deleted."""
        self._transactions, self._most, self._most_verified = transactions, most, most_verified

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        def write(connection: Connection) -> None:
            found = connection.execute(select(ENDS)).mappings().first()
            ends = _NO_ENTRIES if found is None else found
            if found is None:
                connection.execute(insert(ENDS).values(id=1, **_NO_ENTRIES))
            number, previous = ends["last"], ends["last_hash"]
            rows = []
            for entry in entries:
                number += 1
                numbered = replace(entry, number=number)
                previous = chain(previous, numbered)
                rows.append(_values_of(numbered, previous))
            connection.execute(insert(AUDIT), rows)
            kept = {"last": number, "last_hash": previous, **self._prune(connection, ends["first"], number)}
            connection.execute(update(ENDS).values(kept))

        if entries:
            await self._transactions.write_durably(write)

    def _prune(self, connection: Connection, first: int, last: int) -> Mapping[str, object]:
        if last - first + 1 <= self._most + self._most // 10:
            return {}
        gone = last - self._most
        anchor = connection.execute(select(AUDIT.c.hash).where(AUDIT.c.id == gone)).scalar_one()
        connection.execute(delete(AUDIT).where(AUDIT.c.id <= gone))
        return {"first": gone + 1, "anchor": anchor}

    async def list(self, query: AuditQuery) -> Sequence[AuditEntry]:
        statement = select(AUDIT).where(AUDIT.c.at >= query.since)
        if query.until is not None:
            statement = statement.where(AUDIT.c.at <= query.until)
        if query.before is not None:
            statement = statement.where(AUDIT.c.id < query.before)
        if query.actor is not None:
            statement = statement.where(AUDIT.c.actor == query.actor)
        for word in query.text.casefold().split():
            statement = statement.where(AUDIT.c.search.contains(word, autoescape=True))
        statement = statement.order_by(AUDIT.c.id.desc()).limit(query.limit)
        return await self._transactions.read_rows(
            lambda connection: [_entry_of(row) for row in connection.execute(statement).mappings()]
        )

    async def verify(self) -> ChainReport:
        found = await self._transactions.read_rows(self._read_newest)
        # Of all that are verified it takes half a second.
        return await anyio.to_thread.run_sync(_verify, found)

    def _read_newest(self, connection: Connection) -> "_Newest":
        ends = connection.execute(select(ENDS)).mappings().first()
        if ends is None:
            # Entries without the row that says where they end are broken from the first one on.
            first = connection.execute(select(AUDIT.c.id).order_by(AUDIT.c.id).limit(1)).scalar()
            return _Newest(0, 1, 0, "", BEGINNING, (), broken_at=first)
        start = max(ends["first"], ends["last"] - self._most_verified + 1)
        before = select(AUDIT.c.hash).where(AUDIT.c.id == start - 1)
        anchor = ends["anchor"] if start == ends["first"] else connection.execute(before).scalar()
        rows = connection.execute(select(AUDIT).where(AUDIT.c.id >= start).order_by(AUDIT.c.id)).mappings()
        count = ends["last"] - ends["first"] + 1
        return _Newest(count, start, ends["last"], ends["last_hash"], anchor or BEGINNING, rows.all())


class _Newest(NamedTuple):
    """What is verified, as it was read at one moment."""

    entries: int
    start: int
    last: int
    last_hash: str
    anchor: str
    rows: Sequence[RowMapping]
    broken_at: int | None = None


def _verify(newest: _Newest) -> ChainReport:
    if newest.broken_at is not None:
        return ChainReport(0, 0, newest.broken_at)
    previous = newest.anchor
    for number, row in enumerate(newest.rows, newest.start):
        previous = chain(previous, _entry_of(row))
        if row["id"] != number or row["hash"] != previous:
            return ChainReport(newest.entries, number - newest.start, number)
    verified = len(newest.rows)
    after = newest.start + verified
    is_whole = after == newest.last + 1 and (not verified or previous == newest.last_hash)
    return ChainReport(newest.entries, verified, None if is_whole else min(after, newest.last + 1))


def _values_of(entry: AuditEntry, hashed: str) -> Mapping[str, object]:
    origin = entry.origin
    return {
        "id": entry.number,
        **{name: getattr(entry, name) for name in _PLAIN},
        "front_end": origin.front_end.value,
        **{name: getattr(origin, name) for name in _OF_ORIGIN},
        "hash": hashed,
        "search": " ".join(_searched(entry)).casefold(),
    }


def _searched(entry: AuditEntry) -> Iterator[str]:
    origin = entry.origin
    yield from (entry.text, entry.subject, entry.actor, entry.before, entry.after, entry.result)
    yield from (origin.front_end.value, origin.host, origin.terminal, origin.token, origin.address)


def _entry_of(row: RowMapping) -> AuditEntry:
    plain = {name: row[name] for name in _PLAIN}
    origin = Origin(_front_end_of(row["front_end"]), **{name: row[name] for name in _OF_ORIGIN})
    return AuditEntry(origin=origin, number=row["id"], **plain)


def _front_end_of(word: str) -> FrontEnd:
    """What another release wrote is unknown here, and its entry so not as it was: the chain says so."""
    return _FRONT_ENDS.get(word, FrontEnd.UNKNOWN)
