from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from typing import NamedTuple

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.show import ShowRepository
from micboard_tui.domain.device import Device
from micboard_tui.storage.database import open_database
from tests.conftest import new_database
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations
from tests.storage.records import overwrite_row


class Store(NamedTuple):
    devices: DeviceRepository
    locations: LocationRepository
    records: AssignmentRepository
    shows: ShowRepository
    overwrite: Callable[[Device], Awaitable[None]]
    """Changes a device without a step."""


@pytest.fixture(params=["fake", "sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def store_url(request: pytest.FixtureRequest) -> URL | str | None:
    """The address of a database of each kind; None for the fake."""
    return None if request.param == "fake" else new_database(request, request.param)


@pytest.fixture
async def store(store_url: URL | str | None) -> AsyncGenerator[Store]:
    """The same tests hold for the fake and for the real thing."""
    if store_url is None:
        locations = InMemoryLocations()
        devices = InMemoryDevices(locations=locations)

        async def put(device: Device) -> None:
            devices.put(device)

        yield Store(devices, locations, InMemoryAssignments(devices), devices.shows, put)
        return
    async with open_database(store_url) as database:
        overwrite = partial(overwrite_row, store_url)
        yield Store(database.devices, database.locations, database.assignments, database.shows, overwrite)
