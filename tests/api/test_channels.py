from typing import Any

import httpx
import pytest

from tests.api.conftest import ServedRig
from tests.api.prepared_show import LEAD

CHANNELS = "/api/v1/channels"
HISTORY = f"{CHANNELS}/rack-1/1/history"


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == httpx.codes.OK, answer.text
    return [channel["name"] for channel in answer.json()["channels"]]


async def test_channels_stand_in_rack_order_with_where_they_are(served: ServedRig) -> None:
    answer = await served.client.get(CHANNELS)
    assert names(answer) == ["Lead Vox", "Guitar", "Lectern"]
    lectern = answer.json()["channels"][2]
    assert (lectern["device_id"], lectern["device"], lectern["number"]) == ("rack-2", "Chapel", 1)
    assert (lectern["location"], lectern["location_id"]) == ("Chapel", "chapel")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("link_state=live", ["Lead Vox", "Guitar"]),
        ("link_state=live&link_state=rf_lost", ["Lead Vox", "Guitar", "Lectern"]),
        ("link_state=muted", []),
        ("performer=bEN", ["Lead Vox"]),
        ("performer=Ada", []),
        ("problem=battery_low&problem=rf_lost", ["Guitar", "Lectern"]),
        ("location=chapel", ["Lectern"]),
        ("low_battery=1", ["Guitar"]),
        ("low_battery=0", ["Lead Vox"]),
        ("low_battery=1&unknown=1", ["Guitar", "Lectern"]),
        ("low_battery=1&location=chapel", []),
    ],
)
@pytest.mark.no_cover
async def test_filters_narrow_together(prepared: ServedRig, query: str, expected: list[str]) -> None:
    assert names(await prepared.client.get(f"{CHANNELS}?{query}")) == expected


async def test_pages_follow_each_other_and_each_has_a_tag_of_its_own(served: ServedRig) -> None:
    first = await served.client.get(f"{CHANNELS}?limit=2")
    cursor = first.json()["next_cursor"]
    last = await served.client.get(f"{CHANNELS}?limit=2&cursor={cursor}")
    assert (names(first), names(last), last.json()["next_cursor"]) == (
        ["Lead Vox", "Guitar"],
        ["Lectern"],
        None,
    )
    again = await served.client.get(f"{CHANNELS}?limit=2", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == httpx.codes.NOT_MODIFIED
    stage = await served.client.get(f"{CHANNELS}?location=stage")
    assert (names(stage), stage.headers["etag"] == first.headers["etag"]) == (names(first), False)


async def test_one_channel(served: ServedRig) -> None:
    assert names(await served.client.get(f"{CHANNELS}/rack-1/2")) == ["Guitar"]
    for path in ("rack-1/3", "rack-9/1"):
        missing = await served.client.get(f"{CHANNELS}/{path}")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "CHANNEL_NOT_FOUND")


async def test_the_history_has_columns_and_what_is_unknown_is_null(prepared: ServedRig) -> None:
    document = (await prepared.client.get(f"{HISTORY}?since=4m&step=30")).json()
    columns: list[dict[str, Any]] = document["columns"]
    assert (len(columns), document["step_s"], document["recorded_step_s"]) == (8, 30.0, 1.0)
    assert {column["readings"] for column in columns} == {0, 2}
    for column in columns:
        if column["readings"]:
            assert column["rf_a_dbm"] == {"low": -60.0, "mean": -55.0, "high": -50.0}
            assert (column["link_states"], column["battery_percent"]) == (["live"], 88)
        else:
            unknown = {name: column[name] for name in column if name not in {"at", "readings", "link_states"}}
            assert set(unknown.values()) == {None}
            assert column["link_states"] == []


async def test_the_history_says_who_had_the_channel_and_how_its_link_changed(prepared: ServedRig) -> None:
    prepared.rig.manual_clock.now += 60
    await prepared.services.assignments.assign([LEAD], "Cleo", actor="Ada")
    document = (await prepared.client.get(HISTORY)).json()
    assert [past["performer"] for past in document["past_assignments"]] == ["Ben"]
    changes = [(change["before"], change["link_state"]) for change in document["link_changes"]]
    assert changes == [("rf_lost", "live")]


async def test_the_history_of_a_long_span_is_bounded(prepared: ServedRig) -> None:
    usual = (await prepared.client.get(f"{HISTORY}?since=90d")).json()
    assert len(usual["columns"]) <= 600
    refused = await prepared.client.get(f"{HISTORY}?since=1d&step=1")
    assert (refused.status_code, refused.json()["error"]["details"]) == (422, {"step": "too short"})
    assert (await prepared.client.get(f"{HISTORY}?since=91d")).status_code == 422


async def test_the_history_of_a_channel_that_is_not_there(served: ServedRig) -> None:
    assert (await served.client.get(f"{CHANNELS}/rack-9/1/history")).status_code == 404
