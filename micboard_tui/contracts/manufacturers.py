"""The manufacturers whose devices can be read, and what a user has to know of their drivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult


@dataclass(frozen=True, slots=True)
class DriverInfo:
    """A driver as front ends know it."""

    name: str
    title: str
    default_port: int
    secret: str | None = None
    """The kind of secret it needs, as users call it ("password", "API key"); None: none."""
    user: str | None = None
    """The user whose password it is, where the device has users."""
    never_reports: str = ""
    """What it never reports although other devices of its kind do, as a text for users; empty: nothing."""
    has_certificate: bool = False
    """Whether the device identifies itself by a certificate that the user has to trust."""
    shows_certificate: bool = False
    """Whether that can be fetched, to be compared."""


@dataclass(frozen=True, slots=True)
class ManufacturerInfo:
    """A manufacturer with its drivers; the first one is the default."""

    code: str
    title: str
    drivers: Mapping[str, DriverInfo] = field(default_factory=dict)


class ManufacturerContract(Protocol):
    """Of the process that keeps the sessions: what is installed there, which stays while it runs.

    So it is read without waiting; another process holds a copy.
    """

    def codes(self) -> Sequence[str]:
        """The codes of all manufacturers, sorted."""
        ...

    def find(self, code: str) -> ServiceResult[ManufacturerInfo]:
        """MANUFACTURER_NOT_SUPPORTED: no plugin has that code, or its plugin is broken."""
        ...
