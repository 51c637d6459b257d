"""Where sealed secrets and refused keys are kept for all collectors and hubs of a site: ports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import BoxPlacement, Recipient, SealedRecord, SealedSecret
from micboard_tui.domain.secret import SecretOwner


class SealedSecretRepository(Protocol):
    """Boxes with secrets, and those for whom they are. All methods raise StorageError."""

    async def revision(self) -> str:
        """A text that changes with every box and every recipient. Cheap to call."""
        ...

    async def read_record(self) -> SealedRecord:
        """All recipients, and what is sealed for them; without the boxes."""
        ...

    async def read_boxes(self, public_key: str) -> Sequence[SealedSecret]:
        """The boxes of one recipient."""
        ...

    async def register(self, recipient: Recipient) -> None:
        """Enter a recipient, or write down that it is alive, and its name and zone where they changed."""
        ...

    async def replace(self, owner: SecretOwner, boxes: Sequence[SealedSecret]) -> None:
        """Keep a new secret instead of all boxes of the one before; recipients that went are left out."""
        ...

    async def add(self, boxes: Sequence[SealedSecret]) -> Sequence[BoxPlacement]:
        """Add boxes of secrets that are there, and return which were added.

        Left out are those of another moment than the secret that is kept now, those of a recipient that
        is not registered, and those for a recipient that has one.
        """
        ...

    async def take_back(self, placements: Sequence[BoxPlacement]) -> None:
        """Remove single boxes."""
        ...

    async def remove(self, owner: SecretOwner) -> bool:
        """Remove all boxes of a secret; answers whether there was one."""
        ...

    async def prune(self, unseen_for_s: float) -> Sequence[Recipient]:
        """Remove recipients that gave no sign of life for so long, with their boxes; returns them.

        One that has the only box of a secret stays.
        """
        ...


@dataclass(frozen=True, slots=True)
class RefusedMark:
    """What a slow hash with a salt makes of a key that a device has refused."""

    salt: str = field(repr=False)
    mark: str = field(repr=False)
    at: float
    """Seconds since the epoch, by the clock of the database."""


class RefusedKeyRepository(Protocol):
    """What devices refused, for all collectors. All methods raise StorageError."""

    async def read_marks(self, device_id: DeviceId, held_s: float) -> Sequence[RefusedMark]:
        """Those of a device that are not older than ``held_s``, the newest first."""
        ...

    async def add(self, device_id: DeviceId, salt: str, mark: str, held_s: float) -> None:
        """The device has just refused it. What is older than ``held_s`` goes, and all but the newest few."""
        ...
