"""One simulated device on the network: its listener, its clients and its faults."""

import asyncio
import socket
from collections.abc import Sequence
from random import Random
from typing import Protocol

from micboard_tui.protocols.shure_strings.messages import Get, Message
from micboard_tui.simulator.shure.strings.client_connection import METERS_STOP_AT, Client
from micboard_tui.simulator.shure.strings.faults import Access, Faults
from micboard_tui.simulator.shure.strings.receiver import ERR, Receiver, Reply
from micboard_tui.simulator.stage.air import Air

BACKLOG = 64
ERRS_A_TICK = 5
FLOOD_BYTES = 64 * 1024
"""In each tick, as long as it is read."""


class Speaker(Protocol):
    """A device without its sockets."""

    @property
    def says_err(self) -> bool:
        """Whether it answers to what it does not understand."""
        ...

    @property
    def needs_line_ends(self) -> bool:
        """Whether only what has CR LF behind it is heard."""
        ...

    @property
    def airs(self) -> Sequence[Air]:
        """What the world moves."""
        ...

    def hear(self, message: Message) -> Reply:
        """What a client's message brings about."""
        ...

    def step(self, seconds: float) -> list[bytes]:
        """Let time pass; what has changed meanwhile."""
        ...

    def samples(self, elapsed_ms: int) -> list[bytes]:
        """The meters that are due, ``elapsed_ms`` after the last call."""
        ...

    def set_rates(self, rate_ms: int) -> Reply:
        """Another controller sets the rate of all channels."""
        ...

    def reboot(self) -> None:
        """Forget what does not outlive a power cut."""
        ...


class Outlet:
    """Implements ``Host`` and ``Equipment``. Moved by ``tick``; has no task of its own."""

    def __init__(self, speaker: Speaker, rng: Random) -> None:
        self._speaker = speaker
        self.faults = Faults()
        self.rng = rng
        self.clients: set[Client] = set()
        self._forgotten: set[Client] = set()
        """Half-open: they believe in a connection that we do not know of."""
        self._server: asyncio.Server | None = None
        self.address: tuple[str, int] = ("", 0)
        """Where it listens."""
        self._down_s = 0.0
        self._now_s = 0.0
        self._is_closed = False

    @property
    def airs(self) -> Sequence[Air]:
        return self._speaker.airs

    @property
    def connections(self) -> int:
        return len(self.clients)

    @property
    def needs_line_ends(self) -> bool:
        return self._speaker.needs_line_ends

    async def open(self, host: str, port: int) -> int:
        """Listen; answers with the port. Raises OSError."""
        await self.listen(listening(host, port))
        return self.address[1]

    async def listen(self, listener: socket.socket) -> None:
        """Serve a listening socket, which is ours from now on."""
        self.address = listener.getsockname()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Client(self), sock=listener, backlog=BACKLOG)

    async def aclose(self) -> None:
        """Hang up on everybody and stop listening; nothing is left afterwards."""
        self._is_closed = True
        self._close_listener()
        everybody = self.clients | self._forgotten
        for client in everybody:
            client.abort()
        await asyncio.gather(*(client.gone for client in everybody))

    # What clients tell.

    def joined(self, client: Client) -> None:
        self.clients.add(client)
        # The loop may have accepted it just before we stopped listening.
        if self._is_closed or self._down_s > 0 or self.faults.access is Access.REFUSED:
            client.abort()
            return
        client.freeze(on=self.faults.freeze)

    def left(self, client: Client) -> None:
        self.clients.discard(client)
        self._forgotten.discard(client)

    def heard(self, client: Client, message: Message | None) -> None:
        if client in self._forgotten or self.faults.access is not Access.ALLOWED:
            return
        reply = self._reply(message)
        for other in tuple(self.clients):
            frames = [*reply.to_asker, *reply.to_all] if other is client else reply.to_all
            if frames:
                other.send(self.faults.joined(frames, self.rng), self._now_s)

    def _reply(self, message: Message | None) -> Reply:
        if self.faults.err_storm:
            return Reply([ERR])
        if message is None:
            return Reply([ERR] if self._speaker.says_err else [])
        return self._speaker.hear(message)

    # What time brings.

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, tell news, send the meters that are due."""
        self._now_s += seconds
        self._work_switches(seconds)
        await self._keep_listening()
        for client in tuple(self.clients):
            client.freeze(on=self.faults.freeze)
        if self.faults.freeze or self._down_s > 0:
            return
        news = self._speaker.step(seconds)
        if self.clients and self.faults.access is Access.ALLOWED:
            self._tell(news, self._speaker.samples(round(seconds * 1000)))

    def _work_switches(self, seconds: float) -> None:
        faults = self.faults
        self._down_s -= seconds
        if (down_s := faults.take_reboot()) is not None:
            self._down_s = down_s
            self._speaker.reboot()
            self._hang_up()
        if faults.take_half_open():
            for client in self.clients:
                client.freeze(on=True)
            self._forgotten |= self.clients
            self.clients.clear()
        if faults.access is Access.REFUSED:
            self._hang_up()
        if (rate_ms := faults.take_meter_rate()) is not None:
            self._let_another_set(rate_ms)

    def _let_another_set(self, rate_ms: int) -> None:
        reply = self._speaker.set_rates(rate_ms)
        for client in tuple(self.clients):
            client.send(self.faults.joined(reply.to_all, self.rng), self._now_s)

    def _hang_up(self) -> None:
        for client in self.clients | self._forgotten:
            client.abort()

    async def _keep_listening(self) -> None:
        if self._down_s > 0 or self.faults.refuses:
            self._close_listener()
        elif self._server is None:
            try:
                listener = listening(*self.address)
            except OSError:
                # Somebody took the port meanwhile. A receiver would be there, so go on trying.
                return
            await self.listen(listener)

    def _close_listener(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _tell(self, news: list[bytes], samples: list[bytes]) -> None:
        if self.faults.err_storm:
            news, samples = [ERR] * ERRS_A_TICK, []
        # One write a period, as receivers do.
        data = self.faults.joined([*news, *samples], self.rng)
        for client in tuple(self.clients):
            unsent = client.unsent
            if unsent > METERS_STOP_AT:
                client.send(self.faults.joined(news, self.rng), self._now_s)
            else:
                client.send(data, self._now_s)
                if self.faults.flood:
                    client.send(self._flood(), self._now_s)
            client.tick(self._now_s)

    def _flood(self) -> bytes:
        everything = self.faults.joined(self._speaker.hear(Get(1, "ALL")).to_asker, self.rng)
        return everything * max(1, FLOOD_BYTES // max(1, len(everything)))


class Station(Outlet):
    """A receiver on the network."""

    def __init__(self, receiver: Receiver, rng: Random) -> None:
        super().__init__(receiver, rng)
        self.receiver = receiver


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at ``host``. Raises OSError."""
    return socket.create_server((host, port), family=socket.AF_INET, backlog=BACKLOG)
