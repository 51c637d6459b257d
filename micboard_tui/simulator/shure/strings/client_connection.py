"""One client's connection with a simulated device: reads commands, writes within bounds.

An ``asyncio.Protocol`` and not a stream, as in the driver: no task a connection, none to forget. What travels
each way:

* reading: bytes become commands, which wait in ``_commands``. ``_answer_some`` hands a batch of them to the
  device and comes round again by ``_turn`` while more are waiting; the socket is not read meanwhile, so the
  queue has a bound. A frozen connection neither reads nor answers, and takes both up where it left them.
* writing: ``send`` gives up a client that leaves too much unread. Then come the faults of the network: what
  is late waits in ``_late`` until its time, and what is cut to pieces or merged into bursts waits in
  ``_held``, which ``_drip`` empties piece by piece or ``tick`` after some ticks. A device that writes singly
  lets a moment pass behind each message, so that none is read together with the next.
"""

import asyncio
import socket
from collections import deque
from random import Random
from typing import Protocol

from micboard_tui.protocols.shure_strings.codec import LINE_END, MAX_FRAME, Decoder
from micboard_tui.protocols.shure_strings.messages import Message
from micboard_tui.simulator.shure.strings.strings_faults import StringsFaults, Writes

MAX_UNSENT = 256 * 1024
"""A client that leaves more than this unread is dropped."""
BATCH = 64
"""Commands answered before others have their turn."""
MAX_CHUNK = 40
BURST = 3000
SINGLE_GAP_S = 0.005
"""Behind a message that travels alone: written at once, the next would be read in the same chunk."""
BURST_TICKS = 5
TCP_STATE = getattr(socket, "TCP_INFO", None)
"""What Linux is asked for it; None: this is another system."""
LEFT_STATES = {7, 8}
"""CLOSE and CLOSE_WAIT of linux/net/tcp_states.h."""


class ConnectedDevice(Protocol):
    """What a client needs of the device it is connected with."""

    faults: StringsFaults
    dice: Random

    @property
    def needs_line_ends(self) -> bool:
        """Whether only commands with CR LF behind them are read."""
        ...

    @property
    def writes_singly(self) -> bool:
        """Whether each line travels alone."""
        ...

    def client_connected(self, client: "ClientConnection") -> None:
        """A connection is open."""
        ...

    def client_disconnected(self, client: "ClientConnection") -> None:
        """It is gone."""
        ...

    def receive_command(self, client: "ClientConnection", message: Message | None) -> None:
        """A command; None for one that is no message."""
        ...


