"""Backup and restore, as a user would."""

import json
import os
import sqlite3
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from micboard_tui.config.instance_lock import hold_lock
from micboard_tui.storage.repair.file_use import FileUse
from tests.cli.conftest import Command
from tests.cli.test_commands import said_no
from tests.fakes.full_disk import full_disk

SETTINGS = 'operator = "Pia"\n'


@pytest.fixture
def used(home: Path, micboard: Command) -> Path:
    """A home with a device, settings, views, a theme of the user's and a password."""
    added = micboard("devices", "add", "shure", "127.0.0.2", "--driver", "shure-strings", "--name", "Rack A")
    assert added.code == 0, added.err
    for name, content in (
        ("config/config.toml", SETTINGS),
        ("config/secrets.toml", 'x = "hush"\n'),
        ("config/themes/own.toml", 'name = "own"\n'),
        ("state/views.json", '{"1": {}}'),
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content)
    (home / "config" / "secrets.toml").chmod(0o600)
    return home


@pytest.fixture
def archive(used: Path, micboard: Command, tmp_path: Path) -> Path:
    file = tmp_path / "tour.zip"
    written = micboard("backup", str(file))
    assert written.code == 0, written.err
    assert "1 device" in written.out
    return file


def names_of(micboard: Command) -> list[str]:
    devices = json.loads(micboard("devices", "list", "--json").out)["devices"]
    return [device["name"] for device in devices]


def copies(home: Path) -> Iterator[Path]:
    return (home / "data" / "backups").glob("before-restore-*.zip")


@pytest.mark.no_cover
def test_a_backup_brings_back_database_settings_views_and_themes(
    used: Path, archive: Path, micboard: Command
) -> None:
    assert micboard("devices", "remove", "Rack A", "--yes").code == 0
    for name in ("config/config.toml", "state/views.json", "config/themes/own.toml"):
        (used / name).write_text("")
    restored = micboard("restore", str(archive), "--yes")
    assert restored.code == 0, restored.err
    assert names_of(micboard) == ["Rack A"]
    newest = json.loads(micboard("audit", "--json").out)["entries"][-1]
    assert newest["text"].startswith("Backup made ")
    assert "restored; what was there is kept as before-restore-" in newest["text"]
    assert newest["actor"]
    assert (used / "config" / "config.toml").read_text() == SETTINGS
    assert (used / "state" / "views.json").read_text() == '{"1": {}}'
    assert (used / "config" / "themes" / "own.toml").read_text() == 'name = "own"\n'
    # What was replaced can be taken back the same way.
    (kept,) = copies(used)
    assert str(kept) in restored.out
    assert micboard("restore", str(kept), "--yes").code == 0
    assert names_of(micboard) == []


