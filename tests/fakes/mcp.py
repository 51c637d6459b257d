"""An MCP device as a script, with the lines of the reference's examples.

Source: docs/reference/protocols/sennheiser.md 5.
"""

from collections.abc import Callable, Iterable

from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Code, Line, refusal
from tests.fakes.scripted_peer import ScriptedPeer

Answer = Callable[[Line], Iterable[bytes]]

SETTINGS = b"Name Vocal 1 \rFrequency 566500 2 10\rSquelch 7\rAfOut -18\rEqualizer 1\rMute 0\r"
BLOCK = b"RF1 25 65 1\rRF2 28 78 0\rStates 0 1\rRF 50 1 1\rAF 40 65 0\rBat 70\rMsg OK\rConfig 234\r"
SR_SETTINGS = (
    b"Name IEM 1   \rFrequency 566500 2 10\rSensitivity -21\rMode 0\rEqualizer 1 -5 3 0 -3 5\rMute 0\r"
)
SR_BLOCK = b"AF 15 25 40 38\rStates 0 0\rMsg OK\rConfig 555\r"


class McpPeer(ScriptedPeer[Line, bytes]):
    def decode(self, data: bytes) -> Iterable[Line]:
        for line in read(data):
            assert isinstance(line, Line)
            yield line

    def encode(self, reply: bytes) -> bytes:
        return reply

    @property
    def pushes(self) -> list[str]:
        return [line.rest for line in self.requests if line.keyword == "Push"]


_ANSWERS = {
    "Name": b"Name Vocal 1 \r",
    "AfOut": b"AfOut -18\r",
    "FirmwareRevision": b"FirmwareRevision 1.20.1\r",
    "RfConfig": b"RfConfig 566000 608000 25\r",
}


def answer_as_em(line: Line) -> Iterable[bytes]:
    """Answers as a receiver does; every instruction is echoed."""
    match line:
        case Line("Push", "0 0 1"):
            return [SETTINGS, encode([line])]
        case Line("Push", "0 0 0"):
            return [encode([line])]
        case Line("Push"):
            return [BLOCK, encode([line])]
        case Line(keyword, ""):
            unknown = encode([refusal(Code.INVALID_COMMAND, line)])
            return [_ANSWERS.get(keyword, unknown)]
        case _:
            return [encode([line])]


def answer_as_sr(line: Line) -> Iterable[bytes]:
    """Answers as an in-ear transmitter does, which knows no AfOut."""
    match line:
        case Line("Push", "0 0 1"):
            return [SR_SETTINGS, encode([line])]
        case Line("Push", other) if other != "0 0 0":
            return [SR_BLOCK, encode([line])]
        case Line("Sensitivity", ""):
            return [b"Sensitivity -21\r"]
        case Line("AfOut"):
            return [encode([refusal(Code.INVALID_COMMAND, line)])]
        case _:
            return answer_as_em(line)


def answer_nothing(line: Line) -> Iterable[bytes]:
    """Nothing answers: it is off, or its network control is."""
    return []
