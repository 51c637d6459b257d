"""The audit: chained, bounded, one chain for all processes; the same holds in memory as far as it goes."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import anyio
import pytest
from sqlalchemy import URL, text

from micboard_tui.contracts.audit import AuditEntry, AuditQuery, AuditRepository, ChainReport
from micboard_tui.contracts.origin import FrontEnd, Origin
from micboard_tui.storage.database import open_database
from micboard_tui.storage.repositories.audit_repository import SqlAudit
from tests.conftest import new_database
from tests.fakes.audit import InMemoryAudit

ENTRY = AuditEntry(
    1000.25,
    "Zo\u00eb",
    Origin(FrontEnd.API, "foh", "pts/1", "Companion", "10.0.0.7"),
    "AssignmentContract.assign",
    "Lead Vox assigned to Ada",
    "Rack A/1",
    "performer Bo 100%",
    "performer Ada",
)


@pytest.fixture
async def audit(store_url: URL | str | None) -> AsyncGenerator[AuditRepository]:
    if store_url is None:
        yield InMemoryAudit()
        return
    async with open_database(store_url) as database:
        yield database.audit


async def test_entries_come_back_as_they_were_newest_first_and_are_found(audit: AuditRepository) -> None:
    assert await audit.verify() == ChainReport(0, 0)
    other = replace(ENTRY, at=2000.0, actor="Bo", text="Marker", result="SHOW_LOCKED", origin=Origin())
    await audit.append([ENTRY])
    await audit.append([other, ENTRY])
    first, second, third = (
        replace(each, number=number) for number, each in enumerate((ENTRY, other, ENTRY), 1)
    )
    assert await audit.list(AuditQuery()) == [third, second, first]
    assert await audit.list(AuditQuery(limit=1, before=3)) == [second]
    assert await audit.list(AuditQuery(actor="Bo")) == [second]
    assert await audit.list(AuditQuery(since=1500.0, until=2500.0)) == [second]
    assert await audit.list(AuditQuery(text="ADA lead")) == [third, first]
    assert await audit.list(AuditQuery(text="ZO\u00cb companion 100%")) == [third, first]
    assert await audit.list(AuditQuery(text="show_locked")) == [second]
    assert await audit.list(AuditQuery(text="100%x")) == []
    assert await audit.verify() == ChainReport(3, 3)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def url(request: pytest.FixtureRequest) -> URL | str:
    return new_database(request, request.param)


DAMAGES = {
    "a text": ("UPDATE audit SET text = 'Nothing' WHERE id = 3", 3),
    "a moment": ("UPDATE audit SET at = at + 0.001 WHERE id = 2", 2),
    "a hash": ("UPDATE audit SET hash = 'x' WHERE id = 4", 4),
    "one gone": ("DELETE FROM audit WHERE id = 3", 3),
    "the newest gone": ("DELETE FROM audit WHERE id = 5", 5),
    "the oldest gone": ("DELETE FROM audit WHERE id = 1", 1),
    "where it ends": ("DELETE FROM audit_ends", 1),
    "the end set back": ("UPDATE audit_ends SET last = 4", 5),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_what_was_changed_by_other_means_is_noticed_and_where(damage: str, url: URL | str) -> None:
    statement, number = DAMAGES[damage]
    async with open_database(url) as database:
        await database.audit.append([ENTRY] * 5)
        assert (await database.audit.verify()).broken_at is None
        assert isinstance(database.audit, SqlAudit)
        await database.audit._transactions.write_durably(
            lambda connection: connection.execute(text(statement))
        )
        assert (await database.audit.verify()).broken_at == number


async def test_the_oldest_go_and_the_rest_stays_a_chain(url: URL | str) -> None:
    async with open_database(url) as database:
        assert isinstance(database.audit, SqlAudit)
        small = SqlAudit(database.audit._transactions, most=20, most_verified=5)
        for _ in range(9):
            await small.append([ENTRY] * 5)
        numbers = [entry.number for entry in await small.list(AuditQuery())]
        assert numbers == list(range(45, 45 - len(numbers), -1))
        assert 20 <= len(numbers) <= 25
        assert await database.audit.verify() == ChainReport(len(numbers), len(numbers))
        assert await small.verify() == ChainReport(len(numbers), 5)


async def test_several_processes_write_one_chain(url: URL | str) -> None:
    async def write(own: AuditRepository) -> None:
        for _ in range(8):
            await own.append([ENTRY])

    async with open_database(url) as one, open_database(url) as other, anyio.create_task_group() as tasks:
        for database in (one, other):
            tasks.start_soon(write, database.audit)
    async with open_database(url) as database:
        assert await database.audit.verify() == ChainReport(16, 16)
