"""A command as SSCv2 carries it: what to write, and where to read whether it took effect."""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.manufacturers.transport.http_text import Request
from micboard_tui.protocols.sscv2.message import Json


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """One PUT of one field; only what changes is sent (docs/reference/protocols/sennheiser.md 6.1)."""

    path: str
    field: str
    value: Json
    format_value: Callable[[Json], str]
    """Formats a value in force for users."""
    confirmation_path: str
    """The resource whose field holds the value in force."""

    @property
    def request(self) -> Request:
        """What is sent."""
        return Request("PUT", self.path, {self.field: self.value})
