from typing import Any

import httpx
import pytest

from tests.api.conftest import ServedRig

RECEIVERS = "/api/v1/receivers"


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == httpx.codes.OK, answer.text
    return [receiver["name"] for receiver in answer.json()["receivers"]]


async def test_receivers_have_the_words_of_the_first_plan(served: ServedRig) -> None:
    document = (await served.client.get(RECEIVERS)).json()
    rack = document["receivers"][0]
    assert (rack["name"], rack["battery_level"], rack["signal_strength"]) == ("Rack A", 12, -52.0)
    lead = rack["channels"][0]
    assert (lead["battery_level"], lead["signal_strength"], lead["frequency"]) == (88, -52.0, 482.125)
    assert (document["count"], document["next_cursor"], document["schema"]) == (3, None, 1)


async def test_filters_narrow_together(served: ServedRig) -> None:
    get = served.client.get
    assert names(await get(f"{RECEIVERS}?is_online=true")) == ["Rack A", "Chapel"]
    assert names(await get(f"{RECEIVERS}?location=stage&is_online=false")) == ["Spare rack"]
    assert names(await get(f"{RECEIVERS}?location=chapel")) == ["Chapel"]
    assert names(await get(f"{RECEIVERS}?manufacturer=sennheiser")) == []
    assert len(names(await get(f"{RECEIVERS}?manufacturer=Shure"))) == 3


@pytest.mark.parametrize("path", [RECEIVERS, "/api/v1/devices", "/api/v1/events/live", "/metrics"])
async def test_a_misspelled_filter_is_refused_and_not_left_out(served: ServedRig, path: str) -> None:
    answer = await served.client.get(f"{path}?locatoin=Chapel")
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    error = answer.json()["error"]
    assert error["message"] == "There is no parameter 'locatoin' here"
    assert error["hint"].startswith("The parameters are: ")


async def test_where_there_is_no_parameter_the_refusal_says_so(served: ServedRig) -> None:
    answer = await served.client.get("/api/v1/show?night=2")
    assert answer.json()["error"]["hint"] == "There are no parameters here"


@pytest.mark.parametrize("spelling", ["low_battery", "low-battery"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Rack A": [2]}),
        ("?threshold=12", {"Rack A": [2]}),
        ("?threshold=11", {}),
        ("?threshold=100", {"Rack A": [1, 2]}),
        ("?unknown=1", {"Rack A": [2], "Chapel": [1]}),
        ("?unknown=1&location=Chapel", {"Chapel": [1]}),
    ],
)
@pytest.mark.no_cover
async def test_what_is_low_is_listed_with_its_channels_and_unknown_is_never_low(
    served: ServedRig, spelling: str, query: str, expected: dict[str, list[int]]
) -> None:
    receivers: list[dict[str, Any]] = (await served.client.get(f"{RECEIVERS}/{spelling}{query}")).json()[
        "receivers"
    ]
    assert {
        each["name"]: [channel["number"] for channel in each["channels"]] for each in receivers
    } == expected


async def test_what_is_low_comes_in_pages(served: ServedRig) -> None:
    path = f"{RECEIVERS}/low_battery?unknown=1&limit=1"
    first = await served.client.get(path)
    last = await served.client.get(f"{path}&cursor={first.json()['next_cursor']}")
    assert (names(first), names(last), last.json()["next_cursor"]) == (["Rack A"], ["Chapel"], None)


async def test_one_receiver(served: ServedRig) -> None:
    assert names(await served.client.get(f"{RECEIVERS}/rack-2")) == ["Chapel"]
    missing = await served.client.get(f"{RECEIVERS}/rack-9")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "DEVICE_NOT_FOUND")
