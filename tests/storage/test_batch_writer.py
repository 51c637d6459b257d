"""Rows are inserted or replaced by one statement, whatever their number, on each kind of database."""

from sqlalchemy import URL, Connection, create_engine

from micboard_tui.storage.batch_writer import replace_rows
from micboard_tui.storage.database import open_database
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import METADATA, LocationRow
from tests.fakes.statements import counting_statements
from tests.storage.records import run_in_transaction, run_sql

LOCATIONS = table_of(LocationRow)
Location = tuple[object, ...]


def location(number: int, name: str) -> Location:
    return (f"id {number}", None, name, number, True, False)


async def test_any_number_of_rows_is_one_statement_and_replaces_what_is_there(
    database_url: URL | str,
) -> None:
    async with open_database(database_url):
        pass
    first = [location(number, f"Hall {number}") for number in range(100)]
    second = [location(number, f"Room {number}") for number in range(50, 150)]

    def write(connection: Connection) -> None:
        for rows in (first, second):
            with counting_statements() as statements:
                replace_rows(connection, LOCATIONS, rows)
            assert len(statements) == 1
        replace_rows(connection, LOCATIONS, [])

    await run_in_transaction(database_url, write)
    stored = await run_sql(database_url, "SELECT * FROM locations ORDER BY position")
    assert [tuple(row) for row in stored] == [*first[:50], *second]


async def test_of_two_rows_with_the_same_key_the_last_one_stays(database_url: URL | str) -> None:
    rows = [location(1, "Hall"), location(2, "Pit"), location(1, "Choir")]
    await run_in_transaction(database_url, lambda connection: replace_rows(connection, LOCATIONS, rows))
    stored = await run_sql(database_url, "SELECT name FROM locations ORDER BY position")
    assert stored == [("Choir",), ("Pit",)]


def test_a_database_of_another_kind_gets_a_deletion_and_an_insertion() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        connection.dialect.name = "other"
        try:
            for name in ("Hall", "Choir"):
                replace_rows(connection, LOCATIONS, [location(1, name)])
        finally:
            connection.dialect.name = "sqlite"
        assert connection.exec_driver_sql("SELECT name FROM locations").fetchall() == [("Choir",)]
    engine.dispose()
