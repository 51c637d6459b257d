"""A repair of the database that is killed at any moment: the damaged file or the repaired one is there."""

import asyncio
import os
import random
import signal
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from shutil import copyfile

import pytest

from micboard_tui.domain.identity import DeviceId
from micboard_tui.storage.database import open_database, sqlite_url
from tests.services.stage import RACK
from tests.storage.records import add
from tests.storage.repair.test_file_repair import page_of, wipe

pytestmark = [pytest.mark.integration, pytest.mark.no_cover]

DEATHS = 12
DEVICES = 60


async def prepare(file: Path) -> None:
    async with open_database(sqlite_url(file)) as database:
        places = range(DEVICES)
        await add(
            database.assignments,
            *(replace(RACK, id=DeviceId(f"{place:05}"), port=2202 + place) for place in places),
        )


async def count_devices(file: Path) -> int:
    async with open_database(sqlite_url(file)) as database:
        return len(await database.devices.all())


def repair(file: Path) -> None:
    asyncio.run(count_devices(file))


def test_a_repair_that_is_killed_is_done_by_the_next_start_and_loses_nothing(
    tmp_path: Path, empty_database: Path
) -> None:
    file = tmp_path / "show.db"
    copyfile(empty_database, file)
    asyncio.run(prepare(file))
    sound = copyfile(file, tmp_path / "sound")
    dice, forks = random.Random(3), get_context("fork")
    for _ in range(DEATHS):
        copyfile(sound, file)
        wipe(file, page_of(file, "devices"))
        damaged = file.read_bytes()
        process = forks.Process(target=repair, args=(file,))
        process.start()
        process.join(dice.random() * 0.4)
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert asyncio.run(count_devices(file)) == DEVICES
        kept = [path.read_bytes() for path in tmp_path.glob("show-damaged-*.db")]
        assert damaged in kept
        for path in tmp_path.glob("show-damaged-*"):
            path.unlink()
        assert not list(tmp_path.glob("show.db.re*"))
