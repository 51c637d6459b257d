"""Inserts or replaces many rows with one statement each, from plain tuples (docs/adr/0006, docs/adr/0014).

SQLite takes the tuples as they are. PostgreSQL takes one array a column, which it unnests: a sixth of
the work that a statement a row makes in the server. Any other database gets a deletion and an insertion.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from sqlalchemy import Connection, Table, bindparam, delete, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

_SQLITE = sqlite.dialect(paramstyle="qmark")


def replace_rows(connection: Connection, table: Table, values: Sequence[tuple[object, ...]]) -> None:
    """Insert or replace ``values``, tuples in the order of the table's columns, in a transaction.

    Of several with the same key the last one stays.
    """
    if not values:
        return
    dialect = connection.dialect
    if dialect.name == "sqlite":
        # Binding by name would cost as much as the writing.
        connection.exec_driver_sql(sqlite_upsert(table), list(values))
    elif dialect.name == "postgresql" and dialect.driver == "asyncpg":
        columns = zip(*_last_of_each_key(table, values), strict=True)
        connection.exec_driver_sql(postgresql_upsert(table, dialect), tuple(map(list, columns)))
    else:
        _delete_and_insert(connection, table, values)


@cache
def sqlite_upsert(table: Table) -> str:
    """The statement for one row, with one parameter a column."""
    statement = sqlite.insert(table)
    keys = _keys_of(table)
    others = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    upsert = statement.on_conflict_do_update(index_elements=sorted(keys), set_=others)
    return str(upsert.compile(dialect=_SQLITE))


@lru_cache(maxsize=64)
def postgresql_upsert(table: Table, dialect: Dialect) -> str:
    """The statement for any number of rows, with one array a column as its parameters."""
    quote = dialect.identifier_preparer.quote
    keys = _keys_of(table)
    names = [quote(column.name) for column in table.columns]
    arrays = [
        f"${number}::{column.type.compile(dialect)}[]" for number, column in enumerate(table.columns, start=1)
    ]
    others = [f"{name} = excluded.{name}" for name in names if name not in {quote(key) for key in keys}]
    return (
        f"INSERT INTO {quote(table.name)} ({', '.join(names)}) "  # noqa: S608 - names of our tables
        f"SELECT * FROM unnest({', '.join(arrays)}) "
        f"ON CONFLICT ({', '.join(map(quote, sorted(keys)))}) DO UPDATE SET {', '.join(others)}"
    )


def _keys_of(table: Table) -> set[str]:
    return {column.name for column in table.primary_key}


def _last_of_each_key(table: Table, values: Sequence[tuple[object, ...]]) -> Sequence[tuple[object, ...]]:
    """PostgreSQL refuses to replace a row twice with one statement."""
    places = [place for place, column in enumerate(table.columns) if column.primary_key]
    by_key = {tuple([value[place] for place in places]): value for value in values}
    return values if len(by_key) == len(values) else list(by_key.values())


def _delete_and_insert(connection: Connection, table: Table, values: Sequence[tuple[object, ...]]) -> None:
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, value, strict=True)) for value in values]
    keys = [column.name for column in table.primary_key]
    has_key = [table.c[key] == bindparam(f"old_{key}") for key in keys]
    old_keys = [{f"old_{key}": row[key] for key in keys} for row in rows]
    connection.execute(delete(table).where(*has_key), old_keys)
    connection.execute(insert(table), rows)
