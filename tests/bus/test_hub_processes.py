"""Hubs in processes of their own, at a real nats-server and on a real database, and one that is killed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.remote_services import RemoteServices, attach_services
from micboard_tui.bus.connection import Connection
from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.services.steady_clock import steady_s
from tests.bus.nats_servers import NatsOfTest, open_nats
from tests.fakes.links import until
from tests.fakes.recorded_services import KnownSigns

pytestmark = pytest.mark.integration

SUBJECTS = Subjects()
TAKEN_WITHIN_S = 5.0


class HubProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: list[str] = []
        self.reading = asyncio.create_task(self._read())

    @property
    def is_active(self) -> bool:
        return self.told[-1:] == ["active"]

    async def kill(self) -> None:
        self.process.kill()
        await self.end()

    async def end(self) -> None:
        await self.process.wait()
        await self.reading

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.told.append(line.decode().strip())


@asynccontextmanager
async def running_hub(nats: NatsOfTest, database: str, home: Path) -> AsyncIterator[HubProcess]:
    command = ("-m", "tests.fakes.hub_process", nats.server.url, database, str(home), home.name)
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    hub = HubProcess(process)
    try:
        yield hub
    finally:
        if process.returncode is None:
            process.terminate()
        await hub.end()


async def attach(connection: Connection) -> RemoteServices:
    mirror = Mirror(connection, SUBJECTS, "test", steady_s, steady_s)
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
        await until(lambda: len(self.acknowledged) > before + 10)

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
            if answer.success:
                self.acknowledged.append(name)
            elif answer.error.code is not ErrorCode.OUTCOME_UNKNOWN:
                await asyncio.sleep(0.1)


async def test_a_hub_that_is_killed_loses_nothing_that_was_answered_and_the_next_one_goes_on(
    postgres_url: str, tmp_path: Path
) -> None:
    async with (
        open_nats(tmp_path) as nats,
        running_hub(nats, postgres_url, tmp_path / "one") as one,
        running_hub(nats, postgres_url, tmp_path / "two") as two,
    ):
        await until(lambda: one.is_active or two.is_active)
        first, second = (one, two) if one.is_active else (two, one)
        await until(lambda: second.told == ["waits"])
        adding = Adding(await attach(await nats.connect()))
        await adding.more()
        killed_at = steady_s()
        await first.kill()
        await until(lambda: second.is_active)
        assert steady_s() - killed_at < TAKEN_WITHIN_S
        await adding.more()
        assert await adding.find_lost() == set()
