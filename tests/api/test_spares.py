from tests.api.conftest import ServedRig

SPARES = "/api/v1/channels/{}/{}/spares"


async def test_what_could_take_over_is_named_with_its_reasons(served: ServedRig) -> None:
    answer = await served.client.get(SPARES.format("rack-1", 1))
    assert answer.status_code == 200
    names = [(spare["name"], spare["is_ready"]) for spare in answer.json()["spares"]]
    assert names == [("Lectern", False), ("Guitar", False)], "a microphone in use comes last"
    assert "sound on it" in answer.json()["spares"][1]["reasons"]


async def test_a_channel_that_is_not_there_has_no_spares(served: ServedRig) -> None:
    answer = await served.client.get(SPARES.format("rack-1", 9))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "CHANNEL_NOT_FOUND")
