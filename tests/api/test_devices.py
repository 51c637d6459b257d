import httpx

from micboard_tui.api.device_documents import MAX_AGE_S
from micboard_tui.domain.observation import MetersHeard
from tests.api.conftest import ServedRig
from tests.tui.scripted_rig import METERS


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == httpx.codes.OK, answer.text
    return [device["name"] for device in answer.json()["devices"]]


async def test_all_devices_stand_in_rack_order_with_their_channels(served: ServedRig) -> None:
    answer = await served.client.get("/api/v1/devices")
    assert names(answer) == ["Rack A", "Chapel", "Spare rack"]
    document = answer.json()
    assert document["schema"] == 1
    lead = document["devices"][0]["channels"][0]
    assert (lead["name"], lead["battery_percent"], lead["rf_dbm"]) == ("Lead Vox", 88, -52.0)


async def test_a_silent_device_says_why_and_what_to_do(served: ServedRig) -> None:
    answer = await served.client.get("/api/v1/devices/rack-3")
    silent = answer.json()["devices"][0]
    assert (silent["is_online"], silent["error"]["code"]) == (False, "DEVICE_UNREACHABLE")
    assert silent["error"]["hint"]


async def test_filters_narrow_together(served: ServedRig) -> None:
    get = served.client.get
    assert names(await get("/api/v1/devices?is_online=true")) == ["Rack A", "Chapel"]
    assert names(await get("/api/v1/devices?is_online=false")) == ["Spare rack"]
    assert names(await get("/api/v1/devices?location=stage")) == ["Rack A", "Spare rack"]
    assert names(await get("/api/v1/devices?location=main%20STAGE&is_online=true")) == ["Rack A"]
    assert names(await get("/api/v1/devices?q=LECT")) == ["Chapel"]
    assert names(await get("/api/v1/devices?manufacturer=sennheiser")) == []
    assert names(await get("/api/v1/devices?kind=charger")) == []


async def test_an_unknown_location_is_no_empty_list(served: ServedRig) -> None:
    answer = await served.client.get("/api/v1/devices?location=Attic")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "LOCATION_NOT_FOUND")


async def test_pages_follow_each_other(served: ServedRig) -> None:
    first = await served.client.get("/api/v1/devices?limit=2")
    assert names(first) == ["Rack A", "Chapel"]
    cursor = first.json()["next_cursor"]
    last = await served.client.get(f"/api/v1/devices?limit=2&cursor={cursor}")
    assert (names(last), last.json()["next_cursor"]) == (["Spare rack"], None)


async def test_what_is_known_already_is_not_sent_again(served: ServedRig) -> None:
    first = await served.client.get("/api/v1/devices")
    again = await served.client.get("/api/v1/devices", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_document_is_made_once_a_second_whatever_is_asked(served: ServedRig) -> None:
    before = (await served.client.get("/api/v1/devices")).json()["version"]
    served.rig.report(1, MetersHeard(1, METERS))
    assert (await served.client.get("/api/v1/devices?is_online=true")).json()["version"] == before
    served.rig.manual_clock.now += MAX_AGE_S
    assert (await served.client.get("/api/v1/devices")).json()["version"] > before


async def test_a_long_answer_is_compressed_for_who_can_read_it(served: ServedRig) -> None:
    packed = await served.client.get("/api/v1/devices", headers={"Accept-Encoding": "gzip"})
    plain = await served.client.get("/api/v1/devices", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


async def test_what_fits_no_device_is_not_answered_with_all_that_were_asked_for_before(
    served: ServedRig,
) -> None:
    everything = await served.client.get("/api/v1/devices")
    nothing = await served.client.get("/api/v1/devices?q=no+such+name")
    assert (len(everything.json()["devices"]), nothing.json()["devices"]) == (3, [])
    assert everything.headers["etag"] != nothing.headers["etag"]
