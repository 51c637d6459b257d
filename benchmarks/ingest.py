"""What a meter sample costs, from bytes to a value, and through a socket.

By hand:

    uv run python benchmarks/ingest.py

Prints processor time a message: codec and mapping alone, then with the live state, then with sockets of 25
devices read at 8 messages a segment, as a busy rack sends them. Times are of this process only; the
senders are another one.
"""

import asyncio
import multiprocessing
import socket
import time
from collections.abc import Callable

from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.dialect import AXIENT, SLXD, ULXD, Dialect
from micboard_tui.manufacturers.shure.strings.meter_mapping import READERS
from micboard_tui.manufacturers.transport.tcp import dialer
from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Sample
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock

PER_SEGMENT = 8
SEGMENTS = 4000
DEVICES = 25
SOCKET_SEGMENTS_PER_S = 250
SOCKET_SECONDS = 8
BODIES = {
    "ULX-D": (ULXD, b"AX %03d %03d"),
    "SLX-D": (SLXD, b"%03d 098 %03d"),
    "Axient": (AXIENT, b"005 031 %03d 098 BB 31 %03d 15 065"),
}


def segments(body: bytes, count: int) -> list[bytes]:
    """``count`` segments of eight samples whose levels differ from one to the next."""
    made = []
    for number in range(count):
        samples = (
            b"< SAMPLE %d ALL %b >"
            % (1 + each % 4, body % (20 + (number * 7 + each) % 80, (number + each) % 50))
            for each in range(PER_SEGMENT)
        )
        made.append(b"".join(samples))
    return made


def best_us(run: Callable[[], None], messages: int) -> float:
    """The least processor time a message of five runs, in microseconds."""
    times = []
    for _ in range(5):
        before = time.process_time()
        run()
        times.append(time.process_time() - before)
    return min(times) / messages * 1e6


def codec_and_mapping(dialect: Dialect, stream: list[bytes]) -> float:
    read = READERS[dialect.family]

    def run() -> None:
        decoder = Decoder()
        for chunk in stream:
            for message in decoder.feed(chunk):
                if type(message) is Sample:
                    read(message.values)

    return best_us(run, len(stream) * PER_SEGMENT)


def opened(live: LiveState, number: int, dialect: Dialect) -> Conversation:
    """A conversation that has got as far as metering four channels."""
    device_id = DeviceId(str(number))
    talk = Conversation(lambda observations: live.take_observations(device_id, observations), time.monotonic)
    talk.use_dialect(dialect)
    talk.data_received(b"".join(b"< REP %d CHAN_NAME {Vox %d  } >" % (each, each) for each in range(1, 5)))
    talk.finish_listing()
    return talk


def rack(count: int) -> LiveState:
    live = LiveState(SteadyClock())
    live.place(
        (
            Device(DeviceId(str(each)), "shure", "shure-strings", f"127.0.1.{each}", 1)
            for each in range(count)
        ),
        (),
    )
    return live


def whole_way(dialect: Dialect, stream: list[bytes]) -> float:
    talk = opened(rack(1), 0, dialect)

    def run() -> None:
        for chunk in stream:
            talk.data_received(chunk)

    return best_us(run, len(stream) * PER_SEGMENT)


def send(port: int, ready: "multiprocessing.synchronize.Event") -> None:
    """Another process: one connection a device, paced as receivers do."""
    stream = segments(BODIES["ULX-D"][1], 64)
    with socket.create_server(("127.0.0.1", port)) as server:
        ready.set()
        links = [server.accept()[0] for _ in range(DEVICES)]
    for link in links:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    start, sent = time.monotonic(), 0
    while sent < SOCKET_SEGMENTS_PER_S * (SOCKET_SECONDS + 2):
        due = int((time.monotonic() - start) * SOCKET_SEGMENTS_PER_S)
        while sent < due:
            try:
                links[sent % DEVICES].sendall(stream[sent % 64])
            except ConnectionError:
                return  # who measures has what it needs
            sent += 1
        time.sleep(0.002)


async def through_sockets(port: int) -> tuple[float, int]:
    live = rack(DEVICES)
    talks = [opened(live, number, ULXD) for number in range(DEVICES)]
    links = [dialer("127.0.0.1", port, 2.0)(talk) for talk in talks]
    for link in links:
        await link.__aenter__()
    await asyncio.sleep(1)
    before, count = time.process_time(), sum(talk.messages for talk in talks)
    await asyncio.sleep(SOCKET_SECONDS)
    spent, count = time.process_time() - before, sum(talk.messages for talk in talks) - count
    for link in links:
        await link.__aexit__(None, None, None)
    return spent / max(1, count) * 1e6, count


def main() -> None:
    for name, (dialect, body) in BODIES.items():
        stream = segments(body, SEGMENTS)
        alone, whole = codec_and_mapping(dialect, stream), whole_way(dialect, stream)
        print(f"{name:8} codec and mapping {alone:5.2f} us a sample, with live state {whole:5.2f} us")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ready = multiprocessing.Event()
    sender = multiprocessing.Process(target=send, args=(port, ready), daemon=True)
    sender.start()
    ready.wait(10)
    cost, count = asyncio.run(through_sockets(port))
    sender.terminate()
    print(f"sockets  {cost:5.2f} us a sample, read at {PER_SEGMENT} a segment ({count} samples)")


if __name__ == "__main__":
    main()
