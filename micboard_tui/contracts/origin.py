"""From where a call comes: set by each front end, carried along by what is called, read by the audit.

It is what the program at the other end reports of itself, beside the name of who acts, which is checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class FrontEnd(StrEnum):
    """Through what a person, or another program, acts."""

    UNKNOWN = "unknown"
    BOARD = "board"
    COMMAND = "command"
    API = "api"
    """A program with a token."""
    PAGE = "page"
    """A browser with a login."""
    OSC = "osc"
    """A signal of show control."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Empty is what is not known."""

    front_end: FrontEnd = FrontEnd.UNKNOWN
    host: str = ""
    """The computer on which the front end runs."""
    terminal: str = ""
    """In which it runs there."""
    token: str = ""
    """The label of the token, never its text."""
    address: str = ""
    """From where the front end is reached over the network."""


_UNKNOWN = Origin()
_ORIGIN: ContextVar[Origin] = ContextVar("origin", default=_UNKNOWN)


def current_origin() -> Origin:
    """That of the call that is carried out."""
    return _ORIGIN.get()


def set_origin(origin: Origin) -> None:
    """From here on, in this task and in those that it starts."""
    _ORIGIN.set(origin)


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """The same until the end of the block."""
    token = _ORIGIN.set(origin)
    try:
        yield
    finally:
        _ORIGIN.reset(token)
