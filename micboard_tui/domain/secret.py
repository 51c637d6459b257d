"""Passwords and keys of devices: whose they are, where they are kept, and what may be shown of them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from micboard_tui.domain.identity import DeviceId


class SecretPlace(StrEnum):
    """Where a secret is kept. The first place that has one wins."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    FILE = "file"
    RECORD = "record"
    """The database of a fleet, sealed for each collector that may open it."""


class OwnerKind(StrEnum):
    DEVICE = "device"
    DRIVER = "driver"
    """All devices of a driver that have no secret of their own."""
    UNKNOWN = "nobody"
    """An environment variable names neither a device nor a driver. The value is that of the JSON."""


@dataclass(frozen=True, slots=True)
class SecretOwner:
    """The device or driver that a secret is for."""

    kind: OwnerKind
    name: str
    """The id of a device, the name of a driver, or the variable that names no owner."""

    @property
    def variable(self) -> str:
        """The last part of the name of its environment variable."""
        return re.sub(r"[^A-Z0-9]", "_", self.name.upper())


def owner_device(device_id: DeviceId) -> SecretOwner:
    """One device."""
    return SecretOwner(OwnerKind.DEVICE, device_id)


def owner_driver(driver: str) -> SecretOwner:
    """Every device of a driver."""
    return SecretOwner(OwnerKind.DRIVER, driver)


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or key. Printing it does not show it."""

    value: str = field(repr=False)
    user: str | None = None
    """None: the driver's own default."""
    set_at: str | None = None
    """When it was given, RFC 3339; the same password given anew is worth another try."""


@dataclass(frozen=True, slots=True)
class KnownSecret:
    """What may be shown of a secret: everything but itself."""

    owner: SecretOwner
    place: SecretPlace
    user: str | None = None
    set_at: str | None = None


class SecretError(Exception):
    """Secrets cannot be read or kept; ``hint`` is the cure. Names places and keys, never a secret."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
