r"""The file of a wire recording: text, in the form of ``tests/wire``.

A line that begins with ``C:`` is what we sent, one with ``D:`` what the device sent, each as much as left or
arrived at once. Lines that begin with ``#`` tell the rest, so that without them the recording of one device
is a file of ``tests/wire``::

    # micboard-tui wire recording 1
    # device 1 shure/shure-strings 10.0.0.11:2202 Rack 1
    #@ 0.000 1 open
    #@ 0.001 1
    C: < GET 0 ALL >
    #@ 0.052 1
    D: < REP DEVICE_ID {Rack 1} >
    #@ 9.300 1 closed

``#@`` has the seconds since the recording began and the number of the device, for the line after it. Bytes
that are no printable text are written as ``\xNN``, and a backslash as ``\\``.

With HTTP a connection is what one session is, and a third number says to which request a line belongs. ``C:``
is the request without its headers, ``D:`` the status and the whole body. An answer without an end has its
type in place of the body, and ``E:`` for each event of the stream, or message of the WebSocket. A request
that is closed without ``D:`` got no answer::

    #@ 0.100 1 3
    C: GET /api/ssc/version
    #@ 0.130 1 3
    D: 200 {"protocol":"2.3"}
    #@ 0.140 1 4
    C: GET /api/ssc/state/subscriptions
    #@ 0.160 1 4
    D: 200 text/event-stream
    #@ 0.161 1 4
    E: event: open\x0adata: {"sessionUUID":"1"}\x0a\x0a
    #@ 9.300 1 4 closed
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from micboard_tui.contracts.wire import HttpRequest

FIRST_LINE = "# micboard-tui wire recording 1"
MAX_FILE_BYTES = 200_000_000
MAX_DEVICES = 1000

_DEVICE = re.compile(r"# device (\d{1,6}) ([^/ ]+)/([^ ]+) ([^ ]+):(\d{1,5})(?: (.*))?")
_MARK = re.compile(r"#@ (\d{1,9}\.\d{1,6}) (\d{1,6})(?: (\d{1,9}))?(?: (open|closed))?")
_REQUEST = re.compile(r"([A-Z]{1,20}) ([^ ]+)(?: (.*))?")
_SIGNS = frozenset("CDE")
_ANSWER = re.compile(r"(\d{3})(?: (.*))?")
EVENT_STREAM = "text/event-stream"
WEBSOCKET = "websocket"
ENDLESS = frozenset({EVENT_STREAM, WEBSOCKET})
"""Types of answers that have events, or messages, in place of a body."""
_ESCAPED = re.compile(r"\\(?:\\|x([0-9a-f]{2}))")


class WireFileError(ValueError):
    """A file that is no recording, or damaged; its text says where."""


class WireDevice(NamedTuple):
    number: int
    manufacturer: str
    driver: str
    host: str
    port: int
    title: str


class WireChunk(NamedTuple):
    """What left or arrived at once."""

    at: float
    """Seconds since the recording began."""
    is_sent: bool
    """We sent it; otherwise the device did."""
    data: bytes


@dataclass(slots=True)
class WireExchange:
    """One request over HTTP, and what came for it."""

    asked_at: float
    request: HttpRequest
    answered_at: float | None = None
    """None: no answer came."""
    status: int = 0
    content_type: str = ""
    """Of an answer that has events; else it is not known."""
    body: bytes = b""
    events: list[tuple[float, bytes]] = field(default_factory=list)
    """Each with the seconds since the recording began."""
    closed_at: float | None = None
    """When the events ended; None: with the connection."""

    @property
    def ended_at(self) -> float:
        """The last that is known of it."""
        times = [at for at, _ in self.events[-1:]]
        return max(self.asked_at, self.answered_at or 0.0, self.closed_at or 0.0, *times)


@dataclass(slots=True)
class WireConnection:
    """With a device; or a session over HTTP, which has exchanges in place of chunks."""

    opened_at: float
    chunks: list[WireChunk] = field(default_factory=list)
    closed_at: float | None = None
    """None: it was open when the recording ended."""
    exchanges: dict[int, WireExchange] = field(default_factory=dict)
    """By their numbers."""

    @property
    def ended_at(self) -> float:
        """When it was closed, or the last that is known of it."""
        if self.closed_at is not None:
            return self.closed_at
        last = self.chunks[-1].at if self.chunks else self.opened_at
        return max([last, *(exchange.ended_at for exchange in self.exchanges.values())])


@dataclass(slots=True)
class WireRecording:
    devices: dict[int, WireDevice] = field(default_factory=dict)
    connections: dict[int, list[WireConnection]] = field(default_factory=dict)

    @property
    def length_s(self) -> float:
        """When the last that is known happened."""
        every = (connection.ended_at for each in self.connections.values() for connection in each)
        return max(every, default=0.0)


def encode_device(device: WireDevice) -> str:
    number, manufacturer, driver, host, port, title = device
    shown = "".join(sign if sign.isprintable() else " " for sign in title)
    return f"# device {number} {manufacturer}/{driver} {host}:{port} {shown}".rstrip() + "\n"


def encode_mark(at: float, number: int, what: str = "") -> str:
    return f"#@ {at:.3f} {number} {what}".rstrip() + "\n"


def encode_line(at: float, number: int, sign: str, text: str, request: int | None = None) -> str:
    """A line of data with its mark. ``text``: as ``decode_text`` gives it, or masked."""
    return f"{encode_mark(at, number, '' if request is None else str(request))}{sign}: {text}\n"


def decode_text(data: bytes) -> str:
    """The data as text of one line, from which ``encode_text`` gives the same data."""
    return "".join(
        sign if sign.isprintable() and sign != "\\" else _escape(sign)
        for sign in data.decode("utf-8", "surrogateescape")
    )


def encode_text(text: str) -> bytes:
    """The data that was decoded to this text."""
    pieces: list[bytes] = []
    end = 0
    for match in _ESCAPED.finditer(text):
        pieces.append(text[end : match.start()].encode())
        pieces.append(bytes.fromhex(match[1]) if match[1] else b"\\")
        end = match.end()
    return b"".join([*pieces, text[end:].encode()])


def read_recording(lines: Iterable[str]) -> WireRecording:
    """Raises WireFileError."""
    numbered = enumerate(lines, 1)
    if next((line for _, line in numbered), "").strip() != FIRST_LINE:
        raise WireFileError("It is no wire recording")
    recording = WireRecording()
    mark = _Mark(0.0, 0, None)
    for place, line in numbered:
        text = line.rstrip("\n")
        if (marked := _MARK.fullmatch(text)) is not None:
            mark = _Mark(float(marked[1]), int(marked[2]), None if marked[3] is None else int(marked[3]))
            _take_mark(recording, mark, marked[4])
        elif (described := _DEVICE.fullmatch(text)) is not None and len(recording.devices) < MAX_DEVICES:
            number, manufacturer, driver, host, port, title = described.groups(default="")
            device = WireDevice(int(number), manufacturer, driver, host, int(port), title)
            recording.devices[device.number] = device
        elif text and not text.startswith("#"):
            _take_line(recording, mark, text, place)
    return recording


class _Mark(NamedTuple):
    """What is said of the line after it."""

    at: float
    number: int
    request: int | None


def _take_mark(recording: WireRecording, mark: _Mark, what: str | None) -> None:
    connections = recording.connections.setdefault(mark.number, [])
    if what == "open":
        connections.append(WireConnection(mark.at))
    elif what == "closed" and connections:
        if mark.request is None:
            connections[-1].closed_at = mark.at
        elif (exchange := connections[-1].exchanges.get(mark.request)) is not None:
            exchange.closed_at = mark.at


def _take_line(recording: WireRecording, mark: _Mark, line: str, place: int) -> None:
    """Raises WireFileError."""
    sign, colon, text = line.partition(": ")
    if not colon or sign not in _SIGNS:
        raise WireFileError(f"Line {place} is not understood")
    if not recording.connections.get(mark.number):
        raise WireFileError(f"Line {place} belongs to no connection")
    connection = recording.connections[mark.number][-1]
    if mark.request is None:
        connection.chunks.append(WireChunk(mark.at, sign == "C", encode_text(text)))
        return
    match = (_REQUEST if sign == "C" else _ANSWER).fullmatch(text)
    exchange = connection.exchanges.get(mark.request)
    if match is None and sign != "E":
        raise WireFileError(f"Line {place} is not understood")
    if match is not None and sign == "C":
        request = HttpRequest(match[1], match[2], encode_text(match[3] or ""))
        connection.exchanges[mark.request] = WireExchange(mark.at, request)
    elif exchange is None:
        return  # Its request was left out, since there was no room for it.
    elif match is not None and sign == "D":
        _take_answer(exchange, mark.at, int(match[1]), match[2] or "")
    else:
        exchange.events.append((mark.at, encode_text(text)))


def _take_answer(exchange: WireExchange, at: float, status: int, text: str) -> None:
    exchange.answered_at, exchange.status = at, status
    if text in ENDLESS:
        exchange.content_type = text
    else:
        exchange.body = encode_text(text)


def _escape(sign: str) -> str:
    if sign == "\\":
        return "\\\\"
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))


def header_of(devices: Iterable[WireDevice], notes: Iterable[str]) -> Iterator[str]:
    """The lines with which a file begins."""
    yield f"{FIRST_LINE}\n"
    yield from (f"# {note}\n" for note in notes)
    yield from map(encode_device, devices)
