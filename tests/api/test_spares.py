from tests.api.conftest import ServedRig

SPARES = "/api/v1/channels/{}/{}/spares"


async def test_what_could_take_over_is_named_with_its_reasons(served: ServedRig) -> None:
    answer = await served.client.get(SPARES.format("rack-1", 1))
    assert answer.status_code == 200
    best = answer.json()["spares"][0]
    assert (best["device_id"], best["number"], best["name"]) == ("rack-1", 2, "Guitar")
    assert "live" in best["reasons"]
    assert best["is_ready"] is False, "its battery is low"


async def test_a_channel_that_is_not_there_has_no_spares(served: ServedRig) -> None:
    answer = await served.client.get(SPARES.format("rack-1", 9))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "CHANNEL_NOT_FOUND")
