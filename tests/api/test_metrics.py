"""What Prometheus reads: only what is known, by fixed names, and readable whatever devices are called."""

from collections.abc import Mapping
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from micboard_tui.api.metrics.families import CHANNEL_INFO, FAMILIES, MetricType, SeriesLines
from micboard_tui.api.metrics.scrapes import MAX_AGE_S
from micboard_tui.api.options import ApiOptions
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from tests.api.conftest import FULL, WATCH, ServedRig, make_rig, serve_rig
from tests.tui.scripted_rig import METERS, SILENCE, vocal

OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.2"}
Labels = frozenset[tuple[str, str]]


def series(answer: httpx.Response) -> Mapping[tuple[str, Labels], float]:
    """The value of each series by its name and labels; each line has to be read for that."""
    assert answer.status_code == httpx.codes.OK, answer.text
    found = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in read_text(answer.text)
        for sample in family.samples
    }
    assert len(found) == sum(not line.startswith("#") for line in answer.text.splitlines())
    return found


async def scrape(served: ServedRig, query: str = "") -> Mapping[tuple[str, Labels], float]:
    served.rig.manual_clock.now += MAX_AGE_S
    return series(await served.client.get(f"/metrics{query}"))


def key(metric: str, /, **labels: str) -> tuple[str, Labels]:
    return f"micboard_{metric}", frozenset(labels.items())


def lead(metric: str, /, **labels: str) -> tuple[str, Labels]:
    return key(f"channel_{metric}", device="rack-1", channel="1", **labels)


async def test_a_live_channel_has_its_values_in_their_units(served: ServedRig) -> None:
    seen_at = served.rig.live.now()
    found = await scrape(served)
    assert found[lead("info", name="Lead Vox", performer="")] == 1
    assert found[lead("rf_dbm", antenna="best")] == -52
    assert found[lead("rf_dbm", antenna="B")] == -61
    assert found[lead("audio_dbfs")] == -20
    assert found[lead("battery_ratio")] == 0.88
    assert found[lead("battery_remaining_seconds")] == 425 * 60
    states = {state: found[lead("link_state", state=state)] for state in ("live", "muted", "offline")}
    assert states == {"live": 1, "muted": 0, "offline": 0}
    assert found[lead("observed_timestamp_seconds")] == seen_at


async def test_devices_are_up_or_down_by_where_they_stand(served: ServedRig) -> None:
    found = await scrape(served)
    up = {"manufacturer": "shure", "model": "ULXD4Q", "location": "Main Stage"}
    assert found[key("device_up", device="rack-1", **up)] == 1
    assert found[key("device_up", device="rack-3", **{**up, "model": ""})] == 0
    assert found[key("problems", code="battery_low")] == 1
    assert found[key("problems", code="offline")] == 1
    assert found[key("problems", code="rf_overload")] == 0
    assert found[key("device_messages_total", device="rack-1")] > 0
    assert key("problems", code="network_lost") not in found


async def test_what_is_unknown_has_no_series(served: ServedRig) -> None:
    found = await scrape(served)
    names = {name for name, labels in found if ("device", "rack-2") in labels}
    assert "micboard_channel_rf_dbm" in names
    assert names.isdisjoint(
        {
            f"micboard_channel_{name}"
            for name in ("battery_ratio", "battery_remaining_seconds", "quality_ratio")
        }
    )
    assert not {name for name, _ in found} & {"micboard_event_loop_lag_seconds", "micboard_store_age_seconds"}


async def test_the_battery_of_a_pack_that_went_off_is_past(served: ServedRig) -> None:
    served.rig.report(1, MetersHeard(1, SILENCE))
    found = await scrape(served)
    assert found[lead("link_state", state="rf_lost")] == 1
    assert found[lead("rf_dbm", antenna="best")] == -104
    assert lead("battery_ratio") not in found


async def test_meters_that_are_overdue_have_no_series(served: ServedRig) -> None:
    facts, meters = vocal("Lead Vox", 482125, FULL)
    served.rig.report(1, FactsHeard(1, replace(facts, meter_interval_s=0.1)), MetersHeard(1, meters))
    assert lead("audio_dbfs") in await scrape(served)
    served.rig.manual_clock.now += 4
    found = await scrape(served)
    assert not {name for name, labels in found if labels >= {("device", "rack-1"), ("channel", "1")}} & {
        "micboard_channel_rf_dbm",
        "micboard_channel_audio_dbfs",
    }
    assert lead("battery_ratio") in found
    assert found[key("problems", code="stale")] == 1