def test_passwords_are_in_it_only_when_they_are_asked_for_and_that_is_mentioned(
    used: Path, archive: Path, micboard: Command, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as plain:
        assert set(plain.namelist()) == {
            *("manifest.json", "micboard.db", "config.toml", "views.json", "themes/own.toml")
        }
    file = tmp_path / "with.zip"
    answer = micboard("backup", str(file), "--secrets")
    assert "passwords of devices" in answer.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (used / "config" / "secrets.toml").write_text("")
    assert micboard("restore", str(file), "--yes").code == 0
    assert (used / "config" / "secrets.toml").read_text() == 'x = "hush"\n'


def test_it_shows_what_is_replaced_and_does_nothing_without_consent(
    used: Path, archive: Path, micboard: Command
) -> None:
    assert micboard("devices", "remove", "Rack A", "--yes").code == 0
    answer = micboard("restore", str(archive))
    assert answer.code == 1
    assert "Use --yes to go on" in answer.err
    (line,) = (line for line in answer.out.splitlines() if "devices" in line)
    assert [word for word in line.split() if word.isdigit()] == ["1", "0"]
    assert f"replaces {used / 'data' / 'micboard.db'}" in answer.out
    assert names_of(micboard) == []
    assert not list(copies(used))


def test_only_the_database_is_replaced_when_that_is_asked_for(
    used: Path, archive: Path, micboard: Command
) -> None:
    (used / "config" / "config.toml").write_text('operator = "Ben"\n')
    assert micboard("restore", str(archive), "--yes", "--only-database").code == 0
    assert (used / "config" / "config.toml").read_text() == 'operator = "Ben"\n'


def test_the_copies_that_are_made_by_themselves_are_listed_and_restored(
    used: Path, micboard: Command
) -> None:
    (listed,) = json.loads(micboard("backup", "--list", "--json").out)["copies"]
    assert listed["file"] in micboard("backup", "--list").out
    assert micboard("devices", "remove", "Rack A", "--yes").code == 0
    assert micboard("restore", listed["file"], "--yes").code == 0
    assert names_of(micboard) == ["Rack A"]
    assert (used / "config" / "config.toml").read_text() == SETTINGS


def test_a_program_that_runs_keeps_it_from_being_replaced(
    used: Path, archive: Path, micboard: Command
) -> None:
    before = (used / "data" / "micboard.db").read_bytes()
    with hold_lock(used / "data" / "running.lock", "run"):
        answer = micboard("restore", str(archive), "--yes")
    assert (answer.code, "Another micboard-tui works on the same data" in answer.err) == (1, True)
    use = FileUse(used / "data" / "micboard.db")
    assert use.share(0.0)
    answer = micboard("restore", str(archive), "--yes")
    use.let_go()
    assert (answer.code, "is in use by another program" in answer.err) == (1, True)
    assert (used / "data" / "micboard.db").read_bytes() == before


def test_a_locked_show_and_a_program_that_only_reads_are_not_replaced(
    used: Path, archive: Path, micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(used / "data" / "micboard.db")) as raw, raw:
        raw.execute("INSERT INTO show_lock VALUES (1, 'Pia', 1790000000.0, 'x', 0, NULL)")
    answer = micboard("restore", str(archive), "--yes")
    assert (answer.code, "The show is locked, by Pia" in answer.err) == (1, True)
    with closing(sqlite3.connect(used / "data" / "micboard.db")) as raw, raw:
        raw.execute("DELETE FROM show_lock")
    monkeypatch.setenv("MICBOARD_READ_ONLY", "true")
    answer = micboard("restore", str(archive), "--yes")
    assert (answer.code, "only reads" in answer.err) == (1, True)
    assert not list(copies(used))


def test_a_lock_that_can_be_read_of_a_damaged_database_counts(
    used: Path, archive: Path, micboard: Command
) -> None:
    database = used / "data" / "micboard.db"
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("INSERT INTO show_lock VALUES (1, 'Pia', 1790000000.0, 'x', 0, NULL)")
        raw.execute("PRAGMA journal_mode = DELETE")
    content = database.read_bytes()
    # Without its first page nothing is found; that of a copy fits.
    database.write_bytes(bytes(4096) + content[4096:])
    answer = micboard("restore", str(archive), "--yes")
    assert (answer.code, "The show is locked, by Pia" in answer.err) == (1, True)
    database.write_bytes(b"nothing can be read of it " * 400)
    assert micboard("restore", str(archive), "--yes").code == 0
    assert names_of(micboard) == ["Rack A"]


def test_what_is_restored_and_not_in_the_audit_is_no_failure(
    used: Path, micboard: Command, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(used / "data" / "micboard.db")) as raw, raw:
        raw.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit"
            " BEGIN SELECT raise(ABORT, 'database or disk is full'); END"
        )
    file = tmp_path / "full.zip"
    assert micboard("backup", str(file)).code == 0
    answer = micboard("restore", str(file), "--yes")
    assert answer.code == 0, answer.err
    assert "It is restored, but that is not in the audit" in answer.err


def test_an_archive_writes_nowhere_but_to_our_own_files(used: Path, archive: Path, micboard: Command) -> None:
    evil = archive.with_name("evil.zip")
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(evil, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        for name in ("../../evil.toml", "themes/../../evil.toml", "themes/.evil.toml"):
            target.writestr(name, "gotcha")
    before = {path for path in used.parent.rglob("*") if "backups" not in path.parts}
    assert micboard("restore", str(evil), "--yes").code == 0
    after = {path for path in used.parent.rglob("*") if "backups" not in path.parts}
    assert not any("evil" in path.name for path in after - before)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"this is no backup " * 400, "neither an archive nor a database"),
        (b"", "no tables of micboard-tui"),
        (b"PK\x05\x06" + bytes(18), "not made by micboard-tui backup"),
    ],
)
def test_what_is_no_backup_is_named_and_changes_nothing(
    used: Path, micboard: Command, tmp_path: Path, content: bytes, expected: str
) -> None:
    file = tmp_path / "other.zip"
    file.write_bytes(content)
    answer = micboard("restore", str(file), "--yes")
    assert (answer.code, expected in answer.err) == (1, True), answer.err
    assert names_of(micboard) == ["Rack A"]
    assert not list(copies(used))


