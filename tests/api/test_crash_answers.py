import pytest

from tests.api.conftest import WRITE, ServedRig


async def test_a_route_that_crashes_is_answered_without_its_reason(
    served: ServedRig, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash() -> None:
        raise RuntimeError("inside")

    served.application.add_api_route("/api/v1/crash", crash)
    answer = await served.client.get("/api/v1/crash", headers=WRITE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "TASK_CRASHED")
    assert "inside" not in answer.text
    assert "Traceback" not in answer.text
    (crashed,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert crashed.message == "A request crashed: GET '/api/v1/crash'"
    assert (await served.client.get("/healthz")).status_code == 200
