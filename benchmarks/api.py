"""What reading a large rack over HTTP costs the server.

By hand:

    uv run python benchmarks/api.py [--channels 4000] [--gets 1000] [--clients 20]

A process serves a rack whose channels all report meters each second, without limits of rate; clients on
connections that stay open ask it over the loopback as fast as they are answered. Printed for each way of
asking: processor time of the server a GET, without what the rack itself costs; how many GETs were answered a
second, how often the document of all devices was made meanwhile, and for how long at most a single step of
the server kept all else waiting. The last way is a client of live updates that connects, reads its snapshot
and goes, again and again.
"""

import argparse
import asyncio
import gc
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import anyio
from documents import Rack
from live import HANDSHAKE, read_frame
from loop_holds import LoopHolds
from processes import cpu_s, quiet_logs

from micboard_tui.api.application import build_application
from micboard_tui.api.context import make_context
from micboard_tui.api.device_documents import AllDevices, DeviceDocuments
from micboard_tui.api.options import ApiOptions, RateLimits
from micboard_tui.api.server import Listening, open_listener
from micboard_tui.api.server import serve as serve_application
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, open_container

HOST, PORT = "127.0.0.1", 18642
IDLE_S = 5.0
START_S = 60.0
DEVICES = "/api/v1/devices"
LIVE_SNAPSHOTS = 5
SNAPSHOT_BYTES = 2000
"""The messages before it are shorter."""


class CountedDocuments(DeviceDocuments):
    """Counts how often the document is made."""

    made = 0

    async def _write(self) -> AllDevices:
        self.made += 1
        return await super()._write()


def serve(channels: int, pipe: Connection) -> None:
    """The served process.

    It answers each message of ``pipe`` with how many documents were made so far, and the longest hold of its
    loop since the message before.
    """
    quiet_logs()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(channels, pipe))


async def _serve(channels: int, pipe: Connection) -> None:
    rack, holds = Rack(channels), LoopHolds()
    unhurried = ApiOptions(rates=RateLimits(*[1_000_000] * 4))
    with tempfile.TemporaryDirectory() as home:
        paths = paths_under(Path(home))
        make_directories(paths)
        async with open_container(Options(), paths) as container:
            context = make_context(replace(container, live=rack.live), unhurried)
            documents = CountedDocuments(rack.live, time.monotonic)
            application = build_application(replace(context, documents=documents))
            gc.freeze()  # as serve does
            listener = await open_listener(Listening(HOST, PORT))
            ready = anyio.Event()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(serve_application, application, listener, ready)
                tasks.start_soon(_hear, rack, holds)
                await ready.wait()
                pipe.send(None)
                while await anyio.to_thread.run_sync(pipe.recv):
                    pipe.send((documents.made, holds.take_ms()))
                tasks.cancel_scope.cancel()


async def _hear(rack: Rack, holds: LoopHolds) -> None:
    # All devices at one moment, which sessions never bring.
    holds.leave_out(asyncio.current_task())
    turn = 0
    while True:
        rack.hear_meters(turn)
        turn += 1
        await anyio.sleep(1)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    size: int


