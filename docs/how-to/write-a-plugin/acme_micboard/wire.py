"""TinyLink: one line of ASCII a message. Bytes in, fields out; no socket, nothing of micboard-tui.

The protocol is invented. We send:      It sends:
  HELLO                                   IS <model> <channels> <firmware> <name>
  SHOW <channel>                          CHANNEL <channel> <kHz> <pack ON|OFF> <battery %> <name>
  METER <ms>                              LEVEL <channel> <dBm> <dBFS>, so often; METER 0 ends it
  NAME <channel> <name>                   CHANNEL ..., or NO <reason>
What it does not know is --. Every change is sent as a CHANNEL line, asked or not.
"""

MAX_LINE = 256
UNKNOWN = "--"


def encode(*fields: object) -> bytes:
    """One message."""
    return f"{' '.join(map(str, fields))}\n".encode("ascii", "replace")


class Decoder:
    """Takes any chunking of the stream; keeps the unfinished line, and never more than one."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[list[str]]:
        """The fields of every line that is complete."""
        *lines, self._tail = (self._tail + data).split(b"\n")
        # What sends lines without an end speaks another protocol, or is hostile.
        self._tail = self._tail[-MAX_LINE:]
        return [fields for line in lines if (fields := line[:MAX_LINE].decode("ascii", "replace").split())]


def parse_number(field: str, least: int, most: int) -> int | None:
    """A number that can be; None for what the device does not know, or what makes no sense."""
    if not field.removeprefix("-").isdecimal():
        return None
    value = int(field)
    return value if least <= value <= most else None
