"""The cost of a meter sample, from bytes to a value, and through a socket.

By hand:

    uv run python benchmarks/ingest.py

Prints processor time a message: codec and mapping alone, then with the live state, then with sockets of 25
devices read at 8 messages a segment, as a busy rack sends them. Times are of this process only; another one
sends.
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


def make_segments(body: bytes, count: int) -> list[bytes]:
    """``count`` segments of eight samples whose levels differ from one to the next."""
    segments = []
    for number in range(count):
        samples = (
            b"< SAMPLE %d ALL %b >"
            % (1 + index % 4, body % (20 + (number * 7 + index) % 80, (number + index) % 50))
            for index in range(PER_SEGMENT)
        )
        segments.append(b"".join(samples))
    return segments


def measure_us(run: Callable[[], None], messages: int) -> float:
    """The least processor time a message of five runs, in microseconds."""
    times = []
    for _ in range(5):
        before = time.process_time()
        run()
        times.append(time.process_time() - before)
    return min(times) / messages * 1e6


def measure_codec_and_mapping(dialect: Dialect, stream: list[bytes]) -> float:
    read = READERS[dialect.family]

    def run() -> None:
        decoder = Decoder()
        for chunk in stream:
            for message in decoder.feed(chunk):
                if type(message) is Sample:
                    read(message.values)

    return measure_us(run, len(stream) * PER_SEGMENT)


def open_conversation(live: LiveState, number: int, dialect: Dialect) -> Conversation:
    """A conversation in the state in which it receives the meters of four channels."""
    device_id = DeviceId(str(number))
    conversation = Conversation(
        lambda observations: live.take_observations(device_id, observations), time.monotonic
    )
    conversation.use_dialect(dialect)
    names = (b"< REP %d CHAN_NAME {Vox %d  } >" % (channel, channel) for channel in range(1, 5))
    conversation.data_received(b"".join(names))
    conversation.finish_listing()
    return conversation


def make_live_state(count: int) -> LiveState:
    """A live state with ``count`` devices."""
    live = LiveState(SteadyClock())
    live.place(
        (
            Device(DeviceId(str(number)), "shure", "shure-strings", f"127.0.1.{number}", 1)
            for number in range(count)
        ),
        (),
    )
    return live


def measure_with_live_state(dialect: Dialect, stream: list[bytes]) -> float:
    conversation = open_conversation(make_live_state(1), 0, dialect)

    def run() -> None:
        for chunk in stream:
            conversation.data_received(chunk)

    return measure_us(run, len(stream) * PER_SEGMENT)


def send(port: int, ready: "multiprocessing.synchronize.Event") -> None:
    """Run in another process: one connection a device, paced as receivers do."""
    stream = make_segments(BODIES["ULX-D"][1], 64)
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
                return  # the measurement is over
            sent += 1
        time.sleep(0.002)


async def measure_through_sockets(port: int) -> tuple[float, int]:
    """Microseconds of processor time a sample, and the number of samples."""
    live = make_live_state(DEVICES)
    conversations = [open_conversation(live, number, ULXD) for number in range(DEVICES)]
    links = [dialer("127.0.0.1", port, 2.0)(conversation) for conversation in conversations]
    for link in links:
        await link.__aenter__()
    await asyncio.sleep(1)
    before, count_before = time.process_time(), sum(conversation.messages for conversation in conversations)
    await asyncio.sleep(SOCKET_SECONDS)
    spent = time.process_time() - before
    count = sum(conversation.messages for conversation in conversations) - count_before
    for link in links:
        await link.__aexit__(None, None, None)
    return spent / max(1, count) * 1e6, count


def main() -> None:
    for name, (dialect, body) in BODIES.items():
        stream = make_segments(body, SEGMENTS)
        without_live = measure_codec_and_mapping(dialect, stream)
        with_live = measure_with_live_state(dialect, stream)
        print(
            f"{name:8} codec and mapping {without_live:5.2f} us a sample, with live state {with_live:5.2f} us"
        )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ready = multiprocessing.Event()
    sender = multiprocessing.Process(target=send, args=(port, ready), daemon=True)
    sender.start()
    ready.wait(10)
    cost_us, count = asyncio.run(measure_through_sockets(port))
    sender.terminate()
    print(f"sockets  {cost_us:5.2f} us a sample, read at {PER_SEGMENT} a segment ({count} samples)")


if __name__ == "__main__":
    main()
