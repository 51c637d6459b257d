"""The lease in a database of each kind: one holder, followed when it is dead; late batches are refused."""

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.lease import LEASE_S, LeaseHolder
from micboard_tui.storage.database import open_database
from tests.services.stage import RACK
from tests.storage.records import add, run_sql
from tests.storage.test_repositories import FULL, ONLINE

PIA = LeaseHolder("home of Pia", "foh", "Pia", 41)
ADA = LeaseHolder("home of Ada", "stage", "Ada", 42)


async def age(url: URL | str, seconds: float) -> None:
    """As if nobody had renewed it for so long."""
    await run_sql(url, "UPDATE session_lease SET renewed_at = renewed_at - :age", {"age": seconds})


async def test_the_second_is_refused_and_told_who_holds_it(database_url: URL | str) -> None:
    async with open_database(database_url) as first, open_database(database_url) as second:
        token = await first.leases.take(PIA)
        await age(database_url, 3.0)
        with pytest.raises(StorageError) as refused:
            await second.leases.take(ADA)
        assert refused.value.code is ErrorCode.ALREADY_RUNNING
        assert "Pia on foh (process 41)" in refused.value.info.message
        assert "MICBOARD_DATABASE_URL" in refused.value.info.hint
        assert await first.leases.renew(token)
        await first.leases.release(token)
        assert await second.leases.take(ADA) == token + 1


async def test_a_former_process_of_the_same_home_is_followed_at_once(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        token = await database.leases.take(PIA)
        again = LeaseHolder(PIA.home, PIA.host, PIA.user, 99)
        assert await database.leases.take(again) == token + 1
        assert not await database.leases.renew(token)


FLEET = LeaseHolder("fleet-arena", "rack", "micboard", 7, is_shared=True)


async def test_the_collectors_of_a_fleet_hold_it_together_against_all_others(database_url: URL | str) -> None:
    async with (
        open_database(database_url) as first,
        open_database(database_url) as second,
        open_database(database_url) as other,
    ):
        await add(first.assignments, RACK)
        token = await first.leases.take(FLEET)
        assert await second.leases.take(FLEET) == token
        await first.devices.store([ONLINE], [FULL])
        await second.devices.store([], [FULL])
        await first.leases.release(token)
        with pytest.raises(StorageError):
            await other.leases.take(ADA)
        # All were away from the database for long.
        await age(database_url, LEASE_S + 1.0)
        assert await second.leases.renew(token)
        await age(database_url, LEASE_S + 1.0)
        assert await other.leases.take(ADA) == token + 1
        assert not await second.leases.renew(token)
        with pytest.raises(StorageError):
            await second.devices.store([], [FULL])


async def test_one_that_does_not_renew_loses_it_and_what_it_stores_late_is_refused(
    database_url: URL | str,
) -> None:
    async with open_database(database_url) as frozen, open_database(database_url) as other:
        await add(frozen.assignments, RACK)
        token = await frozen.leases.take(PIA)
        await frozen.devices.store([ONLINE], [FULL])
        await age(database_url, LEASE_S - 2.0)
        with pytest.raises(StorageError):
            await other.leases.take(ADA)
        await age(database_url, 2.0)
        await other.leases.take(ADA)
        with pytest.raises(StorageError) as late:
            await frozen.devices.store([], [FULL])
        assert late.value.code is ErrorCode.ALREADY_RUNNING
        assert "Ada on stage" in late.value.info.message
        assert not await frozen.leases.renew(token)
        await frozen.leases.release(token)
        with pytest.raises(StorageError):
            await frozen.leases.take(PIA)
        await other.devices.store([], [FULL])
        # A person may change the records all the same.
        await frozen.assignments.undo("Pia")
        assert await other.devices.query(ALL_DEVICES) == []
