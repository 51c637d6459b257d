"""Sealed secrets and refused keys in memory. The same tests hold for them and for the real ones."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.sealed_secrets import RefusedMark
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.sealed_secret import BoxPlacement, Recipient, SealedRecord, SealedSecret
from micboard_tui.domain.secret import SecretOwner


class DatabaseSwitch:
    """While ``is_away`` is set nothing can be read or stored."""

    is_away = False

    def check(self) -> None:
        if self.is_away:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The database is away", hint="Start it")


class InMemorySealedSecrets:
    """Implements ``SealedSecretRepository``."""

    def __init__(self, clock: Callable[[], float], switch: DatabaseSwitch | None = None) -> None:
        self._clock, self._switch = clock, switch or DatabaseSwitch()
        self.recipients: dict[str, Recipient] = {}
        self.boxes: dict[tuple[SecretOwner, str], SealedSecret] = {}
        self.changes = 0
        self.reads = 0

    async def revision(self) -> str:
        self._switch.check()
        return str(self.changes)

    async def read_record(self) -> SealedRecord:
        self._switch.check()
        by_name = sorted(self.recipients.values(), key=lambda recipient: recipient.name)
        return SealedRecord(by_name, [box.placement for box in self.boxes.values()])

    async def read_boxes(self, public_key: str) -> Sequence[SealedSecret]:
        self._switch.check()
        self.reads += 1
        return [box for (_, recipient), box in self.boxes.items() if recipient == public_key]

    async def register(self, recipient: Recipient) -> None:
        self._switch.check()
        known = self.recipients.get(recipient.public_key)
        if known is None or replace(known, seen_at=None) != replace(recipient, seen_at=None):
            self.changes += 1
        self.recipients[recipient.public_key] = replace(recipient, seen_at=self._clock())

    async def replace(self, owner: SecretOwner, boxes: Sequence[SealedSecret]) -> None:
        self._switch.check()
        self.changes += 1
        self.boxes = {key: box for key, box in self.boxes.items() if key[0] != owner}
        self._put([box for box in boxes if box.placement.public_key in self.recipients])

    async def add(self, boxes: Sequence[SealedSecret]) -> Sequence[BoxPlacement]:
        self._switch.check()
        moments = {(placement.owner, placement.set_at) for placement in self._placements()}
        added = [
            box
            for box in boxes
            if box.placement.public_key in self.recipients
            and (box.placement.owner, box.placement.public_key) not in self.boxes
            and (box.placement.owner, box.placement.set_at) in moments
        ]
        self.changes += bool(added)
        self._put(added)
        return [box.placement for box in added]

    async def take_back(self, placements: Sequence[BoxPlacement]) -> None:
        self._switch.check()
        self.changes += 1
        for placement in placements:
            self.boxes.pop((placement.owner, placement.public_key), None)

    async def remove(self, owner: SecretOwner) -> bool:
        self._switch.check()
        kept = {key: box for key, box in self.boxes.items() if key[0] != owner}
        is_there = len(kept) < len(self.boxes)
        self.changes += is_there
        self.boxes = kept
        return is_there

    async def prune(self, unseen_for_s: float) -> Sequence[Recipient]:
        self._switch.check()
        pruned = [each for each in self.recipients.values() if self._is_forgotten(each, unseen_for_s)]
        for recipient in pruned:
            del self.recipients[recipient.public_key]
            self.boxes = {key: box for key, box in self.boxes.items() if key[1] != recipient.public_key}
        self.changes += bool(pruned)
        return pruned

    def _is_forgotten(self, recipient: Recipient, unseen_for_s: float) -> bool:
        own = {owner for owner, key in self.boxes if key == recipient.public_key}
        shared = {owner for owner, key in self.boxes if key != recipient.public_key}
        return (recipient.seen_at or 0.0) < self._clock() - unseen_for_s and own <= shared

    def _placements(self) -> Sequence[BoxPlacement]:
        return [box.placement for box in self.boxes.values()]

    def _put(self, boxes: Sequence[SealedSecret]) -> None:
        self.boxes |= {(box.placement.owner, box.placement.public_key): box for box in boxes}


class InMemoryRefusedKeys:
    """Implements ``RefusedKeyRepository``."""

    def __init__(self, clock: Callable[[], float], switch: DatabaseSwitch | None = None) -> None:
        self._clock, self._switch = clock, switch or DatabaseSwitch()
        self.kept: dict[DeviceId, list[RefusedMark]] = {}
        self.reads = 0

    async def read_marks(self, device_id: DeviceId, held_s: float) -> Sequence[RefusedMark]:
        self.reads += 1
        self._switch.check()
        oldest = self._clock() - held_s
        return [refused for refused in self.kept.get(device_id, []) if refused.at > oldest]

    async def add(self, device_id: DeviceId, salt: str, mark: str, held_s: float) -> None:
        self._switch.check()
        self.kept = {name: list(await self.read_marks(name, held_s)) for name in self.kept}
        others = [refused for refused in self.kept.get(device_id, []) if refused.mark != mark]
        self.kept[device_id] = [RefusedMark(salt, mark, self._clock()), *others][:4]
