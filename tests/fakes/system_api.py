"""The simulated System API server on loopback, moved fast, and what a session with it reports."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from random import Random

from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import NO_FACTS, NO_METERS, ChannelFacts, Meters
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver
from micboard_tui.manufacturers.shure.system_api.timing import Pace
from micboard_tui.manufacturers.transport.https import Peer
from micboard_tui.simulator.rack.equipment import Order
from micboard_tui.simulator.shure.system_api.models import API_KEY, CHANNELS
from micboard_tui.simulator.shure.system_api.system_api_server import SystemApiStation, build
from micboard_tui.simulator.stage.people import part

HOST = "127.0.0.1"
HURRIED = Pace(
    question_s=0.0, poll_s=0.01, list_every_s=0.3, list_pace_s=0.05, push_silence_s=0.4, push_wait_s=0.05
)
TICK_S, EVERY_S = 1.0, 0.02
"""A second of the stage in a fiftieth of a real one."""


class Heard:
    """Collects reports."""

    def __init__(self) -> None:
        self.all: list[Observation] = []

    def __call__(self, observations: Sequence[Observation]) -> None:
        self.all += observations

    @property
    def device(self) -> DeviceHeard:
        return [each for each in self.all if isinstance(each, DeviceHeard)][-1]

    @property
    def words(self) -> dict[str, str]:
        """The server's; empty before it was heard."""
        heard = [each.raw for each in self.all if isinstance(each, DeviceHeard)]
        return dict(heard[-1]) if heard else {}

    def facts(self, number: int) -> ChannelFacts:
        """Nothing, before something was heard."""
        found = [each.facts for each in self.all if isinstance(each, FactsHeard) and each.number == number]
        return found[-1] if found else NO_FACTS

    def meters(self, number: int) -> Meters:
        found = [each.meters for each in self.all if isinstance(each, MetersHeard) and each.number == number]
        return found[-1] if found else NO_METERS

    def bay(self, number: int) -> Bay:
        found = [each.bay for each in self.all if isinstance(each, BayHeard) and each.bay.number == number]
        return found[-1] if found else Bay(number)


def order(seed: int = 1) -> Order:
    parts = [part(place) for place in range(CHANNELS)]
    return Order("SystemAPI", "Rack 1", HOST, parts, 0, Random(seed))


@asynccontextmanager
async def open_station(*, moving: bool = True) -> AsyncGenerator[tuple[SystemApiStation, int]]:
    """The server and its port. ``moving``: time passes by itself."""
    station = build(order())
    port = await station.open(HOST, 0)
    clockwork = asyncio.create_task(_move(station)) if moving else None
    try:
        yield station, port
    finally:
        if clockwork is not None:
            clockwork.cancel()
            await asyncio.gather(clockwork, return_exceptions=True)
        await station.aclose()


async def _move(station: SystemApiStation) -> None:
    while True:
        for air in station.airs:
            air.step(TICK_S, 0.0)
        await station.tick(TICK_S)
        await asyncio.sleep(EVERY_S)


def driver(
    station: SystemApiStation,
    port: int,
    *,
    key: str | None = API_KEY,
    meter_interval_s: float | None = None,
    silence_limit_s: float = 5.0,
    pace: Pace = HURRIED,
) -> SessionDriver:
    options = SessionOptions(
        meter_interval_s, silence_limit_s=silence_limit_s, access=Access(None, key, station.fingerprint)
    )
    return make_system_api_driver(Peer(HOST, port, station.fingerprint), options, pace=pace)
