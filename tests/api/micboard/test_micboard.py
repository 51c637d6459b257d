import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest
from httpx_ws import AsyncWebSocketSession

from micboard_tui.api.options import ApiOptions
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from tests.api.conftest import LOW, ServedRig, make_rig, serve_rig
from tests.api.live.live_socket import closing_of, connect
from tests.api.micboard.micboard_clients import Data, ForkClient, Page
from tests.fakes.virtual_time import loop_time
from tests.tui.scripted_rig import CHAPEL, METERS, vocal

pytestmark = pytest.mark.virtual_time
MICBOARD = ApiOptions(with_micboard=True)


@asynccontextmanager
async def serve_micboard() -> AsyncGenerator[ServedRig]:
    async with serve_rig(make_rig(), MICBOARD, clock=loop_time) as served:
        yield served


async def read_data(served: ServedRig, path: str = "/data.json") -> Data:
    answer = await served.client.get(path)
    assert answer.status_code == 200
    data: Data = answer.json()
    return data


async def next_message(socket: AsyncWebSocketSession) -> Data:
    message: Data = json.loads(await socket.receive_text(timeout=5))
    return message


async def test_nothing_of_it_is_answered_where_it_is_not_wanted() -> None:
    async with serve_rig(make_rig(), clock=loop_time) as served:
        assert (await served.client.get("/data.json")).status_code == 404


async def test_its_page_shows_what_the_rack_has_and_follows_it() -> None:
    page = Page()
    async with serve_micboard() as served, connect(served, path="/ws") as socket:
        data = await read_data(served)
        page.load(data)
        assert data["url"] == "http://127.0.0.1:8642"
        assert await read_data(served, "/data") == data
        assert [entry["name_raw"] for entry in page.transmitters.values()] == [
            "Lead Vox",
            "Guitar",
            "Lectern",
        ]
        assert [group["title"] for group in page.groups.values()] == ["Main Stage", "Chapel"]
        await anyio.sleep(0.2)
        served.rig.manual_clock.now += 0.2
        served.rig.report(1, MetersHeard(1, METERS._replace(rf_dbm=-80.0)))
        message = await next_message(socket)
        assert [update["slot"] for update in message["chart-update"]] == [1]
        page.take(message)
        served.rig.report(1, FactsHeard(1, vocal("Ada", 482125, LOW)[0]))
        message = await next_message(socket)
        assert [update["slot"] for update in message["data-update"]] == [1]
        page.take(message)
        assert (page.transmitters[1]["name"], page.transmitters[1]["battery"]) == ("Ada", 1)
        await anyio.sleep(1)
        page.poll(await read_data(served))
        assert page.transmitters[1]["name"] == "Ada"


@pytest.mark.no_cover
async def test_the_page_of_a_fork_keeps_its_groups_when_one_changes() -> None:
    fork = ForkClient()
    async with serve_micboard() as served, connect(served, path="/ws") as socket:
        fork.poll(await read_data(served))
        assert len(fork.slots) == len(fork.transmitters) == 3
        await anyio.sleep(0.2)
        renamed = await served.services.locations.rename(CHAPEL.id, "Foyer", actor="Ada")
        assert renamed.success
        message = await next_message(socket)
        while "group-update" not in message:
            fork.take(message)
            message = await next_message(socket)
        fork.take(message)
        assert [group["title"] for group in fork.groups.values()] == ["Main Stage", "Foyer"]


@pytest.mark.no_cover
async def test_what_a_program_sends_changes_nothing_and_too_much_ends_the_connection() -> None:
    async with serve_micboard() as served, connect(served, path="/ws") as socket:
        await socket.send_text('{"slot": 1, "name": "mine"}')
        await anyio.sleep(0.2)
        served.rig.manual_clock.now += 0.2
        served.rig.report(1, MetersHeard(1, METERS._replace(rf_dbm=-80.0)))
        assert "chart-update" in await next_message(socket)
        for _ in range(21):
            await socket.send_text("x")
        assert (await closing_of(socket))[0] == 1008


@pytest.mark.no_cover
async def test_another_computer_needs_a_login() -> None:
    async with serve_micboard() as served, connect(served, address="192.0.2.7", path="/ws") as socket:
        assert (await closing_of(socket))[0] == 4401
