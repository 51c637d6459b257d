"""The services with sessions that run, as in a board."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from micboard_tui.contracts.synchronization import SynchronizationContract
from tests.services.results import data_of


@asynccontextmanager
async def running_sessions(
    synchronization: SynchronizationContract, manufacturer: str | None = None
) -> AsyncGenerator[None]:
    """As long as this context: the live state follows every reading and every step at once."""
    data_of(await synchronization.start(manufacturer))
    try:
        yield
    finally:
        await synchronization.stop()
