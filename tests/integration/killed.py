"""A process that stores as fast as it can and says what it was told is stored. Run by test_kill.

Reads a line for every life it is to live; each life is a fork, so that fifty do not load Python fifty times.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

import structlog

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.config.settings import commented_defaults
from micboard_tui.contracts.alarms import AlarmChange
from micboard_tui.contracts.device import DeviceChange
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.channel import ChannelState, Meters
from micboard_tui.domain.device import DeviceState, DeviceStatus
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.assembly import build_services
from micboard_tui.services.records import Records
from micboard_tui.storage.database import Database, open_database, sqlite_url
from tests.fakes.plugins import Plugins, Rack, manufacturer
from tests.fakes.services import FakeSessions, fake_adapters


def acknowledged(*words: object) -> None:
    """Tell the test in one write, so that it is told entirely or not at all."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def store_readings(database: Database) -> None:
    """The load: a thousand channels of fifty devices, without a pause."""
    for turn in itertools.count():
        known = [device.id for device in await database.devices.all()][-50:]
        states = [
            ChannelState(each, number, link_state=LinkState.LIVE, meters=Meters(-40.0 - turn % 50))
            for each in known
            for number in range(1, 21)
        ]
        await database.devices.store(
            [DeviceState(each, status=DeviceStatus.ONLINE) for each in known], states
        )


async def register(database: Database, life: int) -> None:
    """Devices come, change and go; locations and alarms come, and a person sees the alarms."""
    adapters = fake_adapters(
        Records(database.devices, database.locations, database.assignments, database.shows),
        Plugins(manufacturer("shure", Rack())),
        alarms=database.alarms,
    )
    services = build_services(adapters, FakeSessions())
    devices, locations = services.devices, services.locations
    for number in itertools.count():
        added = await devices.register("shure", f"10.{life}.{number // 250}.{number % 250 + 1}", actor="Pia")
        assert added.success
        acknowledged("device", added.data.id, added.data.host)
        changed = await devices.update(added.data.id, DeviceChange(name=f"Rack {life}-{number}"), actor="Pia")
        assert changed.success
        acknowledged("name", added.data.id, f"Rack {life}-{number}")
        if number % 3 == 0:
            made = await locations.create(f"Stage {life}-{number}", actor="Pia")
            assert made.success
            acknowledged("location", made.data.id, made.data.name)
        if number % 4 == 1:
            key = AlarmKey(ProblemCode.RF_LOST, added.data.id, 1)
            alarm = Alarm(key, AlarmPriority.NOW, 1.0, 1.0)
            await database.alarms.store([AlarmChange(key, None, alarm)], [], is_durable=False)
            seen = await services.alarms.acknowledge([key], actor="Pia")
            assert seen.success
            acknowledged("seen", added.data.id)
        if number % 5 == 4:
            gone = await devices.remove(added.data.id, actor="Pia")
            assert gone.success
            acknowledged("removed", added.data.id)


async def configure(home: Path, life: int) -> None:
    file = paths_under(home).settings_file
    for number in itertools.count():
        fps = number % 17 + 4
        write_new(file, commented_defaults().replace("#fps = 10", f"fps = {fps}"), force=True)
        acknowledged("setting", life, fps)
        await asyncio.sleep(0.001)


async def live(home: Path, life: int) -> None:
    make_directories(paths_under(home))
    async with open_database(sqlite_url(paths_under(home).database_file)) as database:
        acknowledged("open", os.getpid())
        await asyncio.gather(store_readings(database), register(database, life), configure(home, life))


def main(home: Path) -> None:
    # Log lines would go to stdout, each in two writes, and a death between them would hide what follows.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    for life, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            os.close(0)
            asyncio.run(live(home, life))
        os.waitpid(child, 0)
        acknowledged("ended")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
