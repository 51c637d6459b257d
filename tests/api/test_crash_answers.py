import httpx
import pytest

from micboard_tui.api.application import build_application
from tests.api.conftest import BASE, ServedRig


async def test_a_route_that_crashes_is_answered_without_its_reason(
    served: ServedRig, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash() -> None:
        raise RuntimeError("inside")

    application = build_application(served.application.state.context)
    application.add_api_route("/api/v1/crash", crash)
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        answer = await client.get("/api/v1/crash")
        assert (await client.get("/healthz")).status_code == 200
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "TASK_CRASHED")
    assert "inside" not in answer.text
    assert "Traceback" not in answer.text
    (crashed,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert crashed.message == "A request crashed: GET '/api/v1/crash'"
