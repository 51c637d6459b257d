"""How a simulated MCP device reads and follows an instruction. Pure.

Source: docs/reference/protocols/sennheiser.md 5.2, 5.6.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from micboard_tui.protocols.mcp.messages import Code

S_contra = TypeVar("S_contra", contravariant=True)
_MAX_DIGITS = 9


class RefusedError(Exception):
    """The device says no, with a code."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


Read: TypeAlias = Callable[[S_contra], str]
Write: TypeAlias = Callable[[S_contra, list[int]], None]


@dataclass(frozen=True, slots=True)
class Attribute(Generic[S_contra]):
    """One keyword that a device knows."""

    keyword: str
    read: Read[S_contra]
    write: Write[S_contra] | None = None
    """Takes numbers; raises RefusedError."""
    counts: Collection[int] = (1,)
    """How many numbers an instruction may have."""
    now: Callable[[S_contra], int] | None = None
    """What a relative instruction starts from; None: such are refused."""
    step: int = 1
    highest_by_steps: int | None = None
    """The last value that a relative instruction gets to, where more can be set."""
    write_text: Callable[[S_contra, str], None] | None = None
    """Takes all behind the first blank, where that is text."""
    look_up: Callable[[S_contra, int], str] | None = None
    """Answers a question that names a number; nothing can be set then."""

    def answer(self, subject: S_contra, rest: str) -> str:
        """The answer to a question. Raises RefusedError."""
        if self.look_up is None:
            return self.read(subject)
        texts = rest.split()
        if len(texts) != 1:
            raise RefusedError(Code.WRONG_COUNT)
        return self.look_up(subject, _number(texts[0]))

    def set(self, subject: S_contra, rest: str) -> None:
        """Set a value. Raises RefusedError for the first thing that is wrong.

        In which order a device looks is in docs/reference/protocols/sennheiser.md 8.
        """
        if self.write_text is not None:
            self.write_text(subject, rest)
            return
        texts = rest.split()
        if self.write is None or len(texts) not in self.counts:
            raise RefusedError(Code.WRONG_COUNT)
        is_relative = any(text.startswith("#") for text in texts)
        values = [_number(text.removeprefix("#")) for text in texts]
        if is_relative:
            if self.now is None or len(values) != 1:
                raise RefusedError(Code.NOT_RELATIVE)
            values = [self.now(subject) + values[0] * self.step]
            if self.highest_by_steps is not None and values[0] > self.highest_by_steps:
                raise RefusedError(Code.OUT_OF_RANGE)
        self.write(subject, values)


def _number(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS):
        raise RefusedError(Code.INVALID_PARAMETER)
    return int(text)


def check_step(value: int, lowest: int, highest: int, step: int = 1) -> int:
    """``value``. Raises RefusedError where the device has no such step."""
    if not lowest <= value <= highest or (value - lowest) % step:
        raise RefusedError(Code.OUT_OF_RANGE)
    return value
