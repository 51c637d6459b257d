"""Hubs in processes of their own, a real nats-server and a real database, which are frozen and killed."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.remote_services import RemoteServices, attach_services
from micboard_tui.bus.connection import Connection
from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.command import SetGain
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.services.steady_clock import steady_s
from micboard_tui.simulator.rack.rack import Rack
from tests.bus.nats_servers import NatsOfTest, open_nats
from tests.fakes.collectors import (
    count_sets,
    most_connections,
    open_receivers,
    receivers_of,
    register,
    running_collectors,
)
from tests.fakes.forks import ForkedProcess, running_module
from tests.fakes.links import until
from tests.fakes.recorded_services import KnownSigns
from tests.postgres.server import PostgresServer, kill_server, own_server, start_again

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600), pytest.mark.long, pytest.mark.no_cover]

SUBJECTS = Subjects()
TAKEN_WITHIN_S = 20.0
"""Five seconds on a machine that is not busy."""
AWAY_S, FRESH_S = 30.0, 2.0
NOTHING_DONE = {
    ErrorCode.NOT_SERVED,
    ErrorCode.BUS_LOST,
    ErrorCode.NO_COLLECTOR,
    ErrorCode.DEVICE_NOT_HELD,
}
REF, GAIN = ChannelRef(DeviceId("d0"), 1), "AUDIO_GAIN"


class HubProcess:
    def __init__(self, process: ForkedProcess, output: Path) -> None:
        self.process, self._output = process, output

    @property
    def told(self) -> Sequence[str]:
        return self._output.read_text().split()

    @property
    def is_active(self) -> bool:
        return self.told[-1:] == ["active"]

    async def kill(self) -> None:
        self.process.kill()
        await self.end()

    async def end(self) -> None:
        await until(lambda: self.process.poll() is not None)


@asynccontextmanager
async def running_hub(nats: NatsOfTest, database: str, home: Path) -> AsyncIterator[HubProcess]:
    words = (nats.server.url, database, str(home), home.name)
    output = home.with_suffix(".told")
    with running_module("tests.fakes.hub_process", *words, output=output) as process:
        hub = HubProcess(process, output)
        try:
            yield hub
        finally:
            process.send_signal(signal.SIGTERM)
            await hub.end()


async def attach(connection: Connection) -> RemoteServices:
    mirror = Mirror(connection, SUBJECTS, "test", steady_s, time.time)
    client = CallClient(connection, SUBJECTS, "api", acts_for_others=True)
    attached = await attach_services(client, mirror, KnownSigns())
    assert attached.success, attached.error
    return attached.data


class Adding:
    """Adds performers one after the other, whatever is answered."""

    def __init__(self, services: RemoteServices) -> None:
        self.services = services
        self.acknowledged: list[str] = []
        self.task = asyncio.create_task(self._run())

    async def more(self) -> None:
        """Until some more were acknowledged."""
        before = len(self.acknowledged)
        await until(lambda: len(self.acknowledged) > before + 5)

    async def find_lost(self) -> set[str]:
        """Those that were acknowledged and are not there."""
        self.task.cancel()
        listed = await self.services.assignments.list_performers()
        assert listed.success
        return set(self.acknowledged) - {performer.name for performer in listed.data}

    async def _run(self) -> None:
        for number in range(10_000):
            name = f"Performer {number}"
            answer = await self.services.assignments.add_performer(name, actor="Ada")
            await asyncio.sleep(0.2)
            if answer.success:
                self.acknowledged.append(name)
            elif answer.error.code is not ErrorCode.OUTCOME_UNKNOWN:
                await asyncio.sleep(0.1)


class Site:
    """Two hubs that can be killed and frozen, and here a collector, its receiver and a board."""

    def __init__(self, hubs: tuple[HubProcess, HubProcess], services: RemoteServices, rack: Rack) -> None:
        self.hubs, self.services, self.rack = hubs, services, rack
        self.live = cast("Mirror", services.live)
        (self.receiver,) = count_sets(rack)

    @property
    def gains(self) -> int:
        """So often the receiver was told its gain."""
        return self.receiver.sets[GAIN]

    @property
    def is_read(self) -> bool:
        """Whether the board shows what the receiver says at this moment."""
        channels = self.live.changed_since(0, [REF]).channels
        ages_s = [state.age_s(self.live.now()) for state in channels]
        is_fresh = any(age_s is not None and age_s < FRESH_S for age_s in ages_s)
        return is_fresh and self.live.findings.lost is None

    @property
    def shown_gain_db(self) -> int | None:
        state = self.live.channel(REF)
        return None if state is None else state.facts.gain_db

    async def gain_db(self) -> int:
        """Once it is known."""
        await until(lambda: self.shown_gain_db is not None)
        return self.shown_gain_db or 0

    async def until_active(self) -> tuple[HubProcess, HubProcess]:
        """The active one, and the one that waits."""
        one, two = self.hubs
        await until(lambda: one.is_active != two.is_active and all(hub.told for hub in self.hubs))
        return (one, two) if one.is_active else (two, one)

    async def set_gain(self, gain_db: int) -> ErrorCode | None:
        """What it ended with; None: it was done. It is tried until it is known that it may have begun.

        A hub that became the active one does not know that control was armed.
        """
        while True:
            answer = await self.services.control.execute(REF.device_id, SetGain(1, gain_db), actor="Ada")
            if answer.success:
                return None
            if answer.error.code is ErrorCode.CONTROL_NOT_ARMED:
                await self.services.users.arm_control(5, actor="Ada")
                continue
            if answer.error.code not in NOTHING_DONE:
                return answer.error.code
            await asyncio.sleep(0.1)


@asynccontextmanager
async def opened(nats: NatsOfTest, database: str, home: Path) -> AsyncIterator[Site]:
    async with (
        open_receivers(1, "127.0.29.110") as rack,
        running_hub(nats, database, home / "one") as one,
        running_hub(nats, database, home / "two") as two,
    ):
        await until(lambda: one.is_active or two.is_active)
        await register(rack, database)
        async with running_collectors(database, home, ("left", await nats.connect())):
            services = await attach(await nats.connect())
            running = asyncio.create_task(cast("Mirror", services.live).run())
            site = Site((one, two), services, rack)
            await until(lambda: site.is_read)
            yield site
            running.cancel()


async def test_hubs_that_freeze_and_die_do_nothing_twice_and_lose_nothing_that_was_answered(
    tmp_path: Path,
) -> None:
    """One journey, since processes take long to start; it mostly waits."""
    with own_server(tmp_path) as server:
        await server.execute("CREATE DATABASE kept")
        async with (
            open_nats(tmp_path / "nats") as nats,
            opened(nats, server.network_url("kept"), tmp_path) as site,
        ):
            adding = Adding(site.services)
            await adding.more()
            await freeze_a_hub(site)
            await kill_a_hub(site)
            await adding.more()
            await kill_the_record(site, server, tmp_path / "postgres.users")
            await adding.more()
            await take_the_bus_away(site, nats)
            await adding.more()
            assert await adding.find_lost() == set()
            await take_a_command_back(site)

            assert most_connections(site.rack) == [1]


async def take_a_command_back(site: Site) -> None:
    """Undo goes from the hub to the collector that holds the device."""
    before = await site.gain_db()
    assert await site.set_gain(before - 3) is None
    await until(lambda: site.shown_gain_db == before - 3)
    undone = await site.services.assignments.undo(actor="Ada")
    assert undone.success, undone
    assert undone.data.text.endswith(f"gain set to {before - 3:+d} dB")
    await until(lambda: site.shown_gain_db == before)


async def freeze_a_hub(site: Site) -> None:
    """What is asked of one that stands still is done by the other one, and not again when it wakes."""
    first, second = await site.until_active()
    first.process.send_signal(signal.SIGSTOP)
    began_at = steady_s()
    assert await site.set_gain(7) is None
    note("a command while the hub stands still", steady_s() - began_at)
    assert site.gains == 1
    await until(lambda: second.is_active)
    first.process.send_signal(signal.SIGCONT)
    await until(lambda: not first.is_active)
    assert site.gains == 1


async def kill_a_hub(site: Site) -> None:
    """Of a command that the receiver got while the hub died it is not known; it gets it once.

    The next hub knows no arming, and boards see that theirs is gone.
    """
    first, second = await site.until_active()
    await until(lambda: bool(site.services.live.findings.armings))
    site.receiver.unanswered = GAIN
    asked = asyncio.create_task(site.set_gain(9))
    await until(lambda: site.gains == 2)
    killed_at = steady_s()
    await first.kill()
    await until(lambda: second.is_active)
    note("the next hub is active", steady_s() - killed_at)
    assert steady_s() - killed_at < TAKEN_WITHIN_S
    assert await asked is ErrorCode.OUTCOME_UNKNOWN
    await until(lambda: not site.services.live.findings.armings)
    site.receiver.unanswered = ""
    assert site.gains == 2
    assert await site.set_gain(11) is None


async def kill_the_record(site: Site, server: PostgresServer, users: Path) -> None:
    """Values go on, and changes say why they fail."""
    kill_server(server)
    failed = await site.services.locations.create("Pit", actor="Ada")
    assert failed.error is not None
    assert failed.error.code is ErrorCode.DATABASE_ERROR
    await until(lambda: site.is_read)
    await asyncio.to_thread(start_again, server, users)


async def take_the_bus_away(site: Site, nats: NatsOfTest) -> None:
    """For long: the only collector keeps its session, and the board shows nothing as live."""
    (accepted,) = [device.accepted for device in receivers_of(site.rack)]
    await nats.stop()
    stopped_at = steady_s()
    await until(lambda: site.live.findings.lost is not None)
    await asyncio.sleep(stopped_at + AWAY_S - steady_s())
    state = site.live.channel(REF)
    assert state is not None
    assert state.link_state is LinkState.UNKNOWN
    await nats.start()
    back_at = steady_s()
    await until(lambda: site.is_read)
    note("all is right after the bus was away for long", steady_s() - back_at)
    assert [device.accepted for device in receivers_of(site.rack)] == [accepted]


def note(what: str, seconds: float) -> None:
    print(f"{what}: {seconds:.1f} s")  # noqa: T201 - measured
