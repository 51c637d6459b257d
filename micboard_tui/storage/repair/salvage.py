"""Reads what can be read of a damaged SQLite database into a new one.

A table is read in the order of its row ids. Where a page is damaged, reading goes on from the end backwards,
and what remains in between is halved as long as that finds rows. So what is lost is known as ranges of row
ids, and the rows of a copy of the database that lie in them can be put back.

The new database gets the schema of the old one, whose revision stays what it was. What its rules refuse is
left out, as the damage has made that; so are rows that point to rows which are lost.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

LARGEST_ROW_ID = 2**63 - 1
MAX_PROBES = 200
"""So often a range of one table is halved at most."""
BATCH = 500
MAX_REFERENCES = 100_000
"""So many rows that point nowhere are looked at in one turn."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Row ids whose rows could not be read, both ends included."""

    table: str
    first: int
    last: int


@dataclass(slots=True)
class Salvage:
    """What was found in a damaged database."""

    rows: dict[str, int] = field(default_factory=dict)
    """How many were read, by table."""
    gaps: list[Gap] = field(default_factory=list)
    refused: int = 0
    """Rows that were read and make no sense any more."""

    @property
    def damaged_tables(self) -> Sequence[str]:
        """Those of which rows are missing, each once."""
        return tuple(dict.fromkeys(gap.table for gap in self.gaps))


def salvage(source: sqlite3.Connection, target: sqlite3.Connection) -> Salvage:
    """Fill ``target``, which is empty, with what ``source`` still has.

    Raises sqlite3.Error: the schema itself cannot be read, or ``target`` cannot be written.
    """
    source.text_factory = _decode
    source.execute("PRAGMA cell_size_check = ON")
    entries = source.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql <> '' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchall()
    tables = [(name, sql) for kind, name, sql in entries if kind == "table"]
    if not tables:
        raise sqlite3.DatabaseError("malformed: it has no tables")
    found = Salvage()
    target.execute("PRAGMA foreign_keys = OFF")
    with target:
        target.execute("BEGIN")
        for name, sql in tables:
            target.execute(sql)
            _copy_table(source, target, name, found)
        _copy_sequence(source, target)
        for sql in (sql for kind, _, sql in entries if kind != "table"):
            target.execute(sql)
        found.refused += remove_dangling(target)
    return found


def read_rows(source: sqlite3.Connection, table: str) -> Sequence[Mapping[str, Any]]:
    """All rows of a table that can be read, values by column; none without the table.

    Raises sqlite3.Error: the schema cannot be read.
    """
    source.text_factory = _decode
    columns = ("rowid", *columns_of(source, table))
    batches = _TableReader(source, table).read() if len(columns) > 1 else ()
    return [dict(zip(columns, row, strict=True)) for batch in batches for row in batch]


def fill_gaps(copy: sqlite3.Connection, target: sqlite3.Connection, gaps: Sequence[Gap]) -> int:
    """Put back the rows of ``copy``, which has the same schema, that lie in ``gaps``; how many.

    Raises sqlite3.Error.
    """
    before = target.total_changes
    with target:
        target.execute("BEGIN")
        for gap in gaps:
            columns = columns_of(target, gap.table)
            rows = copy.execute(
                f"SELECT rowid, * FROM {quoted(gap.table)} WHERE rowid BETWEEN ? AND ?",  # noqa: S608 - a name
                (gap.first, gap.last),
            )
            target.executemany(_insertion(gap.table, columns), rows)
        return target.total_changes - before - remove_dangling(target)


def quoted(name: str) -> str:
    """A name of a table or column as it stands in SQL; in a damaged file it may have any characters."""
    return '"' + name.replace('"', '""') + '"'


def columns_of(connection: sqlite3.Connection, table: str) -> Sequence[str]:
    """The names of a table's columns; none without such a table."""
    return [str(row[1]) for row in connection.execute(f"PRAGMA table_info({quoted(table)})")]


def find_damage(connection: sqlite3.Connection) -> str | None:
    """What is damaged; None: it is sound."""
    answers = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
    if answers != ["ok"]:
        return answers[0] if answers else "malformed"
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    return None if dangling is None else f"a row of {dangling[0]} points to one that is not there"


