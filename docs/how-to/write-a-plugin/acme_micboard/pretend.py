"""A simulated receiver, to try things out. Uses the driver's codec, over a real socket.

python -m acme_micboard.pretend 127.0.0.40
"""

import asyncio
import sys
from contextlib import suppress

from acme_micboard.driver import PORT
from acme_micboard.wire import UNKNOWN, Decoder, encode

KHZ = {1: 578350, 2: 606200}


class SimulatedReceiver:
    """Channel 1 is worn, the pack of channel 2 is off."""

    def __init__(self) -> None:
        self.names = {1: "Lead Vox", 2: "Spare"}
        self.interval_s = 0.0
        """How often it meters; 0: not at all."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it leaves."""
        metering = asyncio.create_task(self._meter(writer))
        decoder = Decoder()
        with suppress(ConnectionError):
            while data := await reader.read(1024):
                for fields in decoder.feed(data):
                    writer.write(self.answer(fields))
                await writer.drain()
        metering.cancel()
        writer.close()

    def answer(self, fields: list[str]) -> bytes:
        """What it answers to one line."""
        match fields:
            case ["HELLO"]:
                return encode("IS", "TL2", 2, "1.0", "Acme Rack")
            case ["SHOW", ("1" | "2") as channel]:
                return self._channel(int(channel))
            case ["NAME", ("1" | "2") as channel, *name] if name:
                self.names[int(channel)] = " ".join(name)[:12]
                return self._channel(int(channel))
            case ["METER", interval_ms] if interval_ms.isdecimal():
                self.interval_s = int(interval_ms) / 1000
                return b""
            case _:
                return encode("NO", "such", "message")

    def _channel(self, channel: int) -> bytes:
        pack = ("ON", 88) if channel == 1 else ("OFF", UNKNOWN)
        return encode("CHANNEL", channel, KHZ[channel], *pack, self.names[channel])

    async def _meter(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(self.interval_s or 0.05)
            if self.interval_s:
                writer.write(encode("LEVEL", 1, -52, -20) + encode("LEVEL", 2, UNKNOWN, UNKNOWN))


async def main(host: str, port: int = PORT) -> None:
    """Serve until stopped."""
    async with await asyncio.start_server(SimulatedReceiver().serve, host, port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1]))