class ClientConnection(asyncio.Protocol):
    def __init__(self, device: ConnectedDevice) -> None:
        self._device = device
        self._transport: asyncio.Transport | None = None
        self._decoder = Decoder()
        self._line = b""
        self._commands: deque[Message | None] = deque()
        self._turn: asyncio.Handle | None = None
        self._is_frozen = False
        self._late: deque[tuple[float, bytes]] = deque()
        self._late_bytes = 0
        self._held = bytearray()
        """Merged into a burst, or dripping out piece by piece."""
        self._held_ticks = 0
        self._drip: asyncio.Handle | None = None
        self.gone = asyncio.get_running_loop().create_future()

    @property
    def has_left(self) -> bool:
        """Whether the client has closed the connection, even where what it sent before is not read yet."""
        if self._transport is None or TCP_STATE is None:
            return False
        connected = self._transport.get_extra_info("socket")
        try:
            state: int = connected.getsockopt(socket.IPPROTO_TCP, TCP_STATE, 1)[0]
        except OSError:
            return True
        return state in LEFT_STATES

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._device.client_connected(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        self._pause()
        self._commands.clear()
        if not self.gone.done():
            self.gone.set_result(None)
        self._device.client_disconnected(self)

    def data_received(self, data: bytes) -> None:
        if self._device.needs_line_ends:
            lines, _, self._line = (self._line + data).rpartition(LINE_END)
            # A client that never ends a line is not answered, and fills no memory.
            self._line, data = self._line[-MAX_FRAME:], lines
        malformed = self._decoder.malformed
        self._commands.extend(self._decoder.feed(data))
        self._commands.extend([None] * (self._decoder.malformed - malformed))
        if self._turn is None and not self._is_frozen:
            self._answer_some()

    # What the device calls.

    @property
    def unsent(self) -> int:
        """Bytes that wait for the client to read."""
        waiting = 0 if self._transport is None else self._transport.get_write_buffer_size()
        return waiting + len(self._held) + self._late_bytes

    def send(self, data: bytes, now_s: float) -> None:
        """Send ``data`` as the faults allow; a client that does not read is dropped."""
        if self._transport is None or self._transport.is_closing() or not data:
            return
        if self.unsent + len(data) > MAX_UNSENT:
            self._transport.abort()
        elif self._device.faults.late_s > 0 or self._late:
            self._late.append((now_s + self._device.faults.late_s, data))
            self._late_bytes += len(data)
        else:
            self._emit(data)

    def tick(self, now_s: float) -> None:
        """Send what has waited long enough."""
        while self._late and self._late[0][0] <= now_s:
            data = self._late.popleft()[1]
            self._late_bytes -= len(data)
            self._emit(data)
        if self._held and self._drip is None:
            self._held_ticks += 1
            if self._held_ticks >= BURST_TICKS or self._device.faults.writes is not Writes.BURSTS:
                self._flush()

    def freeze(self, *, on: bool) -> None:
        """Stop reading and answering, or take it up again."""
        if on == self._is_frozen:
            return
        self._is_frozen = on
        self._read(on=not on)
        if on:
            self._pause()
            return
        self._answer_some()
        if self._held:
            self._emit(b"")

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _pause(self) -> None:
        for handle in (self._turn, self._drip):
            if handle is not None:
                handle.cancel()
        self._turn = self._drip = None

    def _answer_some(self) -> None:
        """Answer some commands; the rest when others have had their turn."""
        self._turn = None
        for _ in range(min(BATCH, len(self._commands))):
            self._device.receive_command(self, self._commands.popleft())
            if self._transport is None or self._transport.is_closing():
                return
        if self._commands:
            self._turn = asyncio.get_running_loop().call_soon(self._answer_some)
        self._read(on=not self._commands)

    def _read(self, *, on: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if on and not self._is_frozen:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _emit(self, data: bytes) -> None:
        match self._device.faults.writes:
            case Writes.BYTES | Writes.CHUNKS:
                self._held += data
                if self._drip is None:
                    self._drip = asyncio.get_running_loop().call_soon(self._write_piece)
            case Writes.BURSTS:
                self._held += data
                if len(self._held) >= BURST and self._drip is None:
                    self._flush()
            case Writes.WHOLE:
                self._emit_whole(data)

    def _emit_whole(self, data: bytes) -> None:
        if not self._held and not self._device.writes_singly:
            self._write(data)
            return
        self._held += data
        if self._device.writes_singly and self._drip is None:
            self._write_piece()

    def _write_piece(self) -> None:
        """Write one piece, and the next when the loop comes round: then it travels alone."""
        self._drip = None
        if not self._held:
            return
        loop, size = asyncio.get_running_loop(), self._piece_size()
        self._write(bytes(self._held[:size]))
        del self._held[:size]
        if self._device.faults.writes is Writes.WHOLE:
            self._drip = loop.call_later(SINGLE_GAP_S, self._write_piece)
        elif self._held:
            self._drip = loop.call_soon(self._write_piece)

    def _piece_size(self) -> int:
        match self._device.faults.writes:
            case Writes.BYTES:
                return 1
            case Writes.CHUNKS:
                return self._device.dice.randint(1, MAX_CHUNK)
            case _ if self._device.writes_singly:
                line, end, _ = self._held.partition(LINE_END)
                return len(line) + len(end)
            case _:
                return len(self._held)

    def _flush(self) -> None:
        self._held_ticks = 0
        self._write(bytes(self._held))
        self._held.clear()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
