"""One simulated device with command strings on the network: its listener, its clients and its faults.

The device is split in two. A ``StringsUnit`` is what is behind the socket, a receiver, an in-ear transmitter
or a charger: it answers messages and says what has changed, and knows no network. ``StringsDevice`` owns the
sockets and puts the faults between the two:

* listening: ``open`` listens; a reboot or a refusal closes the listener, and each tick opens it again as soon
  as nothing speaks against it. Clients that are connected stay when only new ones are refused.
* clients: a ``ClientConnection`` announces itself when it is connected and when it is gone, and hands over
  its commands one by one. ``clients`` are those the device knows; ``_forgotten`` are half-open, they believe
  in a connection that the device does not know of any more.
* time: each ``tick`` works the switches first, then lets the unit's time pass, and sends the changes and the
  meters that are due to all clients in one write. What a unit reports of a step while no client is there is
  lost, as it is with the real ones.
"""

import asyncio
import socket
from collections.abc import Sequence
from random import Random
from typing import Generic, Protocol, TypeVar

from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from micboard_tui.simulator.shure.strings.client_connection import ClientConnection
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.reply import ERR, Reply
from micboard_tui.simulator.shure.strings.strings_faults import Access, StringsFaults
from micboard_tui.simulator.stage.air import Air

BACKLOG = 64
MAX_CLIENTS = 256
"""More are disconnected at once: the other devices of the rack need file descriptors, too."""
METERS_STOP_AT = 64 * 1024
"""With so much unread, meters are left out: they would be old when they are read."""
ERRS_A_TICK = 5
FLOODED = ("ALL", "CHAN_NAME")
CHANGED = ("CHAN_NAME", "BATT_CHARGE")
"""What it reports of a channel, or of a bay, before a list."""
FLOOD_BYTES = 64 * 1024
"""In each tick, as long as it is read."""


class StringsUnit(Protocol):
    """A device without its sockets."""

    device: DeviceIdentity

    @property
    def says_err(self) -> bool:
        """Whether it answers to what it does not understand."""
        ...

    @property
    def needs_line_ends(self) -> bool:
        """Whether only commands with CR LF behind them are read."""
        ...

    @property
    def writes_singly(self) -> bool:
        """Whether each message is a write of its own."""
        ...

    @property
    def airs(self) -> Sequence[Air]:
        """What the world moves."""
        ...

    def start(self) -> None:
        """Take everything as reported that is so now, when the device begins to listen."""
        ...

    def answer(self, message: Message) -> Reply:
        """The frames that a client's message causes."""
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

    def work_switches(self, faults: StringsFaults) -> bool:
        """Work the switches that are its own; whether it has started anew, without its clients."""
        ...


UnitT = TypeVar("UnitT", bound=StringsUnit)


