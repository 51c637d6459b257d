"""The two kinds of line, and the codes of refusals.

Source: docs/reference/protocols/sennheiser.md 5.1, 5.2.
"""

from enum import IntEnum
from typing import NamedTuple, TypeAlias


class Line(NamedTuple):
    """``Name Vocal 1``: a question (without ``rest``), a command, its answer, or a report of a change.

    ``rest`` is everything after the first blank, as sent: names hold blanks and are padded with them.
    """

    keyword: str
    rest: str = ""

    @property
    def arguments(self) -> list[str]:
        """The arguments, separated by blanks."""
        return self.rest.split()


class Refusal(NamedTuple):
    """``1020: Value out of range [ AfOut 125 ]``: a refused instruction. The code says why; texts differ."""

    code: int
    text: str
    instruction: Line


class Code(IntEnum):
    INVALID_COMMAND = 1000
    INVALID_PARAMETER = 1010
    OUT_OF_RANGE = 1020
    NOT_RELATIVE = 1030
    WRONG_COUNT = 1040
    NOT_TERMINATED = 1050


TEXTS: dict[int, str] = {
    Code.INVALID_COMMAND: "Invalid command",
    Code.INVALID_PARAMETER: "Invalid parameter",
    Code.OUT_OF_RANGE: "Value out of range",
    Code.NOT_RELATIVE: "Relative parameters not supported",
    Code.WRONG_COUNT: "Invalid numbers of parameter",
    Code.NOT_TERMINATED: "Incorrect termination",
}
"""The texts that devices send with the codes."""

Message: TypeAlias = Line | Refusal


def refusal(code: Code, instruction: Line) -> Refusal:
    """The refusal that a device sends for ``instruction``."""
    return Refusal(code, TEXTS[code], instruction)
