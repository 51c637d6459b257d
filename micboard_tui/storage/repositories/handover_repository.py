"""Hand-over notes in the database: implements ``HandoverRepository``."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update

from micboard_tui.domain.handover import MAX_HANDOVER_NOTES, HandoverNote
from micboard_tui.storage.pack_tables import HandoverRow
from micboard_tui.storage.state_writer import last_to_go, table_of
from micboard_tui.storage.transactions import Transactions

NOTES = table_of(HandoverRow)


class SqlHandover:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def notes(self) -> Sequence[HandoverNote]:
        statement = select(NOTES).order_by(NOTES.c.id.desc()).limit(MAX_HANDOVER_NOTES)

        def read(connection: Connection) -> Sequence[HandoverNote]:
            rows = connection.execute(statement).mappings()
            return [
                HandoverNote(row["at"], row["actor"], row["text"], row["shown_at"], row["id"]) for row in rows
            ]

        return await self._transactions.read_rows(read)

    async def add(self, note: HandoverNote) -> HandoverNote:
        def write(connection: Connection) -> int:
            values = {"at": note.at, "actor": note.actor, "text": note.text, "shown_at": note.shown_at}
            (number,) = connection.execute(insert(NOTES).values(values)).inserted_primary_key or (0,)
            connection.execute(delete(NOTES).where(NOTES.c.id <= last_to_go(NOTES, MAX_HANDOVER_NOTES)))
            return int(number)

        return replace(note, id=await self._transactions.write_durably(write))

    async def mark_shown(self, ids: Sequence[int], at: float) -> None:
        statement = update(NOTES).where(NOTES.c.id.in_(list(ids))).values(shown_at=at)

        def write(connection: Connection) -> None:
            connection.execute(statement)

        await self._transactions.write_durably(write)