async def test_the_program_tells_of_itself(served: ServedRig) -> None:
    health = served.rig.health
    health.loop_lag_s, health.stored_at = 0.004, served.rig.live.now() - 6
    found = await scrape(served)
    assert found[key("event_loop_lag_seconds")] == 0.004
    assert found[key("store_age_seconds")] == 6 + MAX_AGE_S
    assert [value for (name, _), value in found.items() if name == "micboard_build_info"] == [1]


async def test_one_location_can_be_asked_for(served: ServedRig) -> None:
    found = await scrape(served, "?location=Chapel")
    devices = {dict(labels)["device"] for _, labels in found if "device" in dict(labels)}
    assert devices == {"rack-2"}
    assert found[key("problems", code="battery_low")] == 0
    assert (await served.client.get("/metrics?location=Attic")).status_code == 404


async def test_all_who_scrape_within_a_second_get_one_text(served: ServedRig) -> None:
    before = await scrape(served)
    served.rig.report(1, MetersHeard(1, METERS._replace(audio_dbfs=-3.0)))
    assert series(await served.client.get("/metrics")) == before
    assert (await scrape(served))[lead("audio_dbfs")] == -3


async def test_both_formats_are_written_and_tell_the_same(served: ServedRig) -> None:
    served.rig.manual_clock.now += MAX_AGE_S
    plain = await served.client.get("/metrics", headers={"Accept-Encoding": "identity"})
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    answer = await served.client.get("/metrics", headers=OPENMETRICS)
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-encoding"] == "gzip"
    found = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in read_openmetrics(answer.text)  # type: ignore[no-untyped-call] # has no types
        for sample in family.samples
    }
    assert found == series(plain)


@given(st.text())
def test_no_name_breaks_a_line(name: str) -> None:
    lines = SeriesLines()
    lines.add(CHANNEL_INFO, 1, name, "1", name, "")
    expected = name.encode("utf-8", "replace").decode()
    for is_openmetrics, read in ((False, read_text), (True, read_openmetrics)):
        (family,) = read(lines.write(is_openmetrics=is_openmetrics).decode())
        (sample,) = family.samples
        assert (sample.labels["name"], sample.labels["device"]) == (expected, expected)


async def test_a_channel_with_a_hostile_name_is_read(served: ServedRig) -> None:
    name = 'a"} 1\nmicboard_evil{x="\\'
    facts, meters = vocal(name, 482125, FULL)
    served.rig.report(1, FactsHeard(1, facts), MetersHeard(1, meters))
    found = await scrape(served)
    assert found[lead("info", name=name, performer="")] == 1
    assert all(series_name != "micboard_evil" for series_name, _ in found)


def test_names_keep_the_rules_of_the_trade() -> None:
    for family in FAMILIES:
        assert family.name.startswith("micboard_")
        assert family.name.endswith("_total") == (family.type is MetricType.COUNTER)
        assert family.name.endswith("_info") == (family.type is MetricType.INFO)
        assert "\n" not in family.help


@pytest.mark.parametrize(
    ("allowed", "address", "headers", "status"),
    [
        ("", "192.0.2.7", {}, 401),
        ("", "192.0.2.7", WATCH, 200),
        ("192.0.2.0/28, 2001:db8::1", "192.0.2.7", {}, 200),
        ("192.0.2.0/28, 2001:db8::1", "2001:db8::1", {}, 200),
        ("192.0.2.0/28", "192.0.2.77", {}, 401),
        ("192.0.2.0/28", "192.0.2.7", {"X-Forwarded-For": "192.0.2.7"}, 401),
        ("192.0.2.0/28", "192.0.2.7", {"Authorization": "Bearer wrong"}, 401),
        ("127.0.0.1", "unknown", {}, 401),
    ],
)
async def test_metrics_are_for_watchers_and_for_addresses_that_are_allowed(
    allowed: str, address: str, headers: dict[str, str], status: int
) -> None:
    options = ApiOptions(is_loopback=False, watch_without_login=False, metrics_from=allowed)
    async with serve_rig(make_rig(), options, client_address=address) as served:
        assert (await served.client.get("/metrics", headers=headers)).status_code == status
        if status == httpx.codes.OK and not headers:
            assert (await served.client.get("/api/v1/devices")).status_code == 401
