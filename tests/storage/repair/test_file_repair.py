import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

import pytest

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.health import Verdict
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.database import Database, open_database, sqlite_url
from micboard_tui.storage.repair.file_repair import FileRepair
from micboard_tui.storage.repair.file_use import FileUse
from micboard_tui.storage.repair.salvage import find_damage, quoted, salvage
from tests.fakes.full_disk import full_disk
from tests.fakes.links import until
from tests.services.stage import RACK, SPARE
from tests.storage.records import add

pytestmark = pytest.mark.integration  # a repair waits for the disk

PAGE = 4096
COPIED, LATER = 60, 20
"""Devices that are in the copy, and those that were added afterwards."""


def rack_of(first: int, count: int) -> list[Device]:
    return [
        replace(RACK, id=DeviceId(f"{each:05}"), port=2202 + each) for each in range(first, first + count)
    ]


@pytest.fixture
async def file(tmp_path: Path, empty_database: Path) -> Path:
    """A database of which a copy was made before the last devices were added."""
    file = tmp_path / "show.db"
    copyfile(empty_database, file)
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, *rack_of(0, COPIED))
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, *rack_of(COPIED, LATER))
    return file


def page_of(file: Path, table: str) -> int:
    """The first page of a table, counted from 0."""
    with closing(sqlite3.connect(file)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return int(page) - 1


def wipe(file: Path, page: int) -> None:
    content = bytearray(file.read_bytes())
    content[page * PAGE : (page + 1) * PAGE] = b"\xff" * PAGE
    file.write_bytes(content)


def overwrite(file: Path) -> None:
    file.write_bytes(b"this is no database at all " * 400)


def halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def content_of(file: Path) -> bytes:
    return file.read_bytes()


def damaged_files(file: Path) -> list[Path]:
    return sorted(file.parent.glob("show-damaged-*.db"))


async def names_in(database: Database) -> set[str]:
    return {device.id for device in await database.devices.all()}


@asynccontextmanager
async def repaired(file: Path) -> AsyncGenerator[tuple[Database, str]]:
    """The database that is opened in place of the damaged one, and what the user gets to know."""
    damaged = content_of(file)
    async with open_database(sqlite_url(file)) as database:
        (kept,) = damaged_files(file)
        assert content_of(kept) == damaged
        note = database.find_note()
        assert note is not None
        assert note.startswith(f"The database {file} was damaged. ")
        assert note.endswith(f"The damaged file is kept as {kept}")
        assert {check.verdict for check in await database.probe.integrity()} == {Verdict.OK, Verdict.WARNING}
        yield database, note


async def test_what_is_on_a_damaged_page_comes_from_the_copy_and_all_else_from_the_file(file: Path) -> None:
    wipe(file, page_of(file, "devices"))
    async with repaired(file) as (database, note):
        # The page that leads to the devices is gone: what only it had was added after the copy.
        assert await names_in(database) >= {device.id for device in rack_of(0, COPIED)}
        assert "entries of devices cannot be read" in note
        assert f"{COPIED} were put back from its copy of" in note


async def test_a_page_without_entries_loses_nothing(file: Path) -> None:
    wipe(file, page_of(file, "uq_devices_host_port"))
    async with repaired(file) as (database, note):
        assert len(await names_in(database)) == COPIED + LATER
        assert "All of it could be read and is in a new file" in note


async def test_a_lost_head_costs_nothing_since_that_of_the_copy_fits(file: Path) -> None:
    wipe(file, 0)
    async with repaired(file) as (database, _):
        assert len(await names_in(database)) == COPIED + LATER


@pytest.mark.parametrize("damage", [overwrite, halve, empty])
async def test_where_little_is_left_the_copy_is_opened(file: Path, damage: Callable[[Path], None]) -> None:
    damage(file)
    async with repaired(file) as (database, note):
        assert await names_in(database) >= {device.id for device in rack_of(0, COPIED)}
        assert "copy of 20" in note
        await add(database.assignments, SPARE)
    async with open_database(sqlite_url(file)) as database:
        assert database.find_note() is None
        assert SPARE in await database.devices.all()


async def test_a_damaged_copy_is_passed_over(file: Path) -> None:
    newest, *_ = (path for _, path in BackupRotation(file, file.parent / "backups").list_newest_first())
    older = newest.with_name("show-20200101T000000.db")
    copyfile(newest, older)
    overwrite(newest)
    overwrite(file)
    async with repaired(file) as (database, note):
        assert len(await names_in(database)) == COPIED
        assert "2020" in note or "2019" in note


async def test_without_any_copy_what_can_be_read_is_kept_and_else_a_new_one_begun(file: Path) -> None:
    for copy in (file.parent / "backups").iterdir():
        copy.unlink()
    wipe(file, page_of(file, "events"))
    async with repaired(file) as (database, note):
        assert len(await names_in(database)) == COPIED + LATER
        assert "Some entries of events cannot be read and are lost, as there is no copy of it" in note
    for path in [*damaged_files(file), *(file.parent / "backups").iterdir()]:
        path.unlink()
    overwrite(file)
    async with repaired(file) as (database, note):
        assert await database.devices.all() == []
        assert "Nothing can be read of it, and there is no copy of it: a new one was begun" in note


def test_whichever_page_is_damaged_the_copy_fills_the_gap(file: Path, tmp_path: Path) -> None:
    place = tmp_path / "one"
    place.mkdir()
    with closing(sqlite3.connect(file)) as raw, closing(sqlite3.connect(place / "backup.db")) as target:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.backup(target)
    copy, work = place / "show-20260101T000000.db", tmp_path / "two" / "show.db"
    (place / "backup.db").rename(copy)
    work.parent.mkdir()
    for page in {
        *range(0, file.stat().st_size // PAGE, 13),
        page_of(file, "devices"),
        page_of(file, "steps"),
    }:
        copyfile(copy, work)
        wipe(work, page)
        FileRepair(work, BackupRotation(work, place)).run("planted")
        with closing(sqlite3.connect(work)) as sound:
            assert find_damage(sound) is None
            assert sound.execute("SELECT count(*) FROM devices").fetchone() == (COPIED + LATER,), page
            assert sound.execute("SELECT count(*) FROM steps").fetchone() == (2,), page


async def test_a_repair_that_was_cut_off_is_finished_or_begun_anew(file: Path) -> None:
    sound = copyfile(file, file.with_name("sound"))
    overwrite(file)
    for leftover in ("show.db.repairing", "show.db.reading", "show.db.reading-wal"):
        (file.parent / leftover).write_bytes(b"half of a file")
    async with repaired(file) as (database, _):
        assert len(await names_in(database)) == COPIED
    # Cut off before the last step: the write-ahead log that stays belongs to the damaged file.
    overwrite(file)
    copyfile(sound, file.with_name("show.db.repaired"))
    file.with_name("show.db-wal").write_bytes(b"of the damaged one")
    async with open_database(sqlite_url(file)) as database:
        assert len(await names_in(database)) == COPIED + LATER
    assert not list(file.parent.glob("show.db.re*"))


async def test_two_programs_that_find_the_damage_at_once_repair_it_once(file: Path) -> None:
    wipe(file, page_of(file, "devices"))

    async def look() -> int:
        async with open_database(sqlite_url(file)) as database:
            return len(await database.devices.all())

    first, second = await asyncio.gather(look(), look())
    assert first == second >= COPIED
    assert len(damaged_files(file)) == 1


async def test_without_room_for_the_repair_what_can_be_read_is_shown_until_there_is(file: Path) -> None:
    wipe(file, page_of(file, "events"))
    with full_disk():
        opening = open_database(sqlite_url(file), reopen_interval_s=0.01)
        database = await opening.__aenter__()
        fault = database.find_fault()
        assert fault is not None
        assert fault.code is ErrorCode.DISK_FULL
        assert len(await names_in(database)) == COPIED + LATER
    try:
        await until(lambda: database.find_fault() is None)
        assert len(await names_in(database)) == COPIED + LATER
        assert len(damaged_files(file)) == 1
    finally:
        await opening.__aexit__(None, None, None)


async def test_damage_while_it_runs_is_repaired_and_what_comes_meanwhile_waits(file: Path) -> None:
    async with open_database(sqlite_url(file)) as database, open_database(sqlite_url(file)) as other:
        revision = await other.devices.revision()
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        wipe(file, page_of(file, "devices"))
        with pytest.raises(StorageError) as caught:
            await add(other.assignments, SPARE)
        assert caught.value.code is ErrorCode.DATABASE_DAMAGED
        assert caught.value.info.hint.startswith("It is repaired by itself")
        await until(lambda: bool(database.find_note() or other.find_note()))
        await until(lambda: database.find_fault() is None and other.find_fault() is None)
        for each in (database, other):
            assert await names_in(each) >= {device.id for device in rack_of(0, COPIED)}
        await add(database.assignments, replace(SPARE, id=DeviceId("new"), port=9))
        assert "new" in await names_in(other)
        assert await other.devices.revision() != revision
    assert len(damaged_files(file)) == 1


async def test_a_program_that_does_not_let_go_of_the_file_is_named_as_the_cause(file: Path) -> None:
    use = FileUse(file)
    assert use.share(1.0)
    wipe(file, page_of(file, "events"))
    async with open_database(sqlite_url(file), reopen_interval_s=0.01, alone_wait_s=0.1) as database:
        fault = database.find_fault()
        assert fault is not None
        assert fault.code is ErrorCode.DATABASE_DAMAGED
        assert fault.hint.endswith("Another program holds it: end that, and this one repairs it")
        assert len(await names_in(database)) == COPIED + LATER
        use.let_go()
        await until(lambda: database.find_fault() is None)
    assert len(damaged_files(file)) == 1


def test_damage_is_never_copied_over_a_sound_copy(file: Path) -> None:
    backups = BackupRotation(file, file.parent / "backups")
    before = backups.list_newest_first()
    wipe(file, page_of(file, "events"))
    with pytest.raises(sqlite3.DatabaseError):
        backups.back_up()
    assert backups.list_newest_first() == before
    assert backups.damage is not None


def test_names_of_any_spelling_are_salvaged_and_run_nothing() -> None:
    name = 'a"; DROP TABLE kept; --'
    with closing(sqlite3.connect(":memory:")) as source, closing(sqlite3.connect(":memory:")) as target:
        source.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY)")
        source.execute(f'CREATE TABLE {quoted(name)} (id INTEGER PRIMARY KEY, "x"" y" TEXT)')
        source.execute(f"INSERT INTO {quoted(name)} VALUES (1, 'well')")  # noqa: S608 - a name
        found = salvage(source, target)
        assert found.rows == {"kept": 0, name: 1}
        rows = target.execute(f"SELECT * FROM {quoted(name)}").fetchall()  # noqa: S608 - a name
        assert rows == [(1, "well")]
