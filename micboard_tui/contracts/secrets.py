"""Secrets of devices: what services need of a store, and what front ends may ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import ListedRecipient
from micboard_tui.domain.secret import KnownSecret, Secret, SecretOwner, SecretPlace


class SecretStore(Protocol):
    """Where secrets are kept. Raises SecretError when they cannot be read or kept."""

    async def revision(self) -> str:
        """A text that changes with every secret kept or removed, by any process. Cheap; raises nothing."""
        ...

    async def read(self, device_id: DeviceId, driver: str) -> Secret | None:
        """The secret for a device: its own one from the strongest place, else its driver's."""
        ...

    async def known(self, owners: Iterable[SecretOwner]) -> Sequence[KnownSecret]:
        """All kept secrets, and those in the environment for ``owners``, strongest first for each.

        Variables that name none of them are listed without an owner.
        """
        ...

    async def keep(
        self, owner: SecretOwner, value: str, user: str | None, place: SecretPlace | None = None
    ) -> SecretPlace:
        """Keep a secret instead of the one before; answers where. None: the keyring, or the file."""
        ...

    async def forget(self, owner: SecretOwner) -> Sequence[SecretPlace]:
        """Take away what can be taken away; answers from where."""
        ...

    async def recipients(self) -> Sequence[ListedRecipient]:
        """For whom secrets are sealed; none where they are kept for this computer alone."""
        ...


class RefusalMemory(Protocol):
    """Which key a device refused last. Slow on purpose; raises nothing."""

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        """When the device refused this very key, seconds since the epoch; None: not lately."""
        ...

    async def note(self, device_id: DeviceId, key: str) -> None:
        """The device has just refused it."""
        ...


@dataclass(frozen=True, slots=True)
class SecretNeed:
    """What has to be asked for."""

    owner: SecretOwner
    title: str
    """The device or the driver, for people."""
    kind: str
    """"password", "API key"."""
    user: str | None
    """Its user by default; None: it knows no users."""


@dataclass(frozen=True, slots=True)
class ListedSecret:
    """A secret as it may be listed."""

    known: KnownSecret
    device: Device | None = None
    """None: it belongs to a driver, or to a device that is not registered any more."""


@dataclass(frozen=True, slots=True)
class SecretListing:
    secrets: tuple[ListedSecret, ...]
    missing: tuple[Device, ...]
    """Registered devices that need one and have none."""
    recipients: tuple[ListedRecipient, ...] = ()
    """The collectors and hubs of a fleet."""


class SecretContract(Protocol):
    """Keeps and removes secrets. No answer ever holds one."""

    async def find_need(self, device: str | None, driver: str | None) -> ServiceResult[SecretNeed]:
        """The owner whose secret is to be asked for: the one device with this title, or a driver.

        DEVICE_NOT_FOUND, DRIVER_NOT_SUPPORTED, INVALID_VALUE (it needs none).
        """
        ...

    async def keep(
        self,
        owner: SecretOwner,
        value: str,
        *,
        user: str | None = None,
        place: SecretPlace | None = None,
        actor: str,
    ) -> ServiceResult[SecretPlace]:
        """Keep a secret; sessions that wait for it try again. Warns when a stronger place has another.

        INVALID_VALUE, SECRETS_UNREADABLE.
        """
        ...

    async def list_secrets(self) -> ServiceResult[SecretListing]:
        """What is known and where, and which devices need one and have none. SECRETS_UNREADABLE."""
        ...

    async def forget(
        self, device: str | None, driver: str | None, *, actor: str
    ) -> ServiceResult[tuple[SecretOwner, Sequence[SecretPlace]]]:
        """Take a secret away. Warns when the environment still gives one.

        DEVICE_NOT_FOUND, DRIVER_NOT_SUPPORTED, INVALID_VALUE (there is none), SECRETS_UNREADABLE.
        """
        ...
