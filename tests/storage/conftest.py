from collections.abc import AsyncGenerator
from pathlib import Path
from typing import NamedTuple

import pytest

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.storage.database import open_database, sqlite_url
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations


class Kept(NamedTuple):
    devices: DeviceRepository
    locations: LocationRepository
    cast: AssignmentRepository


@pytest.fixture(params=["fake", "sql"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Kept]:
    """The same tests hold for the fake and for the real thing."""
    if request.param == "fake":
        locations = InMemoryLocations()
        devices = InMemoryDevices(locations=locations)
        yield Kept(devices, locations, InMemoryAssignments(devices))
        return
    async with open_database(sqlite_url(tmp_path / "test.db")) as database:
        yield Kept(database.devices, database.locations, database.assignments)
