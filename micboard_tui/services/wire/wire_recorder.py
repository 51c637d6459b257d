"""Records what passes between drivers and the chosen devices. Implements ``Wire``.

Drivers hand over what they send and receive, which costs them an append; ``write_waiting`` makes lines of it
and writes them, which the command calls twice a second. What waits, and the file, are bounded: beyond the
first, chunks are left out and counted, beyond the second, recording ends. A frame of a TCP device may come in
pieces; a masked recording holds a piece back until the frame is complete, so that no half of a name gets by.
"""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from typing import NamedTuple, TextIO

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.wire import Dial, HttpLog, Link, Listener
from micboard_tui.services.wire.http_recording import HttpRecording
from micboard_tui.services.wire.wire_file import (
    WireDevice,
    decode_text,
    encode_line,
    encode_mark,
    header_of,
)
from micboard_tui.services.wire.wire_mask import WireMask, hide_secrets

MAX_WAITING_BYTES = 8_000_000
MAX_HELD = 8192
"""So much of an unfinished frame is held back."""

Clock = Callable[[], float]


class _Event(NamedTuple):
    number: int
    at: float
    what: str
    """``open``, ``closed``, ``C``, ``D`` or ``E``."""
    data: bytes = b""
    request: int | None = None
    """Which one it belongs to, with HTTP."""


class WireRecorder:
    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock, self._began_at = clock, clock()
        self._devices: dict[tuple[str, int], WireDevice] = {}
        self._waiting: deque[_Event] = deque()
        self._waiting_bytes = 0
        self._held: dict[int, bytes] = {}
        self._mask: WireMask | None = None
        self.left_out = 0
        """Chunks for which there was no room."""
        self.chunks = 0
        self.written_bytes = 0

    def choose(self, devices: Iterable[WireDevice], mask: WireMask | None) -> None:
        """Record these, from now on; to be called before sessions begin."""
        self._devices = {(device.host, device.port): device for device in devices}
        self._mask = mask

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        if (device := self._devices.get((host, port))) is None:
            return dial
        number = device.number

        def dial_recorded(listener: Listener) -> AbstractAsyncContextManager[Link]:
            return self._dial(number, listener, dial)

        return dial_recorded

    def record_http(self, host: str, port: int) -> AbstractContextManager[HttpLog] | None:
        device = self._devices.get((host, port))
        return None if device is None else self._record_http(device.number)

    def play_http(self, host: str, port: int) -> None:
        del host, port

    def check_http(self, host: str, port: int) -> None:
        del host, port

    def header(self, notes: Iterable[str]) -> str:
        """The lines with which the file begins."""
        devices = self._devices.values()
        if (mask := self._mask) is not None:
            devices_shown = [device._replace(host=mask.host(device.number), title="") for device in devices]
            return "".join(header_of(devices_shown, notes))
        return "".join(header_of(devices, notes))

    def write_waiting(self, file: TextIO, *, is_last: bool = False) -> None:
        """Write what passed since the last call. Raises OSError."""
        lines: list[str] = []
        while self._waiting:
            event = self._waiting.popleft()
            self._waiting_bytes -= len(event.data)
            lines += self._lines_of(event)
        if is_last:
            now = self._clock() - self._began_at
            for number in list(self._held):
                lines += self._release(number, now)
        text = "".join(lines)
        self.written_bytes += len(text)
        file.write(text)
        file.flush()

    def note(self, number: int, what: str, data: bytes = b"", request: int | None = None) -> None:
        """Take what happened on the connection of a device."""
        if self._waiting_bytes + len(data) > MAX_WAITING_BYTES:
            self.left_out += 1
            return
        self._waiting_bytes += len(data)
        self.chunks += bool(data)
        self._waiting.append(_Event(number, self._clock() - self._began_at, what, data, request))

    @contextmanager
    def _record_http(self, number: int) -> Generator[HttpLog]:
        self.note(number, "open")
        try:
            yield HttpRecording(lambda what, data, request: self.note(number, what, data, request))
        finally:
            self.note(number, "closed")

    @asynccontextmanager
    async def _dial(self, number: int, listener: Listener, dial: Dial) -> AsyncGenerator[Link]:
        ears = _RecordedListener(self, number, listener)
        async with dial(ears) as link:
            self.note(number, "open")
            try:
                yield _RecordedLink(self, number, link)
            finally:
                ears.close()

    def _lines_of(self, event: _Event) -> list[str]:
        number, at, what, data, request = event
        if request is not None:
            if what == "closed":
                return [encode_mark(at, number, f"{request} {what}")]
            return [encode_line(at, number, what, self._text_of(data), request)]
        if what in ("open", "closed"):
            return [*self._release(number, at), encode_mark(at, number, what)]
        is_framed = number in self._held or data.lstrip().startswith(b"<")
        if self._mask is not None and what == "D" and is_framed:
            data = self._held.pop(number, b"") + data
            end = data.rfind(b">") + 1
            if end < len(data) <= MAX_HELD:
                self._held[number], data = data[end:], data[:end]
        return [encode_line(at, number, what, self._text_of(data))] if data else []

    def _release(self, number: int, at: float) -> list[str]:
        """What was held back of a frame that will not be finished."""
        held = self._held.pop(number, b"")
        return [encode_line(at, number, "D", self._text_of(held))] if held else []

    def _text_of(self, data: bytes) -> str:
        text = hide_secrets(decode_text(data))
        return text if self._mask is None else self._mask.mask(text)


class _RecordedLink:
    def __init__(self, recorder: WireRecorder, number: int, link: Link) -> None:
        self._recorder, self._number, self._link = recorder, number, link

    def send(self, data: bytes) -> None:
        self._recorder.note(self._number, "C", data)
        self._link.send(data)

    def cut(self) -> None:
        self._link.cut()


class _RecordedListener:
    def __init__(self, recorder: WireRecorder, number: int, listener: Listener) -> None:
        self._recorder, self._number, self._listener = recorder, number, listener
        self._is_closed = False

    def data_received(self, data: bytes) -> None:
        self._recorder.note(self._number, "D", data)
        self._listener.data_received(data)

    def link_lost(self, error: DeviceError) -> None:
        self.close()
        self._listener.link_lost(error)

    def close(self) -> None:
        """The connection ended, on this side or the other."""
        if not self._is_closed:
            self._is_closed = True
            self._recorder.note(self._number, "closed")
