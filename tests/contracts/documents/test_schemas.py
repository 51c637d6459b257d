"""Schemas of the recap, of events and of the plan: what is written fits, and all of our words are in them."""

import io
import json
from contextlib import redirect_stdout

import pytest
from jsonschema import Draft202012Validator

from micboard_tui.cli.output import print_json
from micboard_tui.contracts.documents.events import event_entry
from micboard_tui.contracts.documents.plan import PACK_FIELDS
from micboard_tui.contracts.recap import RecapFormat
from micboard_tui.domain.battery_forecast import Confidence, ForecastSource
from micboard_tui.domain.battery_plan import PlanLevel
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recap_comparison import compare_recaps
from micboard_tui.domain.recap_difference import Verdict
from micboard_tui.domain.recap_findings import FindingKind
from micboard_tui.services.recap.recap_writer import write_recap
from tests.cli.schemas import NAMES, check_fits, list_objects, read_schema, strict_validator
from tests.domain.recaps import bad_evening


def test_a_recap_fits_its_schema() -> None:
    text = write_recap(bad_evening(), RecapFormat.JSON)
    document = check_fits("recap", text)
    assert all(
        document[part] for part in ("findings", "channels", "devices", "alarms", "markers", "handover")
    )
    assert document["comparison"]["differences"]
    unknown = document["channels"][-1]
    assert {name for name, value in unknown.items() if value is None} >= {"on_air_s", "drop_outs", "outage_s"}


@pytest.mark.parametrize("name", NAMES)
def test_readers_outlive_an_addition_and_our_tests_notice_it(name: str) -> None:
    published, strict = read_schema(name), strict_validator(name).schema
    objects = [part for part in list_objects(published) if "properties" in part]
    assert objects
    assert not [part for part in list_objects(published) if "unevaluatedProperties" in part]
    assert not [part for part in objects if "additionalProperties" in part]
    closed = [part for part in list_objects(strict) if "properties" in part]
    still_open = [
        part for part in closed if not {"additionalProperties", "unevaluatedProperties"} & part.keys()
    ]
    # What tells an alarm from others is a part of the alarm, which is closed as a whole.
    assert [next(iter(part["properties"])) for part in still_open] == ["cause"] * (name == "alarms")


OPTIONAL = {"events": {"schema"}, "alarms": {"schema", "by_design", "closed_locations", "out_of_service"}}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_left_out_silently(name: str) -> None:
    for part in list_objects(read_schema(name)):
        if "properties" in part:
            left_out = set(part["properties"]) - set(part["required"])
            assert left_out <= OPTIONAL.get(name, set())


def test_each_of_our_words_is_in_the_schemas() -> None:
    recap = read_schema("recap")["$defs"]
    assert recap["cause"]["enum"] == [code.value for code in ProblemCode]
    assert recap["finding"]["properties"]["kind"]["enum"] == [kind.value for kind in FindingKind]
    assert recap["difference"]["properties"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    event = read_schema("events")["$defs"]["event"]["properties"]
    assert event["kind"]["enum"] == [kind.value for kind in EventKind]
    pack = read_schema("plan")["$defs"]["pack"]["properties"]
    assert tuple(pack) == PACK_FIELDS
    assert pack["source"]["enum"] == [*(source.value for source in ForecastSource), None]
    assert pack["confidence"]["enum"] == [*(confidence.value for confidence in Confidence), None]
    assert pack["level"]["enum"] == [level.name.lower() for level in PlanLevel]


def test_an_event_fits_its_schema_in_a_list_alone_and_as_a_line() -> None:
    events = [
        Event(1_000_000.0, EventKind.PROGRAM, "micboard-tui started", details={"program": "started"}),
        Event(1_000_000.5, EventKind.LINK, "live", DeviceId("rack"), 2, "Pia", subject="Rack/2", id=7),
    ]
    entries = [event_entry(event, {}) for event in events]
    for document in ({"events": entries}, {"event": entries[0]}, entries[1]):
        out = io.StringIO()
        with redirect_stdout(out):
            print_json(document)
        check_fits("events", out.getvalue())
    validator = Draft202012Validator(read_schema("events"))
    assert not validator.is_valid({"schema": 1, "events": [{**entries[0], "kind": "party"}]})


def test_a_show_that_is_compared_with_itself_is_the_same() -> None:
    recap = bad_evening()
    assert compare_recaps(recap, recap).differences == []
    assert json.loads(write_recap(recap, RecapFormat.JSON))["schema"] == 1
