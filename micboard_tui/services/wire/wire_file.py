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
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

FIRST_LINE = "# micboard-tui wire recording 1"
MAX_FILE_BYTES = 200_000_000
MAX_DEVICES = 1000

_DEVICE = re.compile(r"# device (\d{1,6}) ([^/ ]+)/([^ ]+) ([^ ]+):(\d{1,5})(?: (.*))?")
_MARK = re.compile(r"#@ (\d{1,9}\.\d{1,6}) (\d{1,6})(?: (open|closed))?")
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
class WireConnection:
    opened_at: float
    chunks: list[WireChunk] = field(default_factory=list)
    closed_at: float | None = None
    """None: it was open when the recording ended."""

    @property
    def ended_at(self) -> float:
        """When it was closed, or the last that is known of it."""
        return self.closed_at or (self.chunks[-1].at if self.chunks else self.opened_at)


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


def encode_chunk(chunk: WireChunk, number: int, text: str) -> str:
    """``text``: that of the chunk's data, as ``decode_text`` gives it, or masked."""
    return f"{encode_mark(chunk.at, number)}{'C' if chunk.is_sent else 'D'}: {text}\n"


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
    mark: tuple[float, int] | None = None
    for place, line in numbered:
        text = line.rstrip("\n")
        if (marked := _MARK.fullmatch(text)) is not None:
            mark = (float(marked[1]), int(marked[2]))
            _take_mark(recording, *mark, marked[3])
        elif (described := _DEVICE.fullmatch(text)) is not None and len(recording.devices) < MAX_DEVICES:
            number, manufacturer, driver, host, port, title = described.groups(default="")
            device = WireDevice(int(number), manufacturer, driver, host, int(port), title)
            recording.devices[device.number] = device
        elif text[:3] in ("C: ", "D: "):
            if mark is None or not recording.connections.get(mark[1]):
                raise WireFileError(f"Line {place} belongs to no connection")
            chunk = WireChunk(mark[0], text.startswith("C"), encode_text(text[3:]))
            recording.connections[mark[1]][-1].chunks.append(chunk)
        elif text and not text.startswith("#"):
            raise WireFileError(f"Line {place} is not understood")
    return recording


def _take_mark(recording: WireRecording, at: float, number: int, what: str | None) -> None:
    connections = recording.connections.setdefault(number, [])
    if what == "open":
        connections.append(WireConnection(at))
    elif what == "closed" and connections:
        connections[-1].closed_at = at


def _escape(sign: str) -> str:
    if sign == "\\":
        return "\\\\"
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))


def header_of(devices: Iterable[WireDevice], notes: Iterable[str]) -> Iterator[str]:
    """The lines with which a file begins."""
    yield f"{FIRST_LINE}\n"
    yield from (f"# {note}\n" for note in notes)
    yield from map(encode_device, devices)
