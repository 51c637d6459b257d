from itertools import pairwise

import anyio
import httpx
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import PACE_S, RequestQueue
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.sscv2.scripted_device import client, signed_in

pytestmark = pytest.mark.virtual_time


async def asked(response: httpx.Response) -> object:
    async with client(lambda _: response) as opened:
        return await signed_in(opened).get("/api/x")


async def test_a_resource_is_its_json() -> None:
    assert await asked(httpx.Response(200, json={"gauge": 84})) == {"gauge": 84}


@pytest.mark.parametrize("status", [404, 422])
async def test_what_a_device_does_not_have_now_is_none(status: int) -> None:
    assert await asked(httpx.Response(status)) is None


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx.Response(401), ErrorCode.CREDENTIALS_REFUSED),
        (httpx.Response(403), ErrorCode.CREDENTIALS_REFUSED),
        (httpx.Response(500), ErrorCode.API_ERROR),
        (httpx.Response(302, headers={"location": "https://elsewhere/"}), ErrorCode.API_ERROR),
        (httpx.Response(200, content=b"<html>"), ErrorCode.API_ERROR),
        (httpx.Response(200, content=b"[" * 1000), ErrorCode.API_ERROR),
        (httpx.Response(200, content=b"\xff\xfe\x00"), ErrorCode.API_ERROR),
    ],
)
async def test_an_answer_that_is_no_resource_raises_its_reason(
    response: httpx.Response, code: ErrorCode
) -> None:
    with pytest.raises(DeviceError) as raised:
        await asked(response)

    assert raised.value.code is code
    assert raised.value.info.hint


async def test_a_refusal_names_the_user_and_never_the_password() -> None:
    with pytest.raises(DeviceError) as raised:
        await asked(httpx.Response(401))

    assert "user api" in str(raised.value)
    assert "S3cret" not in repr(raised.value.info)
    async with client(lambda _: httpx.Response(403)) as opened:
        with pytest.raises(DeviceError) as open_question:
            await RequestQueue(opened, loop_time).get("/api/ssc/version")
    assert "open question" in str(open_question.value)


async def test_once_the_password_was_accepted_a_403_is_about_one_resource() -> None:
    async with client(lambda asked: httpx.Response(403 if asked.url.path == "/b" else 200, json=1)) as opened:
        requests = signed_in(opened)
        assert await requests.get("/a") == 1
        assert await requests.get("/b") is None


async def test_a_403_may_be_about_one_thing_only() -> None:
    async with client(lambda _: httpx.Response(403)) as opened:
        answer = await signed_in(opened).send("PUT", "/api/x", {"a": 1}, may_forbid=True)

    assert answer.status == 403


async def test_questions_go_one_at_a_time_and_not_faster_than_a_device_can_follow() -> None:
    running = most = 0
    sent: list[float] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        sent.append(loop_time())
        running += 1
        most = max(most, running)
        await anyio.sleep(0.005)
        running -= 1
        return httpx.Response(200, json=1)

    async with client(answer) as opened:
        requests = signed_in(opened)
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(requests.get, "/api/x")

    assert most == 1
    assert min(later - earlier for earlier, later in pairwise(sent)) >= PACE_S
    assert requests.round_trip_s > 0
