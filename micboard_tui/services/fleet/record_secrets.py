"""Secrets for several collectors: environment first, then the database. Implements ``SecretStore``.

The boxes for this computer are kept in memory, sealed, and read again when the revision of the repository has
changed: while the database is away, sessions are opened with what was known last. A look at the revision
serves all who ask within ``LOOK_S``, since a take-over opens hundreds of sessions at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
import structlog

from micboard_tui.config.secret_mask import Mask
from micboard_tui.config.secrets.environment_secrets import EnvironmentSecrets
from micboard_tui.config.secrets.sealed_boxes import SealingKey, seal_secret
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.sealed_secrets import SealedSecretRepository
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import (
    BoxPlacement,
    ListedRecipient,
    Recipient,
    SealedSecret,
    choose_recipients,
)
from micboard_tui.domain.secret import (
    KnownSecret,
    Secret,
    SecretError,
    SecretOwner,
    SecretPlace,
    owner_device,
    owner_driver,
)

LOOK_S = 0.3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KnownBoxes:
    """What the database held at a revision."""

    revision: str = ""
    own: Mapping[SecretOwner, str] = field(default_factory=dict)
    """The boxes for this computer."""
    owners: frozenset[SecretOwner] = frozenset()
    """Of all secrets, also of those that are sealed for others only."""


class RecordSecrets:
    """``recipient`` is this collector or hub, with the public key of ``key``."""

    def __init__(
        self,
        repository: SealedSecretRepository,
        devices: DeviceRepository,
        recipient: Recipient,
        key: SealingKey,
        environment: EnvironmentSecrets,
        mask: Mask,
    ) -> None:
        self._repository, self._devices = repository, devices
        self._recipient, self._key = recipient, key
        self._environment, self._mask = environment, mask
        self._boxes: KnownBoxes | None = None
        """None: the database was never read."""
        self._looked_at = float("-inf")
        self._is_lost = False
        self._lock = anyio.Lock()

    async def revision(self) -> str:
        try:
            return (await self._look()).revision
        except StorageError:
            return ""

    async def read(self, device_id: DeviceId, driver: str) -> Secret | None:
        """Raises StorageError, too, as long as the database was never read."""
        for owner in (owner_device(device_id), owner_driver(driver)):
            found = self._environment.read(owner) or self._open(owner, await self._look())
            if found is not None:
                self._mask.learn(found.value)
                return found
        return None

    async def known(self, owners: Iterable[SecretOwner]) -> Sequence[KnownSecret]:
        """Raises StorageError."""
        record = await self._repository.read_record()
        first = {placement.owner: placement for placement in reversed(record.placements)}
        kept = [
            KnownSecret(owner, SecretPlace.RECORD, placement.user, placement.set_at)
            for owner, placement in sorted(first.items(), key=lambda item: (item[0].kind, item[0].name))
        ]
        return [*self._environment.known(owners), *kept]

    async def keep(
        self, owner: SecretOwner, value: str, user: str | None, place: SecretPlace | None = None
    ) -> SecretPlace:
        """Seal it for all who may open it, this computer included. Raises StorageError, too."""
        if place not in {None, SecretPlace.RECORD}:
            raise SecretError(
                "Collectors have their secrets from the record, so that another one can take over",
                "Leave out --in; a variable of the environment comes before it, on each computer",
            )
        self._mask.learn(value)
        secret = Secret(value, user, datetime.now(UTC).isoformat())
        await self._repository.register(self._recipient)
        record, devices = await self._repository.read_record(), await self._devices.all()
        keys = {recipient.public_key for recipient in choose_recipients(owner, devices, record.recipients)}
        boxes = [seal_for(key, owner, secret) for key in sorted({*keys, self._recipient.public_key})]
        await self._repository.replace(owner, [box for box in boxes if box is not None])
        self._looked_at = float("-inf")
        return SecretPlace.RECORD

    async def forget(self, owner: SecretOwner) -> Sequence[SecretPlace]:
        """Raises StorageError."""
        is_removed = await self._repository.remove(owner)
        self._looked_at = float("-inf")
        return (SecretPlace.RECORD,) if is_removed else ()

    async def recipients(self) -> Sequence[ListedRecipient]:
        """Raises StorageError."""
        record = await self._repository.read_record()
        counts = Counter(placement.public_key for placement in record.placements)
        return [
            ListedRecipient(
                recipient.name,
                recipient.role.value,
                recipient.zone,
                recipient.public_key,
                counts[recipient.public_key],
                recipient.seen_at,
            )
            for recipient in record.recipients
        ]

    def _open(self, owner: SecretOwner, known: KnownBoxes) -> Secret | None:
        if (box := known.own.get(owner)) is not None:
            return self._key.open_box(owner, box)
        if owner in known.owners:
            raise SecretError(
                f"The secret for {owner.kind.value} {owner.name} is not sealed for this computer",
                "A running hub, or a collector of its zone, does that within seconds. Where none of them can"
                " open it, give it again: micboard-tui secrets set DEVICE",
            )
        return None

    async def _look(self) -> KnownBoxes:
        """What is known now. Raises StorageError as long as nothing was ever read."""
        async with self._lock:
            if self._boxes is not None and anyio.current_time() - self._looked_at < LOOK_S:
                return self._boxes
            try:
                self._boxes = await self._read_boxes(self._boxes)
            except StorageError as error:
                self._note_lost(error)
                if self._boxes is None:
                    raise
            else:
                self._is_lost = False
            self._looked_at = anyio.current_time()
            return self._boxes

    async def _read_boxes(self, before: KnownBoxes | None) -> KnownBoxes:
        # Before the boxes: what changes in between is noticed with the next look.
        revision = await self._repository.revision()
        if before is not None and before.revision == revision:
            return before
        boxes = await self._repository.read_boxes(self._recipient.public_key)
        record = await self._repository.read_record()
        own = {box.placement.owner: box.box for box in boxes}
        return KnownBoxes(revision, own, frozenset(placement.owner for placement in record.placements))

    def _note_lost(self, error: StorageError) -> None:
        if not self._is_lost:
            log.warning("secrets_not_read", code=error.code.value, reason=error.info.message)
        self._is_lost = True


def seal_for(public_key: str, owner: SecretOwner, secret: Secret) -> SealedSecret | None:
    """A box for one recipient; None: what it registered with is no public key."""
    try:
        box = seal_secret(public_key, owner, secret)
    except ValueError:
        log.warning("recipient_without_key", public_key=public_key[:64])
        return None
    return SealedSecret(BoxPlacement(owner, public_key, secret.user, secret.set_at or ""), box)
