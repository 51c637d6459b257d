"""The simulated System API server on loopback, moved fast, and what a session with it reports."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver
from micboard_tui.manufacturers.shure.system_api.timing import Pace
from micboard_tui.manufacturers.transport.https import Peer
from micboard_tui.simulator.shure.system_api.site_layout import API_KEY
from micboard_tui.simulator.shure.system_api.system_api_server import SystemApiServer
from tests.simulator.simulated_devices import HOST, build_device, build_plan, running

HURRIED = Pace(
    question_s=0.0, poll_s=0.01, list_every_s=0.3, list_pace_s=0.05, push_silence_s=0.4, push_wait_s=0.05
)
TICK_S, EVERY_S = 2.0, 0.04
"""A second of the stage in a fiftieth of a real one."""


def build_server(seed: int = 1) -> SystemApiServer:
    return build_device(SystemApiServer, build_plan("SystemAPI", seed))


@asynccontextmanager
async def open_station(*, moving: bool = True) -> AsyncGenerator[tuple[SystemApiServer, int]]:
    """The server and its port. ``moving``: time passes by itself."""
    server = build_server()
    if moving:
        async with running(server, step_s=TICK_S, every_s=EVERY_S) as port:
            yield server, port
        return
    port = await server.open(HOST, 0)
    try:
        yield server, port
    finally:
        await server.aclose()


def driver(
    simulated: SystemApiServer,
    port: int,
    *,
    key: str | None = API_KEY,
    meter_interval_s: float | None = None,
    silence_limit_s: float = 5.0,
    pace: Pace = HURRIED,
) -> SessionDriver:
    options = SessionOptions(
        meter_interval_s, silence_limit_s=silence_limit_s, access=Access(None, key, simulated.fingerprint)
    )
    return make_system_api_driver(Peer(HOST, port, simulated.fingerprint), options, pace=pace)
