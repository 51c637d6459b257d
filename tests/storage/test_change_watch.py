import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from micboard_tui.storage.change_watch import ChangeWatch, WatchedValue
from micboard_tui.storage.database import open_database, sqlite_url
from tests.services.stage import RACK
from tests.storage.records import add
from tests.storage.test_repositories import FULL, ONLINE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "test.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    return file


def write(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO notes VALUES ('x')")


async def test_the_version_changes_with_every_commit_and_only_then(file: Path) -> None:
    with closing(ChangeWatch(file)) as watch:
        first = await watch.version()
        assert first is not None
        assert await watch.version() == first
        write(file)
        second = await watch.version()
        assert second != first
        assert await watch.version() == second


async def test_a_value_is_read_again_after_each_commit_and_only_then(file: Path) -> None:
    reads = 0

    async def read() -> int:
        nonlocal reads
        reads += 1
        return reads

    with closing(ChangeWatch(file)) as watch:
        value, unwatched = WatchedValue(watch, read), WatchedValue(None, read)
        assert [await value.get(), await value.get()] == [1, 1]
        write(file)
        assert [await value.get(), await value.get()] == [2, 2]
        assert [await unwatched.get(), await unwatched.get()] == [3, 4]


async def test_a_file_that_cannot_be_read_has_no_version(tmp_path: Path) -> None:
    no_database = tmp_path / "text.db"
    no_database.write_text("text" * 1000)
    missing = tmp_path / "missing.db"
    for path in (no_database, tmp_path / "nowhere" / "test.db", missing):
        with closing(ChangeWatch(path)) as watch:
            assert await watch.version() is None
    assert not missing.exists()


async def test_stored_readings_leave_the_revision_and_steps_of_others_raise_it(
    tmp_path: Path,
) -> None:
    url = sqlite_url(tmp_path / "test.db")
    async with open_database(url) as database, open_database(url) as other:
        await add(database.assignments, RACK)
        first = await database.devices.revision()
        await database.devices.store([ONLINE], [FULL])
        assert await database.devices.revision() == first
        with closing(sqlite3.connect(tmp_path / "test.db")) as connection, connection:
            connection.execute("UPDATE revision SET number = number + 1")
        assert await database.devices.revision() == await other.devices.revision() != first
