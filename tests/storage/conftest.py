from collections.abc import AsyncGenerator, Callable
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

import pytest

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.show import ShowRepository
from micboard_tui.domain.device import Device
from micboard_tui.storage.database import open_database, sqlite_url
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations
from tests.storage.records import overwrite_row


class Store(NamedTuple):
    devices: DeviceRepository
    locations: LocationRepository
    records: AssignmentRepository
    shows: ShowRepository
    overwrite: Callable[[Device], None]
    """Changes a device without a step."""


@pytest.fixture(params=["fake", "sql"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path
) -> AsyncGenerator[Store]:
    """The same tests hold for the fake and for the real thing."""
    if request.param == "fake":
        locations = InMemoryLocations()
        devices = InMemoryDevices(locations=locations)
        yield Store(devices, locations, InMemoryAssignments(devices), devices.shows, devices.put)
        return
    file = copyfile(empty_database, tmp_path / "test.db")
    async with open_database(sqlite_url(file)) as database:
        overwrite = partial(overwrite_row, file)
        yield Store(database.devices, database.locations, database.assignments, database.shows, overwrite)
