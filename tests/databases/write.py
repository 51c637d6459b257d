"""Writes a stored database of the present schema: ``python -m tests.databases.write``.

A file that is there is never changed.
"""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import TypeVar

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show import Show
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope
from micboard_tui.domain.user import Permission
from micboard_tui.storage.database import open_database, sqlite_url
from micboard_tui.storage.schema_upgrade import HEAD

HERE = Path(__file__).parent
ACTOR = "Pia"
Value = TypeVar("Value")


def data_of(result: ServiceResult[Value]) -> Value:
    if not result.success:
        raise SystemExit(result.error.message)
    return result.data


async def write(home: Path) -> Path:
    """Make a database with an entry of every kind that people make; where it is."""
    paths = paths_under(home)
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        rack, other = await _register(container)
    async with open_database(sqlite_url(paths.database_file)) as database:
        states = [ChannelState(rack.id, 1, facts=ChannelFacts(name="Lead Vox", frequency_khz=578_350))]
        await database.devices.store([], [*states, ChannelState(other.id, 1), ChannelState(other.id, 2)])
    async with open_container(Options(), paths) as container:
        await _arrange(container, ChannelRef(rack.id, 1), ChannelRef(other.id, 2))
    with closing(sqlite3.connect(paths.database_file, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute("VACUUM")
    return paths.database_file


async def _register(container: Container) -> tuple[Device, Device]:
    devices = container.devices
    rack = data_of(
        await devices.register(
            "shure",
            "127.0.0.2",
            driver="shure-strings",
            name="Rack 1",
            location="Main Stage",
            actor=ACTOR,
        )
    )
    other = data_of(await devices.register("shure", "127.0.0.3", driver="shure-strings", actor=ACTOR))
    return rack, other


async def _arrange(container: Container, lead: ChannelRef, backup: ChannelRef) -> None:
    people = container.assignments
    data_of(await people.add_performer("Zoë", part="lead vocals", actor=ACTOR))
    data_of(await people.assign([lead], "Ben", actor=ACTOR))
    data_of(await people.assign([lead], "Zoë", actor=ACTOR))
    data_of(await people.assign([backup], "Ben", role=Role.BACKUP, actor=ACTOR))
    data_of(await people.number_channels([lead], "7", actor=ACTOR))
    data_of(await container.shows.add_show(Show("Romeo"), actor=ACTOR))
    data_of(await container.shows.use_show("Romeo", actor=ACTOR))
    data_of(await container.handover.write("Pack 7 is slow", actor=ACTOR))
    data_of(await container.events.add_marker("Crackle", actor=ACTOR, channel=lead))
    data_of(
        await container.thresholds.change(
            ThresholdScope(), ThresholdName.BATTERY_LOW_PERCENT, 25.0, actor=ACTOR
        )
    )
    data_of(await people.add_performer("Cy", actor=ACTOR))
    data_of(await people.undo(actor=ACTOR))
    data_of(await container.users.add_user("ada", Permission.WATCH, "correct horse", actor=ACTOR))


def main() -> None:
    target = HERE / f"{HEAD}.db"
    if target.exists():
        sys.exit(f"{target} is there, and such a file is never changed")
    with tempfile.TemporaryDirectory() as home:
        copyfile(asyncio.run(write(Path(home))), target)
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
