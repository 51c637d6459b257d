"""The API over scripted devices: real services, no socket."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
from fastapi import FastAPI

from micboard_tui.api.application import build_application
from micboard_tui.api.context import ApiContext, make_context
from micboard_tui.api.options import ApiOptions, RateLimits
from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery, BatteryType
from tests.api.prepared_show import prepare_show
from tests.tui.scripted_rig import CHAPEL, SILENCE, STAGE, ScriptedRig, device, reports, vocal

UNHURRIED = ApiOptions(rates=RateLimits(100_000, 100_000, 100_000, 100_000))
"""Whoever asks, and however often, is answered."""
BASE = "http://127.0.0.1:8642"
FULL = Battery(88, 4, 425, BatteryType.LI_ION)
LOW = Battery(12, 1, 25, BatteryType.LI_ION)
UNKNOWN = Battery()


def as_user(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


WATCH, WRITE, CONTROL = as_user("mb_1_watch"), as_user("mb_2_write"), as_user("mb_3_control")
Sent = Mapping[str, object] | None


class ServedRig:
    """A rig, the application over it, and a client on this computer."""

    def __init__(
        self, rig: ScriptedRig, services: Services, application: FastAPI, transport: httpx.ASGITransport
    ) -> None:
        self.rig, self.services, self.application, self._transport = rig, services, application, transport
        self.client = httpx.AsyncClient(transport=transport, base_url=BASE)

    def come_from(self, address: str) -> None:
        """Further requests come from another computer."""
        self._transport.client = (address, 40_000)

    async def send(
        self, method: str, path: str, body: Sent = None, user: Mapping[str, str] = WRITE, **headers: str
    ) -> httpx.Response:
        """Ask for a change below ``/api/v1``; headers with ``_`` for ``-``."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"/api/v1{path}", json=body, headers={**user, **more})

    async def post(self, path: str, body: Sent = None, **headers: str) -> httpx.Response:
        return await self.send("POST", path, body, WRITE, **headers)


def make_rig() -> ScriptedRig:
    """Three receivers: two on the stage, one of them silent, and one in the chapel."""
    return ScriptedRig(
        {
            "127.0.0.1": reports("Rack A", vocal("Lead Vox", 482125, FULL), vocal("Guitar", 483500, LOW)),
            "127.0.0.2": reports("Chapel", vocal("Lectern", 520125, UNKNOWN, SILENCE)),
        },
        device(1),
        device(2, CHAPEL),
        device(3, STAGE, "Spare rack"),
    )


@asynccontextmanager
async def serve_rig(
    rig: ScriptedRig,
    options: ApiOptions | None = None,
    *,
    client_address: str = "127.0.0.1",
    clock: Callable[[], float] | None = None,
    is_changed: bool = False,
) -> AsyncGenerator[ServedRig]:
    """Serve what ``rig`` has; ``client_address`` is where requests come from.

    ``is_changed``: the test changes the application, which no other may get then.
    """
    async with rig.services() as services:
        result = await services.synchronization.start()
        assert result.success
        await rig.all_devices_settle()
        context = make_context(services, options or ApiOptions(), clock or rig.manual_clock)
        with application_over(context, is_changed=is_changed) as application:
            transport = httpx.ASGITransport(application, client=(client_address, 40000))
            served = ServedRig(rig, services, application, transport)
            async with served.client:
                yield served


@contextmanager
def application_over(context: ApiContext, *, is_changed: bool = False) -> Iterator[FastAPI]:
    """An application that is used again and again: the framework needs half a second to prepare one."""
    spare = _spare[context.options.proxies]
    is_special = is_changed or context.options.with_micboard
    application = spare.pop() if spare and not is_special else build_application(context)
    application.state.context = context
    yield application
    if not is_special:
        spare.append(application)


_spare: defaultdict[str, list[FastAPI]] = defaultdict(list)
"""Applications that are not used at the moment, by the proxies that they believe."""


@pytest.fixture
async def served() -> AsyncGenerator[ServedRig]:
    async with serve_rig(make_rig(), UNHURRIED) as served:
        yield served


@pytest.fixture
async def prepared() -> AsyncGenerator[ServedRig]:
    async with serve_rig(make_rig(), UNHURRIED) as served:
        await prepare_show(served.rig, served.services)
        yield served
