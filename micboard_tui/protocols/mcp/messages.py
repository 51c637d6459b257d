"""The two kinds of line, and the codes of those that say no.

Source: docs/reference/protocols/sennheiser.md 5.1, 5.2.
"""

from enum import IntEnum
from typing import NamedTuple, TypeAlias


class Line(NamedTuple):
    """``Name Vocal 1``: a question (without ``rest``), a wish, its answer, or news.

    ``rest`` is all behind the first blank, as it travels: names hold blanks and are padded with them.
    """

    keyword: str
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The arguments, where blanks part them."""
        return self.rest.split()


class Refusal(NamedTuple):
    """``1020: Value out of range [ AfOut 125 ]``: no, and to what. The code tells why, not the text."""

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
"""As devices word them."""

Message: TypeAlias = Line | Refusal


def refusal(code: Code, instruction: Line) -> Refusal:
    """What a device says to an instruction that it does not follow."""
    return Refusal(code, TEXTS[code], instruction)
