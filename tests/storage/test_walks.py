"""Walks in a real database: what was measured comes back as it was, and the oldest go."""

from dataclasses import replace

from sqlalchemy import URL

from micboard_tui.contracts.walks import MAX_WALKS
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.walk_test import LevelFigures, PlaceFigures, Walk, WalkResult
from micboard_tui.storage.database import open_database

LEVELS = LevelFigures(-97.5, -80.0, -55.0)
FIGURES = PlaceFigures(20.0, 200, LEVELS, LevelFigures(), LEVELS, 1, 2, 3, 4, 0.5, 6.0)
WALK = Walk(
    100.0,
    200.0,
    "Zoë",
    {1: "Pit", 9: "Balcony"},
    [WalkResult(1, ChannelRef(DeviceId("rack"), 2), "Rack 1/2 Ada", FIGURES)],
    "Tour",
)


async def test_walks_are_kept_newest_first_up_to_a_number(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        assert await database.walks.keep(WALK) == replace(WALK, id=1)
    async with open_database(database_url) as database:
        assert list(await database.walks.list()) == [replace(WALK, id=1)]
        longer = replace(WALK, id=1, name="Matinee", places={1: "Pit", 2: "Wing"})
        assert await database.walks.keep(longer) == longer
        assert list(await database.walks.list()) == [longer]
        await database.walks.remove((await database.walks.keep(WALK)).id or 0)
        assert list(await database.walks.list()) == [longer]
        for _ in range(MAX_WALKS):
            await database.walks.keep(replace(WALK, results=[]))
        kept = await database.walks.list()
        assert [walk.id for walk in kept] == sorted((walk.id or 0 for walk in kept), reverse=True)
        assert (len(kept), longer in kept) == (MAX_WALKS, False)