async def get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, headers: Mapping[str, str]
) -> Answer:
    """Ask once on an open connection, and read the whole answer."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {HOST}:{PORT}",
        *(f"{name}: {headers[name]}" for name in headers),
    ]
    writer.write("\r\n".join((*lines, "", "")).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    answered = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    size = int(answered.get("content-length", 0))
    await reader.readexactly(size)
    return Answer(int(head[0].split()[1]), answered, size)


class Way:
    """A way of asking; with ``is_known`` the clients send the ETag that they were answered last."""

    def __init__(self, title: str, path: str, *, gzip: bool = False, is_known: bool = False) -> None:
        self.title, self.path, self.is_known = title, path, is_known
        self._headers = {"Accept-Encoding": "gzip"} if gzip else {}
        self._left = 0
        self.bytes = self.unchanged = 0

    async def ask(self, gets: int, clients: int) -> int:
        """All clients together ask so often; how often they did."""
        self._left, self.bytes, self.unchanged = gets, 0, 0
        await asyncio.gather(*(self._client() for _ in range(clients)))
        return gets

    async def _client(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, PORT, limit=2**22)
        headers = dict(self._headers)
        while self._left > 0:
            self._left -= 1
            answer = await get(reader, writer, self.path, headers)
            self.bytes += answer.size
            self.unchanged += answer.status == 304
            if self.is_known:
                headers["If-None-Match"] = answer.headers["etag"]
        writer.close()
        await writer.wait_closed()


class LiveWay(Way):
    """Clients of live updates that leave with their first snapshot."""

    def __init__(self) -> None:
        super().__init__("a live snapshot", "/api/v1/live")

    async def ask(self, gets: int, clients: int) -> int:
        self.bytes, count = 0, min(gets, clients, LIVE_SNAPSHOTS)
        for _ in range(count):
            self.bytes += await _read_snapshot()
        return count


async def _read_snapshot() -> int:
    reader, writer = await asyncio.open_connection(HOST, PORT, limit=2**24)
    writer.write(HANDSHAKE.format(channels="", fps=1, host=HOST, port=PORT).encode())
    await reader.readuntil(b"\r\n\r\n")
    buffer, size, is_last = b"", 0, False
    # The first message is the greeting.
    while not (is_last and size > SNAPSHOT_BYTES):
        buffer += await reader.read(2**20)
        while (frame := read_frame(buffer)) is not None:
            is_last = bool(buffer[0] & 0x80)
            size, buffer = size + len(frame[1]), frame[2]
    writer.close()
    return size


WAYS = (
    Way("all devices, gzip and ETag", DEVICES, gzip=True, is_known=True),
    Way("all devices, gzip", DEVICES, gzip=True),
    Way("one location, gzip", f"{DEVICES}?location=zone-1", gzip=True),
    Way("one device", f"{DEVICES}/device-7"),
    Way("one channel", "/api/v1/channels/device-7/2"),
    Way("100 channels, gzip", "/api/v1/channels?limit=100", gzip=True),
    Way("what is low", "/api/v1/receivers/low_battery?threshold=20"),
    Way("the plan, gzip", "/api/v1/plan", gzip=True),
    Way("whether it lives", "/healthz"),
    Way("all devices", DEVICES),
    LiveWay(),
)


def measure(options: argparse.Namespace) -> None:
    """Ask in every way, and print the figures."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(options.channels, theirs))
    server.start()
    theirs.close()
    if not ours.poll(START_S):
        server.kill()
        sys.exit("The served process does not answer")
    ours.recv()
    pid = server.pid or 0
    time.sleep(1)
    before = cpu_s(pid)
    time.sleep(IDLE_S)
    idle = (cpu_s(pid) - before) / IDLE_S
    print(f"the rack itself: {idle * 1000:.0f} ms of processor time a second")
    for way in WAYS:
        ours.send(True)
        (made, _), before, began = ours.recv(), cpu_s(pid), time.monotonic()
        gets = asyncio.run(way.ask(options.gets, options.clients))
        passed_s = time.monotonic() - began
        cpu_ms = (cpu_s(pid) - before - idle * passed_s) * 1000
        ours.send(True)
        made_now, hold_ms = ours.recv()
        print(
            f"{way.title:<27} {cpu_ms / gets:7.2f} ms a GET, {gets / passed_s:6.0f} a second,"
            f" {way.bytes / gets / 1000:7.1f} kB,"
            f" {way.unchanged:4} times 304, document made {made_now - made} x,"
            f" longest hold {hold_ms:5.1f} ms",
            flush=True,
        )
    ours.send(False)
    server.join()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, default=4000)
    parser.add_argument("--gets", type=int, default=1000, help="in each way")
    parser.add_argument("--clients", type=int, default=20, help="at a time")
    measure(parser.parse_args())


if __name__ == "__main__":
    main()
