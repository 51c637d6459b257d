"""The cost of live updates: WebSocket clients of ``serve``, and one that stops reading.

By hand:

    uv run python benchmarks/live.py [--receivers 25] [--clients 50] [--fps 10] [--seconds 20]

Starts ``simulate`` with receivers of four channels, ``serve`` and the clients as processes of their own.
Prints the processor time (user and system) that ``serve`` takes a second without clients, with clients that
all watch the same channels, and with clients that each watch others; then how long clients that stop reading
are kept, and what memory they cost until then. All over the loopback.
"""

import argparse
import asyncio
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import IO, cast

from poll import register
from processes import RUN, cpu_s, interrupt, memory_mb, quiet_logs, simulate

WARM_UP_S = 8.0
SETTLE_S = 3.0
START_LIMIT_S = 120.0
ADDRESS = "127.0.9.2"
HOST, PORT = "127.0.0.1", 8699
NO_LIMITS = {"MICBOARD_API__LIVE_CONNECTIONS": "400", "MICBOARD_API__READS_PER_SECOND": "10000"}
"""All clients come from one address, and at once."""
STUCK = 20
STUCK_LIMIT_S = 40.0
SMALL_BUFFER = 4096
HANDSHAKE = (
    "GET /api/v1/live?channels={channels}&fps={fps} HTTP/1.1\r\nHost: {host}:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Client(asyncio.Protocol):
    """Counts messages and answers pings; it parses nothing, so that fifty of them cost little."""

    def __init__(self, channels: str, fps: float) -> None:
        self._request = HANDSHAKE.format(channels=channels, fps=fps, host=HOST, port=PORT).encode()
        self._buffer = b""
        self._is_open = False
        self.messages = self.bytes = 0
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def connection_lost(self, _: Exception | None) -> None:
        self.is_lost = True

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        self._buffer += data
        if not self._is_open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                raise ConnectionError(head)
            self._is_open, self._buffer = True, rest
        while (frame := read_frame(self._buffer)) is not None:
            opcode, payload, self._buffer = frame
            self.messages += opcode == 1
            if opcode == 9:
                self._transport.write(struct.pack("!BBI", 0x8A, 0x80 | len(payload), 0) + payload)


def read_frame(buffer: bytes) -> tuple[int, bytes, bytes] | None:
    """The opcode and payload of the first frame, and what follows; None: it is not whole."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1] & 0x7F, 2
    if length == 126:
        length, start = int.from_bytes(buffer[2:4]), 4
    elif length == 127:
        length, start = int.from_bytes(buffer[2:10]), 10
    if len(buffer) < start + length:
        return None
    return buffer[0] & 0x0F, buffer[start : start + length], buffer[start + length :]


async def run_clients(subscriptions: list[str], fps: float) -> None:
    """Be the clients; on each line of the standard input print what they got, and end with it."""
    loop = asyncio.get_running_loop()
    clients = []
    for channels in subscriptions:
        _, client = await loop.create_connection(partial(Client, channels, fps), HOST, PORT)
        clients.append(client)
    print("open", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        messages, size = sum(each.messages for each in clients), sum(each.bytes for each in clients)
        lost = sum(each.is_lost for each in clients)
        print(json.dumps([messages, size, lost]), flush=True)


class ClientProcess:
    """The clients, in a process of their own."""

    def __init__(self, subscriptions: list[str], fps: float) -> None:
        command = [sys.executable, __file__, "--be-clients", json.dumps(subscriptions), "--fps", str(fps)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._read()

    def count(self) -> tuple[int, int, int]:
        """The messages and bytes that they got so far, and how many of them lost their connection."""
        cast("IO[str]", self._process.stdin).write("\n")
        messages, size, lost = json.loads(self._read())
        return messages, size, lost

    def end(self) -> None:
        self._process.communicate()

    def _read(self) -> str:
        return cast("IO[str]", self._process.stdout).readline()


def measure_load(title: str, pid: int, subscriptions: list[str], options: argparse.Namespace) -> float:
    """Print what the server takes with these clients; its processor time in ms a second."""
    clients = ClientProcess(subscriptions, options.fps)
    time.sleep(SETTLE_S)
    first, start, before = clients.count(), time.monotonic(), cpu_s(pid)
    time.sleep(options.seconds)
    last, passed_s, used_s = clients.count(), time.monotonic() - start, cpu_s(pid) - before
    clients.end()
    messages, size = (last[0] - first[0]) / passed_s, (last[1] - first[1]) / passed_s / 1000
    print(
        f"{title}: {used_s / passed_s * 1000:.1f} ms of processor time a second, {messages:.0f} messages and"
        f" {size:.0f} kB a second to {len(subscriptions)} clients, {last[2]} lost"
    )
    return used_s / passed_s * 1000


def measure_idle(pid: int, seconds: float) -> float:
    start, before = time.monotonic(), cpu_s(pid)
    time.sleep(seconds)
    return (cpu_s(pid) - before) / (time.monotonic() - start) * 1000


def measure_stuck(pid: int, fps: float) -> None:
    """Open connections, stop reading, and print how long they last and what they cost."""
    before = memory_mb(pid)
    sockets = []
    for _ in range(STUCK):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        client.connect((HOST, PORT))
        client.sendall(HANDSHAKE.format(channels="all", fps=fps, host=HOST, port=PORT).encode())
        client.recv(200)
        sockets.append(client)
    start, most = time.monotonic(), before
    inodes_before = count_descriptors(pid)
    while (passed_s := time.monotonic() - start) < STUCK_LIMIT_S:
        most = max(most, memory_mb(pid))
        if count_descriptors(pid) <= inodes_before - STUCK:
            break
        time.sleep(0.1)
    print(
        f"{STUCK} clients that stop reading: gone after {passed_s:.1f} s, each took"
        f" {max(0.0, most - before) / STUCK * 1000:.0f} kB of the process"
    )
    for client in sockets:
        client.close()


def count_descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def wait_for_channels(count: int) -> list[str]:
    """Wait until all devices answer."""
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        try:
            channels = list_channels()
        except OSError:
            channels = []
        if len(channels) >= count:
            return channels
        time.sleep(0.5)
    raise TimeoutError("not all receivers answer")


def list_channels() -> list[str]:
    connection = http.client.HTTPConnection(HOST, PORT)
    connection.request("GET", "/api/v1/devices")
    devices = json.loads(connection.getresponse().read())["devices"]
    connection.close()
    return [f"{each['device_id']}/{channel['number']}" for each in devices for channel in each["channels"]]


def measure(options: argparse.Namespace) -> None:
    """Run all processes and print the figures; whatever happens, none is left."""
    simulator, devices = simulate(
        *("--receivers", str(options.receivers), "--model", "ULXD4Q"),
        *("--scenario", "calm", "--address", ADDRESS),
    )
    try:
        with tempfile.TemporaryDirectory() as home:
            asyncio.run(register(devices, home))
            environment = os.environ | {"MICBOARD_HOME": home, **NO_LIMITS}
            command = [*RUN, "serve", "--listen", f"{HOST}:{PORT}"]
            server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)
            try:
                measure_server(server.pid, options)
            finally:
                interrupt(server)
    finally:
        interrupt(simulator)


def measure_server(pid: int, options: argparse.Namespace) -> None:
    channels = wait_for_channels(4 * options.receivers)
    time.sleep(WARM_UP_S)
    idle = measure_idle(pid, options.seconds)
    print(f"{len(channels)} channels, no client: {idle:.1f} ms of processor time a second")
    same = ["all"] * options.clients
    half = [",".join(channels[index : index + len(channels) // 2]) for index in range(options.clients)]
    for title, subscriptions in (("all channels", same), ("other channels each", half)):
        used = measure_load(title, pid, subscriptions, options)
        print(f"  for live updates {used - idle:.1f} ms a second, {(used - idle) / 10:.1f} % of a core")
    measure_stuck(pid, options.fps)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--receivers", type=int, default=25)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--fps", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--be-clients", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    quiet_logs()
    if options.be_clients is not None:
        asyncio.run(run_clients(options.be_clients, options.fps))
    else:
        measure(options)


if __name__ == "__main__":
    main()
