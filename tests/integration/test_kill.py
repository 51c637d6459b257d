"""Fifty violent deaths under load: the database opens, is whole, and has everything that was acknowledged."""

import asyncio
import os
import random
import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from micboard_tui.config.paths import paths_under
from micboard_tui.config.settings import load_settings
from micboard_tui.storage.database import open_database, sqlite_url
from tests.fakes.forks import conversing_module

pytestmark = pytest.mark.integration

DEATHS = 50
LIVES = (1, 3, 12)
"""So many acknowledgements a process lives at most, and ``LAST_S`` more: most lives are longer than one
transaction, some end in the middle of the first."""
LAST_S = 0.02


class Ledger:
    """What was acknowledged, and must be there."""

    def __init__(self) -> None:
        self.devices: dict[str, str | None] = {}
        self.locations: dict[str, str] = {}
        self.seen: set[str] = set()
        """Devices of which an alarm was acknowledged."""
        self.fps = 10

    @property
    def is_telling(self) -> bool:
        """Whether enough was acknowledged for its survival to prove something."""
        return len(self.devices) > DEATHS // 5 and bool(self.locations)

    def note(self, words: list[str]) -> None:
        match words:
            case ["device", key, _]:
                self.devices[key] = None
            case ["name", key, *name]:
                self.devices[key] = " ".join(name)
            case ["removed", key]:
                del self.devices[key]
            case ["location", key, *name]:
                self.locations[key] = " ".join(name)
            case ["seen", key]:
                self.seen.add(key)
            case ["setting", _, fps]:
                self.fps = int(fps)
            case _:
                pass


def live_and_die(told: IO[str], answered: IO[str], ledger: Ledger, dice: random.Random) -> None:
    """One life of the process that writes: from its start to its death, with all that it acknowledged."""
    told.write("live\n")
    told.flush()
    process, left = 0, int(dice.choice(LIVES) * dice.random())
    for line in answered:
        words = line.split()
        if words == ["ended"]:
            break
        if words[0] == "open":
            process = int(words[1])
        # Settings are acknowledged without end.
        if words[0] != "setting":
            if left == 0:
                threading.Timer(LAST_S * dice.random(), os.kill, [process, signal.SIGKILL]).start()
            left -= 1
        ledger.note(words)


@pytest.mark.long
@pytest.mark.timeout(170)
@pytest.mark.no_cover
def test_a_killed_process_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger = Ledger()
    dice = random.Random(7)
    with conversing_module("tests.integration.killed", str(tmp_path)) as (_, told, answered):
        for life in range(DEATHS):
            live_and_die(told, answered, ledger, dice)
            check(paths_under(tmp_path).database_file, ledger, life)
            # One write more may be done than is acknowledged; every life begins with 1.
            fps = {ledger.fps, (ledger.fps - 3) % 17 + 4, 4}
            assert load_settings(paths_under(tmp_path)).board.fps in fps
    assert ledger.is_telling
    names = asyncio.run(_names(paths_under(tmp_path).database_file))
    assert names.items() >= {key: name for key, name in ledger.devices.items() if name}.items()


async def _names(file: Path) -> dict[str, str | None]:
    """What our own code finds."""
    async with open_database(sqlite_url(file)) as database:
        return {device.id: device.name for device in await database.devices.all()}


def check(file: Path, ledger: Ledger, life: int) -> None:
    """As any other program would look at it, between two lives."""
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)], life
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == [], life
        devices = dict(raw.execute("SELECT id, name FROM devices").fetchall())
        locations = dict(raw.execute("SELECT id, name FROM locations").fetchall())
        seen = {row[0] for row in raw.execute("SELECT device_id FROM alarms WHERE acknowledged_by = 'Pia'")}
    for key, name in list(ledger.devices.items()):
        if key in devices:
            assert name is None or devices[key] == name, life
        else:
            # Every fifth is removed; that may be done and not be acknowledged yet.
            assert name is not None
            assert int(name.split("-")[1]) % 5 == 4, life
            del ledger.devices[key]
    assert locations.items() >= ledger.locations.items(), life
    assert seen >= ledger.seen, life
