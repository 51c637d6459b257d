"""Sealed secrets and their recipients in the database: implements ``SealedSecretRepository``."""

import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, select, update

from micboard_tui.domain.sealed_secret import (
    BoxPlacement,
    Recipient,
    RecipientRole,
    SealedRecord,
    SealedSecret,
)
from micboard_tui.domain.secret import OwnerKind, SecretOwner
from micboard_tui.storage.change_watch import Watch, WatchedValue
from micboard_tui.storage.database_clock import read_clock
from micboard_tui.storage.secret_tables import RecipientRow, SealedSecretRow, SecretRevisionRow
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.transactions import Transactions

RECIPIENTS, BOXES, REVISION = (
    table_of(RecipientRow),
    table_of(SealedSecretRow),
    table_of(SecretRevisionRow),
)


class SqlSealedSecrets:
    """``watch`` tells when the revision has to be read again. ``clock``: of the computer, for a file."""

    def __init__(
        self,
        transactions: Transactions,
        watch: Watch | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._transactions, self._clock = transactions, clock
        self._revision = WatchedValue(watch, self._read_revision)

    async def revision(self) -> str:
        return await self._revision.get()

    async def read_record(self) -> SealedRecord:
        placements = select(BOXES).with_only_columns(
            BOXES.c.owner_kind, BOXES.c.owner_name, BOXES.c.recipient, BOXES.c.user_name, BOXES.c.set_at
        )

        def read(connection: Connection) -> SealedRecord:
            recipients = connection.execute(select(RECIPIENTS).order_by(RECIPIENTS.c.name)).mappings()
            rows = connection.execute(placements).mappings()
            return SealedRecord(
                [_recipient_of(row) for row in recipients], [_placement_of(row) for row in rows]
            )

        return await self._transactions.read_rows(read)

    async def read_boxes(self, public_key: str) -> Sequence[SealedSecret]:
        statement = select(BOXES).where(BOXES.c.recipient == public_key)

        def read(connection: Connection) -> Sequence[SealedSecret]:
            rows = connection.execute(statement).mappings()
            return [SealedSecret(_placement_of(row), row["box"]) for row in rows]

        return await self._transactions.read_rows(read)

    async def register(self, recipient: Recipient) -> None:
        key = RECIPIENTS.c.public_key == recipient.public_key
        values = {"name": recipient.name, "role": recipient.role.value, "zone": recipient.zone}

        def write(connection: Connection) -> None:
            seen = {"seen_at": read_clock(connection, self._clock)}
            known = connection.execute(select(RECIPIENTS).where(key)).mappings().first()
            if known is None:
                row = {"public_key": recipient.public_key, **values, **seen}
                connection.execute(insert(RECIPIENTS).values(row))
            else:
                connection.execute(update(RECIPIENTS).where(key).values({**values, **seen}))
            if known is None or any(known[name] != value for name, value in values.items()):
                _raise_revision(connection)

        await self._transactions.write_durably(write)

    async def replace(self, owner: SecretOwner, boxes: Sequence[SealedSecret]) -> None:
        def write(connection: Connection) -> None:
            registered = _read_registered(connection)
            connection.execute(delete(BOXES).where(_is_of(owner)))
            _insert(connection, [box for box in boxes if box.placement.public_key in registered])
            _raise_revision(connection)

        await self._transactions.write_durably(write)

    async def add(self, boxes: Sequence[SealedSecret]) -> Sequence[BoxPlacement]:
        def write(connection: Connection) -> Sequence[BoxPlacement]:
            registered = _read_registered(connection)
            placed: dict[SecretOwner, dict[str, str]] = {}
            for row in connection.execute(select(BOXES)).mappings():
                placement = _placement_of(row)
                placed.setdefault(placement.owner, {})[placement.public_key] = placement.set_at
            added = [box for box in boxes if _is_wanted(box.placement, placed, registered)]
            if added:
                _insert(connection, added)
                _raise_revision(connection)
            return [box.placement for box in added]

        return await self._transactions.write_durably(write)

    async def take_back(self, placements: Sequence[BoxPlacement]) -> None:
        def write(connection: Connection) -> None:
            for placement in placements:
                is_it = and_(_is_of(placement.owner), BOXES.c.recipient == placement.public_key)
                connection.execute(delete(BOXES).where(is_it))
            _raise_revision(connection)

        await self._transactions.write_durably(write)

    async def remove(self, owner: SecretOwner) -> bool:
        def write(connection: Connection) -> bool:
            is_there = connection.execute(delete(BOXES).where(_is_of(owner))).rowcount > 0
            if is_there:
                _raise_revision(connection)
            return is_there

        return await self._transactions.write_durably(write)

    async def prune(self, unseen_for_s: float) -> Sequence[Recipient]:
        def write(connection: Connection) -> Sequence[Recipient]:
            oldest = read_clock(connection, self._clock) - unseen_for_s
            rows = (
                connection.execute(select(RECIPIENTS).where(RECIPIENTS.c.seen_at < oldest)).mappings().all()
            )
            pruned = [recipient for row in rows if _prune(connection, recipient := _recipient_of(row))]
            if pruned:
                _raise_revision(connection)
            return pruned

        return await self._transactions.write_durably(write)

    async def _read_revision(self) -> str:
        number = select(REVISION.c.number)
        return await self._transactions.read(
            lambda connection: str(connection.execute(number).scalar_one_or_none() or 0)
        )


def _is_wanted(
    placement: BoxPlacement, placed: dict[SecretOwner, dict[str, str]], registered: frozenset[str]
) -> bool:
    moments = placed.get(placement.owner, {})
    return (
        placement.public_key in registered
        and placement.public_key not in moments
        and placement.set_at in moments.values()
    )


def _prune(connection: Connection, recipient: Recipient) -> bool:
    """Remove it unless it has the only box of a secret; answers whether it was removed."""
    of_others = select(BOXES.c.owner_kind, BOXES.c.owner_name).where(
        BOXES.c.recipient != recipient.public_key
    )
    shared = {tuple(row) for row in connection.execute(of_others)}
    own = select(BOXES.c.owner_kind, BOXES.c.owner_name).where(BOXES.c.recipient == recipient.public_key)
    if any(tuple(row) not in shared for row in connection.execute(own)):
        return False
    connection.execute(delete(RECIPIENTS).where(RECIPIENTS.c.public_key == recipient.public_key))
    return True


def _read_registered(connection: Connection) -> frozenset[str]:
    return frozenset(connection.execute(select(RECIPIENTS.c.public_key)).scalars())


def _insert(connection: Connection, boxes: Iterable[SealedSecret]) -> None:
    rows = [
        {
            "owner_kind": box.placement.owner.kind.value,
            "owner_name": box.placement.owner.name,
            "recipient": box.placement.public_key,
            "box": box.box,
            "user_name": box.placement.user,
            "set_at": box.placement.set_at,
        }
        for box in boxes
    ]
    if rows:
        connection.execute(insert(BOXES), rows)


def _raise_revision(connection: Connection) -> None:
    if not connection.execute(update(REVISION).values(number=REVISION.c.number + 1)).rowcount:
        connection.execute(insert(REVISION).values(id=1, number=1))


def _is_of(owner: SecretOwner) -> ColumnElement[bool]:
    return and_(BOXES.c.owner_kind == owner.kind.value, BOXES.c.owner_name == owner.name)


def _placement_of(row: RowMapping) -> BoxPlacement:
    owner = SecretOwner(OwnerKind(row["owner_kind"]), row["owner_name"])
    return BoxPlacement(owner, row["recipient"], row["user_name"], row["set_at"])


def _recipient_of(row: RowMapping) -> Recipient:
    return Recipient(row["public_key"], row["name"], RecipientRole(row["role"]), row["zone"], row["seen_at"])
