"""Takes a stream of Server-Sent Events apart, however it is cut. Without IO.

Source: docs/reference/protocols/sennheiser.md 6.2. The general form is that of the HTML standard, of which
devices need ``event`` and ``data``.

Remembered between calls: the beginning of a line, whether the last one ended with a return to which a line
feed may belong, and what the lines since the last blank one say.
"""

from collections.abc import Iterator
from typing import NamedTuple

_DEFAULT_NAME = "message"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    name: str
    data: str


class EventDecoder:
    """``feed`` it with what comes."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = b""
        self._data: list[bytes] = []
        self._is_first_line = True
        self._is_after_return = False
        self.pending_bytes = 0
        """Of the event that has not come to its end, as it came, comments included."""

    def feed(self, data: bytes) -> Iterator[ServerEvent]:
        """The events that are complete with ``data``. To be taken to the end before more is fed."""
        self.pending_bytes += len(data)
        if self._is_after_return and data:
            # It belongs to the line end of which the return came before.
            data = data.removeprefix(b"\n")
            self._is_after_return = False
        if b"\r" in data:
            self._is_after_return = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line:
                self._take_line(line)
            elif self._data:
                name, parts = self._name, self._data
                self._name, self._data = b"", []
                self.pending_bytes = 0
                yield ServerEvent(
                    name.decode(errors="replace") or _DEFAULT_NAME, b"\n".join(parts).decode(errors="replace")
                )
            else:
                self._name = b""
                self.pending_bytes = 0

    def _take_line(self, line: bytes) -> None:
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(_BYTE_ORDER_MARK)
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        elif field == b"event":
            self._name = value.removeprefix(b" ")