def test_backups_of_a_newer_release_and_damaged_ones_are_refused(
    used: Path, archive: Path, micboard: Command, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as source:
        source.extract("micboard.db", tmp_path)
    newer = tmp_path / "micboard.db"
    with closing(sqlite3.connect(newer)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    answer = micboard("restore", str(newer), "--yes")
    assert (answer.code, "Update micboard-tui" in answer.err) == (1, True)
    content = newer.read_bytes()
    newer.write_bytes(content[: len(content) // 2])
    answer = micboard("restore", str(newer), "--yes")
    assert (answer.code, "is damaged" in answer.err) == (1, True)
    assert names_of(micboard) == ["Rack A"]


def test_a_damaged_database_can_be_replaced_and_is_kept(used: Path, archive: Path, micboard: Command) -> None:
    database = used / "data" / "micboard.db"
    for suffix in ("-wal", "-shm"):
        database.with_name(f"micboard.db{suffix}").unlink(missing_ok=True)
    database.write_bytes(b"this is no database " * 400)
    answer = micboard("restore", str(archive), "--yes")
    assert answer.code == 0, answer.err
    assert "cannot be read" in answer.out
    (kept,) = database.parent.glob("micboard-damaged-*.db")
    assert str(kept) in answer.out
    assert names_of(micboard) == ["Rack A"]


def test_a_full_disk_leaves_everything_as_it_was(used: Path, archive: Path, micboard: Command) -> None:
    before = archive.read_bytes()
    with full_disk():
        answer = micboard("backup", str(archive), "--yes")
        assert (answer.code, "disk" in answer.err) == (1, True)
        answer = micboard("restore", str(archive), "--yes")
        assert (answer.code, "disk" in answer.err) == (1, True)
    assert archive.read_bytes() == before
    assert names_of(micboard) == ["Rack A"]
    assert not [path for path in used.rglob("*") if path.name.startswith(".micboard-")]


def test_without_a_database_there_is_nothing_to_back_up(home: Path, micboard: Command) -> None:
    (home / "data" / "micboard.db").unlink()
    answer = micboard("backup", str(home / "empty.zip"))
    assert (answer.code, "There is no database" in answer.err) == (1, True)
    assert not (home / "data" / "micboard.db").exists()


def test_a_place_that_cannot_be_written_is_named_and_not_the_database(
    used: Path, tmp_path: Path, micboard: Command
) -> None:
    file = tmp_path / "nowhere" / "tour.zip"
    for words in (("backup", str(file)), ("doctor", "--bundle", str(file)), ("record", str(file))):
        said_no(micboard(*words), "DIRECTORY_NOT_WRITABLE")
    answer = micboard("backup", str(file))
    where = f"{file} cannot be written (No such file or directory)"
    assert answer.err == f"DIRECTORY_NOT_WRITABLE: {where}. Choose another place.\n"


def test_a_file_that_is_there_is_not_overwritten_unasked(archive: Path, micboard: Command) -> None:
    answer = micboard("backup", str(archive))
    assert (answer.code, "is there already" in answer.err) == (1, True)


def test_a_server_has_its_own_commands_which_are_named_without_the_password(
    micboard: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICBOARD_DATABASE_URL", "postgresql://me:hush@db.site:5433/tour")
    for command in (("backup",), ("backup", "--list"), ("restore", os.devnull, "--yes")):
        answer = micboard(*command)
        assert answer.code == 1
        assert "pg_dump --format=custom" in answer.err
        assert "--host=db.site --port=5433 --username=me --dbname=tour" in answer.err
        assert "hush" not in answer.err + answer.out
    assert home.exists()
