"""The lock of the show: the same holds in memory and in the database."""

from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.access import LockRepository, StoredLock
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.storage.database import open_database
from tests.fakes.locks import InMemoryLock
from tests.services.stage import Clock

LOCK = StoredLock(ShowLock("Ada", 1000.5), "hash")


@pytest.fixture
async def locks(store_url: URL | str | None) -> AsyncGenerator[LockRepository]:
    if store_url is None:
        yield InMemoryLock(Clock())
        return
    async with open_database(store_url) as database:
        yield database.locks


async def test_one_lock_is_kept_until_it_is_removed(locks: LockRepository) -> None:
    assert await locks.find() is None
    assert await locks.add(LOCK) is None
    assert await locks.add(StoredLock(ShowLock("Bo", 2000.0), "other")) == LOCK
    await locks.remove("other")
    assert await locks.find() == LOCK
    await locks.remove("hash")
    assert await locks.find() is None


async def test_a_try_is_counted_once_and_the_next_one_waits(locks: LockRepository) -> None:
    assert await locks.count_try() is None
    await locks.add(LOCK)
    first, second = await locks.count_try(), await locks.count_try()
    assert first is not None
    assert second is not None
    assert (first.stored, first.failures, first.wait_s) == (LOCK, 1, 0.0)
    assert second.failures == 1
    assert 0.0 < second.wait_s <= 1.0
    # A lock of its own begins without a wait.
    await locks.remove("hash")
    await locks.add(LOCK)
    third = await locks.count_try()
    assert third is not None
    assert third.wait_s == 0.0
