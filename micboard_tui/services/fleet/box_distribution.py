"""Gives every collector and hub that may open a secret a box with it, and takes back the others.

Each of them runs this. It registers itself as a recipient, and once a minute writes down that it is alive.
Once a second it compares the revisions of boxes and devices with those at which all was done, and where they
differ it plans (``domain.sealed_secret``): it seals what it can open for those who lack it, as a collector
that is new, has lost its key or changed its zone, or whose zone got a device. A hub does so at once; a
collector only when no hub has done it for ``GRACE_S``. Hubs take back boxes of those who may not open them
any more, and remove recipients that were not seen for ``FORGOTTEN_AFTER_S``. What is given to a recipient is
an event, so that it does not go unnoticed.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

import anyio
import structlog

from micboard_tui.config.secrets.sealed_boxes import SealingKey, is_public_key
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.sealed_secrets import SealedSecretRepository
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.sealed_secret import (
    BoxPlacement,
    Recipient,
    RecipientRole,
    SealedSecret,
    plan_boxes,
)
from micboard_tui.domain.secret import SecretError, SecretOwner
from micboard_tui.services.fleet.record_secrets import seal_for

LOOK_S = 1.0
GRACE_S = 5.0
SEEN_S = 60.0
FORGOTTEN_AFTER_S = 30 * 24 * 3600.0
MOST_BOXES = 50
"""Of one look: sealing takes up to half a millisecond each, and meanwhile nothing else is done here."""
NEXT_BATCH_S = 0.05

log = structlog.get_logger(__name__)


class Progress(Enum):
    SETTLED = auto()
    """Nothing is left that this one can do, until a revision changes."""
    SEALED = auto()
    WAITING = auto()
    """For hubs, or to be registered."""


class BoxDistribution:
    """``recipient`` is this collector or hub, with the public key of ``key``."""

    def __init__(
        self,
        repository: SealedSecretRepository,
        devices: DeviceRepository,
        recipient: Recipient,
        key: SealingKey,
        events: EventSink,
        clock: WallClock,
    ) -> None:
        self._repository, self._devices = repository, devices
        self._recipient, self._key = recipient, key
        self._events, self._clock = events, clock
        self._is_hub = recipient.role is RecipientRole.HUB
        self._settled: tuple[str, str] | None = None
        """The revisions of boxes and devices at which nothing was left to do."""
        self._missing_since: float | None = None
        self._seen_at = float("-inf")
        self._is_lost = False

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            wait_s = LOOK_S
            try:
                if await self._look():
                    wait_s = NEXT_BATCH_S
            except StorageError as error:
                if not self._is_lost:
                    log.warning("secrets_not_sealed", code=error.code.value, reason=error.info.message)
                self._is_lost = True
            else:
                self._is_lost = False
            await anyio.sleep(wait_s)

    async def _look(self) -> bool:
        """Answers whether something was sealed, so that there may be more."""
        now = anyio.current_time()
        if now - self._seen_at >= SEEN_S:
            await self._repository.register(self._recipient)
            if self._is_hub:
                for recipient in await self._repository.prune(FORGOTTEN_AFTER_S):
                    log.info("recipient_forgotten", name=recipient.name, role=recipient.role.value)
            self._seen_at = now
        state = await self._repository.revision(), await self._devices.revision()
        if state == self._settled:
            return False
        progress = await self._distribute()
        if progress is Progress.SETTLED:
            self._settled = state
        return progress is Progress.SEALED

    async def _distribute(self) -> Progress:
        record = await self._repository.read_record()
        if all(recipient.public_key != self._recipient.public_key for recipient in record.recipients):
            # The database is another one, or an old copy of it.
            self._seen_at = float("-inf")
            return Progress.WAITING
        plan = plan_boxes(record, await self._devices.all())
        progress = await self._seal(plan.missing)
        if self._is_hub and plan.surplus:
            await self._repository.take_back(plan.surplus)
            log.info("secrets_taken_back", boxes=len(plan.surplus))
        return progress

    async def _seal(self, missing: Sequence[tuple[SecretOwner, Recipient]]) -> Progress:
        boxes = await self._repository.read_boxes(self._recipient.public_key) if missing else ()
        own = {box.placement.owner: box for box in boxes}
        can_seal = [
            (owner, recipient)
            for owner, recipient in missing
            if owner in own and is_public_key(recipient.public_key)
        ]
        if not can_seal:
            self._missing_since = None
            return Progress.SETTLED
        if not self._is_hub and not self._is_due():
            return Progress.WAITING
        batch = can_seal[:MOST_BOXES]
        sealed = self._seal_batch(batch, own)
        added = await self._repository.add(sealed)
        await self._store_events(added, {recipient.public_key: recipient for _, recipient in batch})
        if not added:
            # What cannot be sealed is left until something changes.
            self._missing_since = None
            return Progress.SETTLED
        return Progress.SEALED

    def _is_due(self) -> bool:
        """Whether hubs had their time to do it."""
        now = anyio.current_time()
        if self._missing_since is None:
            self._missing_since = now
        return now - self._missing_since >= GRACE_S

    def _seal_batch(
        self, batch: Sequence[tuple[SecretOwner, Recipient]], own: Mapping[SecretOwner, SealedSecret]
    ) -> list[SealedSecret]:
        sealed = []
        for owner, recipient in batch:
            try:
                secret = self._key.open_box(owner, own[owner].box)
            except SecretError as error:
                log.warning("secret_not_sealed", owner=owner.variable, reason=str(error))
                continue
            if (box := seal_for(recipient.public_key, owner, secret)) is not None:
                sealed.append(box)
        return sealed

    async def _store_events(self, added: Sequence[BoxPlacement], recipients: Mapping[str, Recipient]) -> None:
        for public_key in dict.fromkeys(placement.public_key for placement in added):
            recipient = recipients[public_key]
            count = sum(placement.public_key == public_key for placement in added)
            of_zone = f" of zone {recipient.zone}" if recipient.zone else ""
            text = f"{count} secrets given to {recipient.role.value} {recipient.name}{of_zone}"
            details = {"recipient": public_key}
            self._events.append(
                Event(self._clock(), EventKind.STEP, visible(text)[:MAX_EVENT_TEXT], details=details)
            )
            log.info("secrets_given", recipient=recipient.name, public_key=public_key, boxes=count)
