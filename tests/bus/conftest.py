"""What tests of the bus share."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.nats_server import NatsServer, running_server


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncGenerator[NatsServer]:
    """A real server that lets everybody do everything; only for tests that are marked ``integration``."""
    async with running_server(tmp_path / "nats") as server:
        yield server
