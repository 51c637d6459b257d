"""Looking at a database names what is wrong with it, and changes nothing."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import DatabaseFacts, DatabaseKind
from micboard_tui.services.doctor.database_judgement import judge_database
from micboard_tui.storage.database import sqlite_url
from micboard_tui.storage.database_examination import SqlExamination
from micboard_tui.storage.schema_upgrade import HEAD

HOME = "home of this computer"


def examination(url: URL | str, directory: Path) -> SqlExamination:
    return SqlExamination(url, directory / "backups", HOME)


def causes(facts: DatabaseFacts) -> list[Cause]:
    return [result.cause for result in judge_database(facts) if result.cause is not None]


def fingerprint(file: Path) -> bytes:
    return sha256(file.read_bytes()).digest()


def names_in(directory: Path) -> set[str]:
    return {entry.name for entry in directory.iterdir()}


@pytest.fixture
def file(tmp_path: Path, empty_database: Path) -> Path:
    return copyfile(empty_database, tmp_path / "test.db")


def damage(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


def empty(file: Path) -> None:
    (file.parent / "backups").mkdir()
    copyfile(file, file.parent / "backups" / "test-20260101T120000.db")
    file.write_bytes(b"")


def make_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("plant", "cause"),
    [
        (damage, Cause.DATABASE_DAMAGED),
        (empty, Cause.DATABASE_DAMAGED),
        (make_newer, Cause.DATABASE_NEWER),
    ],
)
async def test_what_is_wrong_with_a_file_is_named(
    file: Path, plant: Callable[[Path], None], cause: Cause
) -> None:
    plant(file)
    facts = await examination(sqlite_url(file), file.parent).examine()
    assert causes(facts) == [cause]


async def test_a_file_that_another_program_writes_to_is_locked(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert causes(await examination(sqlite_url(file), file.parent).examine()) == [Cause.DATABASE_LOCKED]


async def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    facts = await examination(sqlite_url(tmp_path / "file" / "test.db"), tmp_path).examine()
    assert not facts.is_there or causes(facts) == [Cause.DATABASE_NOT_WRITABLE]


async def test_a_sound_file_is_counted_and_left_as_it_is(file: Path) -> None:
    before = fingerprint(file)
    facts = await examination(sqlite_url(file), file.parent).examine()
    assert causes(facts) == []
    assert facts.revision == facts.newest_revision == HEAD
    assert dict(facts.tables)["devices"] == 0
    assert fingerprint(file) == before
    assert "backups" not in names_in(file.parent)


async def test_a_file_that_is_not_there_is_not_begun(tmp_path: Path) -> None:
    facts = await examination(sqlite_url(tmp_path / "new.db"), tmp_path).examine()
    assert not facts.is_there
    assert names_in(tmp_path) == set()


async def test_only_another_computer_that_is_alive_reads_elsewhere(file: Path) -> None:
    for home, age_s, expected in ((HOME, 0, []), ("other", 0, [Cause.READ_ELSEWHERE]), ("other", 3600, [])):
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("DELETE FROM session_lease")
            connection.execute(
                "INSERT INTO session_lease (id, token, home, host, user_name, pid, since, renewed_at,"
                " is_held) VALUES (1, 1, ?, 'desk', 'Pia', 7, 0, ?, 1)",
                (home, time.time() - age_s),
            )
        assert causes(await examination(sqlite_url(file), file.parent).examine()) == expected


@pytest.mark.parametrize("url", ["nonsense", "postgresql://pia:Secret-pass-1@[::1/show"])
async def test_an_address_that_is_not_understood_is_named_without_its_password(
    url: str, tmp_path: Path
) -> None:
    facts = await examination(url, tmp_path).examine()
    assert causes(facts) == [Cause.DATABASE_FAILS]
    assert "Secret" not in repr(facts)


@pytest.mark.integration
async def test_a_server_tells_what_it_is_and_a_dead_one_is_away(postgres_url: str, tmp_path: Path) -> None:
    facts = await examination(postgres_url, tmp_path).examine()
    assert (facts.kind, facts.error, facts.revision) == (DatabaseKind.SERVER, None, HEAD)
    assert causes(facts) == []
    assert facts.may_change is True
    assert facts.version_number is not None
    assert facts.clock_ahead_s == pytest.approx(0, abs=2)
    dead = await examination("postgresql://pia:Secret-pass-1@127.0.0.1:9/show", tmp_path).examine()
    assert causes(dead) == [Cause.SERVER_AWAY]
    assert "Secret-pass-1" not in repr(dead)