def remove_dangling(connection: sqlite3.Connection) -> int:
    """Free or remove rows that point to rows which are not there; how many were removed."""
    removed = 0
    # What is removed may have been pointed to itself.
    while dangling := connection.execute("PRAGMA foreign_key_check").fetchmany(MAX_REFERENCES):
        for table, row_id, _, number in dangling:
            if not _free(connection, table, row_id, number):
                statement = f"DELETE FROM {quoted(table)} WHERE rowid = ?"  # noqa: S608 - a name
                connection.execute(statement, (row_id,))
                removed += 1
    return removed


def _free(connection: sqlite3.Connection, table: str, row_id: int, number: int) -> bool:
    """Have the row point nowhere, where the table allows that."""
    keys = connection.execute(f"PRAGMA foreign_key_list({quoted(table)})").fetchall()
    columns = [key[3] for key in keys if key[0] == number]
    nulls = ", ".join(f"{quoted(column)} = NULL" for column in columns)
    with suppress(sqlite3.IntegrityError):
        statement = f"UPDATE {quoted(table)} SET {nulls} WHERE rowid = ?"  # noqa: S608 - names
        connection.execute(statement, (row_id,))
        return True
    return False


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str, found: Salvage) -> None:
    columns = columns_of(target, table)
    insertion = _insertion(table, columns)
    reader = _TableReader(source, table)
    count, before = 0, target.total_changes
    for batch in reader.read():
        count += len(batch)
        target.executemany(insertion, batch)
    found.rows[table] = target.total_changes - before
    found.refused += count - found.rows[table]
    found.gaps += reader.gaps


def _copy_sequence(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Numbers that were given once are not given again."""
    with suppress(sqlite3.DatabaseError):
        for name, number in source.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            target.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, name))


def _insertion(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(map(quoted, columns))
    marks = ", ".join("?" * (len(columns) + 1))
    return f"INSERT OR IGNORE INTO {quoted(table)} (rowid, {names}) VALUES ({marks})"  # noqa: S608 - names


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace")


class _TableReader:
    """Reads a table around its damaged pages."""

    def __init__(self, source: sqlite3.Connection, table: str) -> None:
        self._source, self._table = source, table
        self.gaps: list[Gap] = []

    def read(self) -> Iterator[list[Any]]:
        """The rows in batches, each row with its row id before its values."""
        ranges, probes = [(1, LARGEST_ROW_ID)], 0
        while ranges:
            first, last = ranges.pop()
            probes += 1
            forward = _Scan(self._source, self._table, first, last)
            yield from forward.read("ASC")
            if forward.is_whole:
                continue
            backward = _Scan(self._source, self._table, forward.end + 1, last)
            yield from backward.read("DESC")
            if backward.is_whole:
                # The pages on this way were sound, but those on the other are not.
                continue
            first, last = forward.end + 1, backward.end - 1
            if first >= last or probes >= MAX_PROBES:
                self.gaps += [Gap(self._table, first, last)] if first <= last else []
            else:
                middle = _find_middle(first, last)
                ranges += [(middle + 1, last), (first, middle)]


def _find_middle(first: int, last: int) -> int:
    """Row ids count up from 1: in a range without an end it is near its beginning."""
    return min(first * 2 + 64, (first + last) // 2)


class _Scan:
    """Reads the rows of a range in one direction, until that is damaged."""

    def __init__(self, source: sqlite3.Connection, table: str, first: int, last: int) -> None:
        self._source, self._table, self._first, self._last = source, table, first, last
        self.is_whole = False
        self.end = 0
        """The last row id that was read; before any, the one outside the range."""

    def read(self, direction: str) -> Iterator[list[Any]]:
        """The rows in batches."""
        self.end = self._first - 1 if direction == "ASC" else self._last + 1
        rows = self._rows(direction)
        while batch := list(islice(rows, BATCH)):
            yield batch

    def _rows(self, direction: str) -> Iterator[Any]:
        query = (
            f"SELECT rowid, * FROM {quoted(self._table)} WHERE rowid BETWEEN ? AND ?"  # noqa: S608 - a name
            f" ORDER BY rowid {direction}"
        )
        try:
            for row in self._source.execute(query, (self._first, self._last)):
                # A page of another place, or of another table, is none of this one's.
                if (row[0] <= self.end) if direction == "ASC" else (row[0] >= self.end):
                    return
                self.end = row[0]
                yield row
        except sqlite3.DatabaseError:
            return
        self.is_whole = True
