import pytest

from micboard_tui.api.options import ApiOptions, RateLimits
from micboard_tui.contracts.errors import ErrorCode
from tests.api.conftest import BASE, CONTROL, WATCH, ServedRig, make_rig, serve_rig

DEVICES = "/api/v1/devices"


async def test_a_program_on_this_computer_may_watch_without_a_login(served: ServedRig) -> None:
    assert (await served.client.get(DEVICES)).status_code == 200


@pytest.mark.parametrize(
    "header", [{"Host": "evil.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}]
)
async def test_a_page_of_another_name_or_a_proxy_needs_a_login(
    served: ServedRig, header: dict[str, str]
) -> None:
    answer = await served.client.get(DEVICES, headers=header)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "LOGIN_REFUSED")
    assert (await served.client.get(DEVICES, headers={**header, **WATCH})).status_code == 200


async def test_another_computer_needs_a_login() -> None:
    async with serve_rig(make_rig(), client_address="192.0.2.7") as served:
        assert (await served.client.get(DEVICES)).status_code == 401
        assert (await served.client.get(DEVICES, headers=WATCH)).status_code == 200


async def test_everybody_may_watch_where_that_is_set() -> None:
    options = ApiOptions(is_loopback=False, watch_without_login=True)
    async with serve_rig(make_rig(), options, client_address="192.0.2.7") as served:
        assert (await served.client.get(DEVICES)).status_code == 200


async def test_a_wrong_token_is_refused_also_where_none_is_needed(served: ServedRig) -> None:
    answer = await served.client.get(DEVICES, headers={"Authorization": "Bearer mb_9_wrong"})
    assert answer.status_code == 401
    assert "mb_9_wrong" not in answer.text


async def test_who_asks_too_often_is_asked_to_wait_and_others_are_not() -> None:
    async with serve_rig(make_rig(), ApiOptions(rates=RateLimits(reads_per_second=2))) as served:
        answers = [await served.client.get(DEVICES, headers=WATCH) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await served.client.get(DEVICES, headers=CONTROL)).status_code == 200


async def test_what_is_not_there_is_answered_as_json(served: ServedRig) -> None:
    answer = await served.client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, ErrorCode.NOT_FOUND)
    answer = await served.client.put("/api/v1/undo")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, ErrorCode.METHOD_NOT_ALLOWED)
    assert answer.headers["allow"] == "POST"


async def test_a_value_that_is_not_possible_is_named(served: ServedRig) -> None:
    answer = await served.client.get(f"{DEVICES}?limit=0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_VALUE")
    assert "query.limit" in answer.json()["error"]["details"]


async def test_no_page_of_ours_loads_anything_from_elsewhere(served: ServedRig) -> None:
    page = await served.client.get("/api/docs/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace(BASE, "")
    assert (await served.client.get("/api/docs/files/swagger-ui.css")).status_code == 200


@pytest.mark.no_cover
async def test_openapi_describes_devices_by_the_published_schema(served: ServedRig) -> None:
    schema = served.application.openapi()
    assert schema["openapi"].startswith("3.1")
    content = schema["paths"]["/api/v1/devices"]["get"]["responses"]["200"]["content"]
    whole, page = content["application/json"]["schema"]["allOf"]
    assert whole == {"$ref": "#/components/schemas/Devices"}
    assert list(page["properties"]) == ["next_cursor"]
    assert "battery_percent" in schema["components"]["schemas"]["Channel"]["properties"]
