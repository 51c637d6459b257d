"""Writing transactions raise the version of what is watched, before any notification of them comes."""

from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import StaticPool

from micboard_tui.contracts.errors import StorageError
from micboard_tui.storage.change_watch import WatchedValue
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.transactions import Transactions

RAISE = text("UPDATE revision SET number = number + 1")


class UnnotifiedWatch:
    """Whose notifications are all on their way still."""

    def __init__(self) -> None:
        self.number = 0

    def note(self) -> None:
        self.number += 1

    async def version(self) -> int | None:
        return self.number


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE revision (number INTEGER)"))
        connection.execute(text("INSERT INTO revision VALUES (0)"))
    yield engine
    engine.dispose()


@pytest.fixture
def transactions(engine: Engine) -> Transactions:
    return Transactions(engine, ErrorTranslator("test", None))


async def test_a_program_sees_at_once_what_it_has_written_itself_in_whichever_way(
    transactions: Transactions,
) -> None:
    watch = UnnotifiedWatch()
    transactions.written = watch.note
    revision = WatchedValue(watch, lambda: transactions.read(read_revision))
    seen = [await revision.get()]
    for write in (transactions.write_durably, transactions.write_readings, transactions.write_step):
        await write(raise_revision)
        seen.append(await revision.get())
    assert seen == [0, 1, 2, 4]


async def test_a_write_that_failed_may_have_been_committed_all_the_same(transactions: Transactions) -> None:
    watch = UnnotifiedWatch()
    transactions.written = watch.note
    with pytest.raises(StorageError):
        await transactions.write_durably(
            lambda connection: connection.execute(text("UPDATE missing SET x = 1"))
        )
    assert watch.number == 1


def raise_revision(connection: Connection) -> None:
    connection.execute(RAISE)


def read_revision(connection: Connection) -> int:
    return int(connection.execute(text("SELECT number FROM revision")).scalar_one())
