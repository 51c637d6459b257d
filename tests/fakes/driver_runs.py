"""What a driver reports, and a session that runs until the test or the device ends it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import anyio

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import Driver, Report
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.observation import Alive, BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation


class ReportCollector:
    """A ``Report`` that keeps everything."""

    def __init__(self) -> None:
        self.all: list[Observation] = []

    def __call__(self, observations: Sequence[Observation]) -> None:
        self.all += observations

    def facts(self, number: int = 1) -> ChannelFacts:
        """The last facts of a channel; none are like facts that say nothing."""
        facts = [item.facts for item in self.all if isinstance(item, FactsHeard) and item.number == number]
        return facts[-1] if facts else ChannelFacts()

    def meters(self, number: int = 1) -> list[Meters]:
        return [item.meters for item in self.all if isinstance(item, MetersHeard) and item.number == number]

    @property
    def devices(self) -> list[DeviceHeard]:
        return [item for item in self.all if isinstance(item, DeviceHeard)]

    @property
    def device(self) -> DeviceHeard:
        return self.devices[-1]

    @property
    def values(self) -> dict[str, str]:
        """The device's own spelling of what it is; empty before it was heard."""
        return dict(self.devices[-1].raw) if self.devices else {}

    def bay(self, number: int) -> Bay:
        """As it was last reported."""
        bays = [item.bay for item in self.all if isinstance(item, BayHeard) and item.bay.number == number]
        return bays[-1] if bays else Bay(number)

    @property
    def bays(self) -> list[BayState]:
        return [item.bay.state for item in self.all if isinstance(item, BayHeard)]

    @property
    def round_trips_s(self) -> list[float]:
        return [
            item.round_trip_s
            for item in self.all
            if isinstance(item, Alive) and item.round_trip_s is not None
        ]

    @property
    def kinds(self) -> list[type[Observation]]:
        """The types of all observations but the mere signs of life."""
        return [type(item) for item in self.all if not isinstance(item, Alive)]


@asynccontextmanager
async def running(driver: Driver, report: Report) -> AsyncGenerator[list[DeviceError]]:
    """A session within this context, and the error that ended it before the context did."""
    errors: list[DeviceError] = []

    async def run() -> None:
        errors.append(await run_until_error(driver, report))

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        yield errors
        group.cancel_scope.cancel()


async def run_until_error(driver: Driver, report: Report | None = None) -> DeviceError:
    """A session until it ends, which it does by an error."""
    try:
        await driver.run(ReportCollector() if report is None else report)
    except DeviceError as error:
        return error
