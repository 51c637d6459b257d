"""Thresholds and the chosen profile are stored as they were, and undone as steps."""

from sqlalchemy import URL

from micboard_tui.contracts.thresholds import StoredThresholds
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import (
    ChosenProfile,
    ThresholdName,
    ThresholdOverride,
    ThresholdScope,
)
from micboard_tui.storage.database import open_database
from tests.storage.records import run_sql

SCOPES = (
    ThresholdScope(),
    ThresholdScope(ShowProfile.BREAK),
    ThresholdScope(location_id=LocationId("a:b/c")),
    ThresholdScope(ShowProfile.SHOW, performer_id=PerformerId("p")),
    ThresholdScope(channel=ChannelRef(DeviceId("x/y"), 12)),
)
OVERRIDES = [ThresholdOverride(scope, ThresholdName.RF_LOW_DBM, -80.5) for scope in SCOPES]


async def test_thresholds_are_stored_and_undone_as_steps(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        changes = [Change(None, override) for override in OVERRIDES]
        await database.assignments.make(Step("Numbers", 0.0), changes)
        chosen = ChosenProfile(ShowProfile.TEARDOWN)
        await database.assignments.make(Step("Profile", 0.0), [Change(None, chosen)])
    await run_sql(
        database_url,
        "INSERT INTO thresholds VALUES (:scope, :profile, :name, 1.0)",
        {"scope": "planet:1", "profile": "", "name": "rf.low_dbm"},
        {"scope": "", "profile": "", "name": "rf.colour"},
        {"scope": "", "profile": "x", "name": "rf.low_dbm"},
    )
    async with open_database(database_url) as database:
        stored = await database.thresholds.read()
        assert sorted(stored.overrides, key=repr) == sorted(OVERRIDES, key=repr)
        assert stored.chosen is ShowProfile.TEARDOWN
        await database.assignments.undo("Pia")
        await database.assignments.undo("Pia")
        assert await database.thresholds.read() == StoredThresholds()
