"""``thresholds``: numbers for profiles, locations, performers and channels."""

import json

from tests.cli.conftest import Command
from tests.cli.test_commands import said_no


def test_numbers_are_set_listed_undone_and_reset(micboard: Command) -> None:
    assert micboard("locations", "add", "Main Stage").code == 0
    assert micboard("performers", "add", "Ada").code == 0
    was_set = micboard("thresholds", "set", "rf.low_dbm", "-80", "--location", "main stage", "--json")
    assert was_set.code == 0, was_set.err
    document = json.loads(was_set.out)
    assert (document["is_set"], document["channels_marked"], document["threshold"]["for"]) == (
        True,
        None,
        "Main Stage",
    )
    to = ("set", "battery.low_minutes", "60", "--performer", "Ada", "--profile", "break")
    assert (
        micboard("thresholds", *to).out
        == "Battery low below 60 min for Ada in break; no channel is heard now, so none is counted.\n"
    )
    preview = micboard("thresholds", "set", "quality.low_percent", "50", "--preview")
    assert preview.out.startswith("Quality poor below 50 % for all channels was not set; no channel is heard")
    listed = json.loads(micboard("thresholds", "list", "--json").out)
    assert [(entry["name"], entry["value"], entry["for"]) for entry in listed["thresholds"]] == [
        ("rf.low_dbm", -80.0, "Main Stage"),
        ("battery.low_minutes", 60.0, "Ada in break"),
    ]
    assert listed["settings"]["rf.low_dbm"] == -85.0
    table = micboard("thresholds", "list").out
    assert "RF weak below" in table
    assert table.endswith("Active profile: show\n")
    assert "RF weak below" not in micboard("undo").out
    assert len(json.loads(micboard("thresholds", "list", "--json").out)["thresholds"]) == 1
    gone = micboard("thresholds", "reset", "--location", "Main Stage")
    assert gone.out == "Reset for Main Stage: rf.low_dbm.\n"
    assert micboard("thresholds", "reset", "--json").out.split() == [
        "{",
        '"schema":',
        "1,",
        '"reset":',
        "[]",
        "}",
    ]


def test_what_is_no_number_or_crosses_another_is_refused(micboard: Command) -> None:
    assert micboard("thresholds", "set", "rf.lo_dbm", "-80").code == 2
    assert micboard("thresholds", "set", "rf.low_dbm", "-80", "--channel", "a/1", "--location", "b").code == 2
    said_no(micboard("thresholds", "set", "rf.low_dbm", "5"), "INVALID_VALUE")
    crossed = micboard("thresholds", "set", "rf.low_dbm", "-99")
    said_no(crossed, "INVALID_VALUE")
    assert "rf.critical_dbm" in crossed.err
    said_no(micboard("thresholds", "set", "rf.low_dbm", "-80", "--location", "Nowhere"), "LOCATION_NOT_FOUND")


def test_a_profile_is_chosen_for_the_times_without_a_show(micboard: Command) -> None:
    assert micboard("thresholds", "profile", "soundcheck").out == "Active profile: soundcheck\n"
    assert json.loads(micboard("thresholds", "list", "--json").out)["chosen_profile"] == "soundcheck"
    assert json.loads(micboard("thresholds", "profile", "none", "--json").out) == {
        "schema": 1,
        "chosen_profile": None,
        "profile": "show",
    }
