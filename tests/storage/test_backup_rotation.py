import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from micboard_tui.storage.backup_rotation import KEPT_DAYS, KEPT_UPGRADES, PAUSE_S, BackupRotation
from tests.fakes.full_disk import full_disk

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAUSE = timedelta(seconds=PAUSE_S)


@pytest.fixture
def file(tmp_path: Path, empty_database: Path) -> Path:
    return copyfile(empty_database, tmp_path / "show.db")


@pytest.fixture
def rotation(file: Path, tmp_path: Path) -> BackupRotation:
    return BackupRotation(file, tmp_path / "backups")


def make_step(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE revision SET number = number + 1")


def number_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as raw:
        number: int = raw.execute("SELECT number FROM revision").fetchone()[0]
    return number


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_there_is_a_copy_from_the_first_step_on(file: Path, rotation: BackupRotation) -> None:
    assert rotation.back_up_if_due(NOON) is None
    assert rotation.newest() is None
    make_step(file)
    copy = rotation.back_up_if_due(NOON)
    assert copy is not None
    assert copy.name == "show-20261123T120000.db"
    assert rotation.newest() == copy
    assert number_in(copy) == 1


def test_a_copy_is_due_when_something_changed_and_the_last_one_is_old_enough(
    file: Path, rotation: BackupRotation
) -> None:
    make_step(file)
    rotation.back_up_if_due(NOON)
    assert rotation.back_up_if_due(NOON + PAUSE) is None
    make_step(file)
    assert rotation.back_up_if_due(NOON + PAUSE - timedelta(seconds=1)) is None
    copy = rotation.back_up_if_due(NOON + PAUSE)
    assert copy is not None
    assert number_in(copy) == 2


def test_of_each_day_the_last_copy_stays_and_upgrades_beside_them(
    file: Path, rotation: BackupRotation, tmp_path: Path
) -> None:
    for day in range(KEPT_DAYS + 2):
        for hour in range(2):
            make_step(file)
            rotation.back_up_if_due(NOON + timedelta(days=day, hours=hour))
    for second in range(KEPT_UPGRADES + 3):
        rotation.back_up("0001", NOON + timedelta(seconds=second))
    days = [f"show-{NOON + timedelta(days=day, hours=1):%Y%m%dT%H%M%S}.db" for day in range(2, KEPT_DAYS + 2)]
    upgrades = [f"show-20261123T1200{second:02d}-schema-0001.db" for second in range(3, KEPT_UPGRADES + 3)]
    assert names(tmp_path / "backups") == sorted(days + upgrades)


def test_a_full_disk_leaves_the_copies_that_there_are(
    file: Path, rotation: BackupRotation, tmp_path: Path
) -> None:
    make_step(file)
    copy = rotation.back_up_if_due(NOON)
    make_step(file)
    with full_disk(4096):
        assert rotation.back_up_if_due(NOON + PAUSE) is None
    assert rotation.newest() == copy
    assert names(tmp_path / "backups") == ["show-20261123T120000.db"]


def test_what_killed_processes_left_goes_with_the_next_copy(
    file: Path, rotation: BackupRotation, tmp_path: Path
) -> None:
    directory = tmp_path / "backups"
    directory.mkdir()
    abandoned, growing = directory / "show-20261101T120000.part", directory / "show-20261123T120000.part"
    for path in (abandoned, directory / "show-20261101T120000.part-journal", growing):
        path.touch()
        if path is not growing:
            os.utime(path, (1e9, 1e9))
    make_step(file)
    rotation.back_up_if_due(NOON)
    assert names(directory) == ["show-20261123T120000.db", "show-20261123T120000.part"]


def test_what_cannot_be_deleted_keeps_no_copy_from_being_made(
    file: Path, rotation: BackupRotation, tmp_path: Path
) -> None:
    stuck = tmp_path / "backups" / "show-20261101T120000.part"
    stuck.mkdir(parents=True)
    os.utime(stuck, (1e9, 1e9))
    make_step(file)
    rotation.back_up_if_due(NOON)
    assert names(tmp_path / "backups") == [stuck.name, "show-20261123T120000.db"]


def test_other_files_are_left_alone(file: Path, rotation: BackupRotation, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "show-of-2019.db").touch()
    make_step(file)
    rotation.back_up_if_due(NOON)
    assert names(tmp_path / "backups") == ["show-20261123T120000.db", "show-of-2019.db"]


def test_a_file_without_our_tables_is_not_copied_by_itself(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as raw, raw:
        raw.execute("CREATE TABLE t (x)")
    rotation = BackupRotation(tmp_path / "x.db", tmp_path / "backups")
    assert rotation.back_up_if_due(NOON) is None
    assert rotation.back_up("0001", NOON).is_file()
