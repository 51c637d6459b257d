"""A simulated receiver that listens, and a client of it."""

from collections.abc import AsyncGenerator

import pytest

from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from tests.simulator.strings_clients import StringsClient, connected_clients, opened, receiver_of


@pytest.fixture
async def simulated() -> AsyncGenerator[StringsDevice[Receiver]]:
    async with opened(receiver_of("ULXD4D")) as simulated:
        yield simulated


@pytest.fixture
async def one(simulated: StringsDevice[Receiver]) -> AsyncGenerator[StringsClient]:
    async with connected_clients(simulated) as (caller,):
        yield caller
