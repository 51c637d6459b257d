"""What is asked before the services of the site are found is answered at once."""

import httpx
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from micboard_tui.api.late_application import TRY_AGAIN_LATER, LateApplication
from micboard_tui.contracts.bus_errors import describe_missing_service

BASE = "http://127.0.0.1:8642"


def late() -> tuple[LateApplication, httpx.AsyncClient]:
    application = LateApplication(describe_missing_service())
    return application, httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=BASE)


async def test_it_lives_and_is_not_ready_and_says_that_no_hub_is_running() -> None:
    _, client = late()
    async with client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
        assert (alive.status_code, alive.json()) == (200, {"schema": 1, "status": "ok"})
        assert (ready.status_code, ready.json()) == (503, {"schema": 1, "status": "starting"})
        answer = await client.get("/api/v1/devices")
        assert answer.status_code == 503
        error = answer.json()["error"]
        assert (error["code"], error["message"].split(":")[0]) == ("NOT_SERVED", "No hub is running")
        assert "micboard-tui serve" in error["hint"]
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert (await client.head("/readyz")).content == b""


async def test_a_socket_is_not_opened() -> None:
    application, client = late()
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "websocket", "path": "/api/v1/live", "headers": []}
    await application(scope, receive, send)
    await client.aclose()
    assert sent == [{"type": "websocket.close", "code": TRY_AGAIN_LATER}]


async def test_from_when_they_are_found_the_real_one_answers() -> None:
    application, client = late()
    async with client:
        assert (await client.get("/")).status_code == 503
        application.use(PlainTextResponse("here"))
        assert (await client.get("/")).text == "here"