class StringsDevice(Generic[UnitT]):
    """Implements ``SimulatedDevice``, and ``ConnectedDevice`` for its clients."""

    fingerprint = None
    lapsed = 0

    def __init__(self, unit: UnitT, dice: Random, faults: StringsFaults | None = None) -> None:
        """``faults``: the switchboard of its kind; None: the usual one."""
        self.unit = unit
        self.faults = faults or StringsFaults()
        self.dice = dice
        self.address: tuple[str, int] = ("", 0)
        """Where it listens."""
        self.clients: set[ClientConnection] = set()
        self.most_connections = 0
        """So many clients it had at once at most."""
        self.commands_of_former = 0
        """So many commands came from a client after a newer one had connected."""
        self._newest: ClientConnection | None = None
        self._left: set[ClientConnection] = set()
        """Those that had closed before another one came, and whose end is not read yet."""
        self.accepted = 0
        """So many connections, refused ones left out."""
        self._forgotten: set[ClientConnection] = set()
        self._lists: list[tuple[ClientConnection, Get]] = []
        """Asked for, and to be sent in the next tick."""
        self._server: asyncio.Server | None = None
        self._down_s = 0.0
        self._now_s = 0.0
        self._is_closed = False

    @property
    def airs(self) -> Sequence[Air]:
        return self.unit.airs

    @property
    def mac(self) -> str:
        return self.unit.device.mac

    @property
    def connections(self) -> int:
        return len(self.clients)

    @property
    def needs_line_ends(self) -> bool:
        return self.unit.needs_line_ends

    @property
    def writes_singly(self) -> bool:
        # A flood fills what it is given.
        return self.unit.writes_singly and not self.faults.flood

    async def open(self, host: str, port: int) -> int:
        self.unit.start()
        await self._serve(open_listener(host, port))
        return self.address[1]

    async def aclose(self) -> None:
        self._is_closed = True
        self._close_listener()
        clients = self.clients | self._forgotten
        for client in clients:
            client.abort()
        await asyncio.gather(*(client.gone for client in clients))

    # What clients do.

    def client_connected(self, client: ClientConnection) -> None:
        # This process may be slow to read what came before.
        self._left |= {other for other in self.clients if other.has_left}
        self.clients.add(client)
        self.most_connections = max(self.most_connections, len(self.clients - self._left))
        # The loop may have accepted it just before we stopped listening.
        is_refused = self._down_s > 0 or self.faults.access is Access.REFUSED
        if self._is_closed or is_refused or len(self.clients) + len(self._forgotten) > MAX_CLIENTS:
            client.abort()
            return
        self.accepted += 1
        self._newest = client
        client.freeze(on=self.faults.freeze)

    def client_disconnected(self, client: ClientConnection) -> None:
        for known in (self.clients, self._forgotten, self._left):
            known.discard(client)

    def receive_command(self, client: ClientConnection, message: Message | None) -> None:
        self.commands_of_former += client is not self._newest and client not in self._left
        if client in self._forgotten or self.faults.access is not Access.ALLOWED:
            return
        if self.faults.interrupts_lists and isinstance(message, Get) and message.property == "ALL":
            # The list follows in the next tick.
            self._lists.append((client, message))
            self._send(client, self._answer_first(CHANGED))
            return
        self._answer(client, message)

    def _answer(self, client: ClientConnection, message: Message | None) -> None:
        reply = self._reply(message)
        for other in tuple(self.clients):
            self._send(other, [*reply.to_asker, *reply.to_all] if other is client else reply.to_all)

    def _reply(self, message: Message | None) -> Reply:
        if self.faults.err_storm:
            return Reply([ERR])
        if isinstance(message, Get | Set) and self.faults.is_unanswered(message):
            return Reply()
        if message is None or (isinstance(message, Get | Set) and self.faults.is_refused(message)):
            return Reply([ERR] if self.unit.says_err else [])
        reply = self.unit.answer(message)
        if reply.reboots:
            self.faults.reboot()
        return reply

    # What time brings.

    async def tick(self, seconds: float) -> None:
        self._now_s += seconds
        self._work_switches(seconds)
        await self._keep_listening()
        for client in tuple(self.clients):
            client.freeze(on=self.faults.freeze)
        if self.faults.freeze or self._down_s > 0:
            return
        lists, self._lists = self._lists, []
        for client, message in lists:
            self._answer(client, message)
        changes = self.unit.step(seconds)
        if self.clients and self.faults.access is Access.ALLOWED:
            self._send_to_all(changes, self.unit.samples(round(seconds * 1000)))

    def _work_switches(self, seconds: float) -> None:
        faults = self.faults
        self._down_s -= seconds
        if (down_s := faults.reboot.take()) is not None:
            self._down_s = down_s
            self.unit.reboot()
            self._abort_all()
        if self.unit.work_switches(faults):
            self._abort_all()
        if faults.half_open.take():
            for client in self.clients:
                client.freeze(on=True)
            self._forgotten |= self.clients
            self.clients.clear()
        if faults.access is Access.REFUSED:
            self._abort_all()
        if (rate_ms := faults.change_meter_rate.take()) is not None:
            self._set_rates(rate_ms)

    def _set_rates(self, rate_ms: int) -> None:
        reply = self.unit.set_rates(rate_ms)
        for client in tuple(self.clients):
            self._send(client, reply.to_all)

    def _abort_all(self) -> None:
        for client in self.clients | self._forgotten:
            client.abort()

    async def _keep_listening(self) -> None:
        if self._down_s > 0 or self.faults.refuses:
            self._close_listener()
        elif self._server is None:
            try:
                listener = open_listener(*self.address)
            except OSError:
                # Another process took the port meanwhile. A receiver would be there, so go on trying.
                return
            await self._serve(listener)

    async def _serve(self, listener: socket.socket) -> None:
        self.address = listener.getsockname()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: ClientConnection(self), sock=listener, backlog=BACKLOG
        )

    def _close_listener(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _send_to_all(self, changes: list[bytes], samples: list[bytes]) -> None:
        if self.faults.err_storm:
            changes, samples = [ERR] * ERRS_A_TICK, []
        writes = self._writes([*changes, *samples])
        for client in tuple(self.clients):
            if client.unsent > METERS_STOP_AT:
                self._send(client, changes)
            else:
                for data in writes:
                    client.send(data, self._now_s)
                if self.faults.flood:
                    client.send(self._flood(), self._now_s)
            client.tick(self._now_s)

    def _send(self, client: ClientConnection, frames: Sequence[bytes]) -> None:
        for data in self._writes(frames):
            client.send(data, self._now_s)

    def _writes(self, frames: Sequence[bytes]) -> Sequence[bytes]:
        """What is one write each: all frames of a period together, as receivers do, or each alone."""
        if self.unit.writes_singly:
            return [self.faults.join_frames([frame], self.dice) for frame in frames]
        return (self.faults.join_frames(frames, self.dice),)

    def _answer_first(self, names: Sequence[str]) -> list[bytes]:
        """Of channel or bay 1, the first of ``names`` that it has."""
        replies = (self.unit.answer(Get(1, name)).to_asker for name in names)
        return next((list(frames) for frames in replies if frames and frames != [ERR]), [])

    def _flood(self) -> bytes:
        """All it knows of a channel, or its name where it cannot list that."""
        everything = self.faults.join_frames(self._answer_first(FLOODED), self.dice)
        return everything * max(1, FLOOD_BYTES // max(1, len(everything)))


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens at ``host``. Raises OSError."""
    return socket.create_server((host, port), family=socket.AF_INET, backlog=BACKLOG)
