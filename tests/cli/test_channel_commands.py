"""``swap``, ``expected-off``, ``devices move`` and ``views`` as the shell would run them."""

import json
from pathlib import Path

import pytest

from micboard_tui.cli.device_move import distance_to
from micboard_tui.cli.swap import choose_spare
from micboard_tui.config.instance_lock import hold_lock
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.contracts.assignment import Spare
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command
from tests.cli.test_commands import add, said_no

RACK = DeviceId("rack")


def spare(number: int, *reasons: str, is_ready: bool) -> Spare:
    return Spare(ChannelState(RACK, number), reasons, is_ready)


def title_of(ref: ChannelRef) -> str:
    return f"Rack A/{ref.number}"


def test_the_best_spare_that_is_ready_takes_over() -> None:
    spares = [spare(1, "muted", is_ready=False), spare(2, is_ready=True), spare(3, is_ready=True)]
    assert choose_spare(spares, "Rack B/1", title_of) == ChannelRef(RACK, 2)


def test_where_no_spare_is_ready_the_best_are_named() -> None:
    spares = [spare(number, "not heard", "battery –", is_ready=False) for number in range(1, 6)]
    with pytest.raises(MicboardError) as caught:
        choose_spare(spares, "Rack B/1", title_of)
    error = caught.value.info
    assert (error.code, error.message) == (
        ErrorCode.INVALID_VALUE,
        "No spare is ready to take over from Rack B/1",
    )
    assert "--to (Rack A/1: not heard, battery –; " in error.hint
    assert "Rack A/3" in error.hint
    assert "Rack A/4" not in error.hint
    with pytest.raises(MicboardError) as caught:
        choose_spare([], "Rack B/1", title_of)
    assert "No channel could take over" in caught.value.info.message


@pytest.mark.integration
def test_a_swap_moves_the_performer_and_can_be_undone(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    said_no(micboard("swap", "Rack A/1", "--yes"), "INVALID_VALUE")
    assert micboard("assign", "Rack A/1", "Ada").code == 0
    assert micboard("poll", "--once").code == 0
    itself = micboard("swap", "Rack A/1", "--to", "Rack A/1", "--yes")
    said_no(itself, "INVALID_VALUE")
    assert "->" not in itself.err
    unasked = micboard("swap", "Rack A/1", "--to", "Rack A/2")
    assert (unasked.code, unasked.out) == (1, "")
    assert "Rack A/1" in unasked.err
    assert "Use --yes to go on." in unasked.err
    swapped = micboard("swap", "Rack A/1", "--to", "Rack A/2", "--yes", "--json")
    taken = json.loads(swapped.out)["assignment"]
    assert (taken["performer"], taken["device"], taken["number"]) == ("Ada", "Rack A", 2)
    (silent,) = json.loads(micboard("expected-off", "--json").out)["assignments"]
    assert silent["number"] == 1
    assert micboard("undo").code == 0
    back = micboard("swap", "Rack A/1", "--to", "Rack A/2", "-y")
    assert back.out.startswith("Ada has Rack A/2")
    assert back.out.endswith(" as primary now.\n")
    assert "micboard-tui undo" in back.err


@pytest.mark.integration
def test_channels_are_marked_as_expected_off_listed_and_cleared(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    assert "No channel is expected off" in micboard("expected-off").err
    marked = micboard("expected-off", "Rack A/1", "rack a/2")
    assert marked.out.splitlines() == [
        "Rack A/1 is expected off and raises no problem.",
        "Rack A/2 is expected off and raises no problem.",
    ]
    assert micboard("expected-off").out == marked.out
    assert micboard("expected-off", "Rack A/2", "--clear").out == "Rack A/2 is not expected off any more.\n"
    assert "nothing has changed" in micboard("expected-off", "Rack A/2", "--clear").out
    assert micboard("expected-off").out == marked.out.splitlines()[0] + "\n"
    assert micboard("undo").out == "Undone: Rack A/2 marked as expected on.\n"
    assert micboard("expected-off").out == marked.out
    assert micboard("expected-off", "--clear").code == 2
    said_no(micboard("expected-off", "Rack Z/1"), "DEVICE_NOT_FOUND")


@pytest.mark.parametrize(
    ("moved", "other", "is_after", "order"),
    [
        ("c", "a", False, "cab"),
        ("c", "a", True, "acb"),
        ("a", "c", False, "bac"),
        ("a", "c", True, "bca"),
        ("b", "b", True, "abc"),
        ("b", "a", True, "abc"),
    ],
)
def test_the_distance_to_another_device(moved: str, other: str, is_after: bool, order: str) -> None:
    ids = [DeviceId(letter) for letter in "abc"]
    distance = distance_to(ids, DeviceId(moved), DeviceId(other), is_after=is_after)
    arranged = [letter for letter in ids if letter != moved]
    arranged.insert(ids.index(DeviceId(moved)) + distance, DeviceId(moved))
    assert "".join(arranged) == order


@pytest.mark.integration
def test_devices_are_moved_in_rack_order(micboard: Command) -> None:
    for number, name in enumerate("ABC", 1):
        arguments = ("--driver", "shure-strings", "--name", f"Rack {name}", "--location", "Stage")
        assert micboard("devices", "add", "shure", f"127.0.3.9{number}", *arguments).code == 0

    def order() -> str:
        devices = json.loads(micboard("status", "--json").out)["devices"]
        return "".join(device["name"][-1] for device in devices)

    moved = micboard("devices", "move", "Rack C", "--before", "Rack A")
    assert (moved.out, order()) == ("Rack C is number 1 of 3 at Stage now.\n", "CAB")
    assert micboard("devices", "move", "Rack C", "--up").out.endswith("already; nothing has moved.\n")
    down = json.loads(micboard("devices", "move", "Rack C", "--down", "--json").out)
    assert (down["moved"], down["place"], order()) == (True, 2, "ACB")
    assert micboard("undo").code == 0
    assert order() == "CAB"
    assert micboard("devices", "move", "Rack C").code == 2
    assert micboard("devices", "move", "Rack C", "--up", "--down").code == 2
    micboard("locations", "assign", "Rack B", "Foyer")
    micboard("locations", "add", "Foyer")
    micboard("locations", "assign", "Rack B", "Foyer")
    said_no(micboard("devices", "move", "Rack C", "--after", "Rack B"), "INVALID_VALUE")


def kept(home: Path) -> Path:
    paths = paths_under(home)
    make_directories(paths)
    view = {"order": "PROBLEMS", "grouping": "LOCATION", "only": []}
    later = {"order": "BY_STARLIGHT", "grouping": "LOCATION", "only": []}
    stored = {"last": view, "1": {**view, "name": "Worst"}, "2": {**view, "order": "NAME"}, "9": later}
    paths.views_file.write_text(json.dumps(stored))
    return paths.views_file


def test_views_are_listed_shown_renamed_and_removed(micboard: Command, home: Path) -> None:
    assert "No view is kept yet" in micboard("views", "list").err
    file = kept(home)
    assert micboard("views", "list").out.splitlines() == [
        "key  name   shows",
        "1    Worst  problems first",
        "2           by name",
    ]
    entries = json.loads(micboard("views", "list", "--json").out)["views"]
    assert [(entry["key"], entry["name"], entry["order"]) for entry in entries] == [
        ("1", "Worst", "PROBLEMS"),
        ("2", None, "NAME"),
    ]
    assert "Problems first" in micboard("views", "show", "worst").out
    assert micboard("views", "rename", "2", " Choir  A ").out == "View 2 is now called Choir A.\n"
    assert json.loads(micboard("views", "show", "choir a", "--json").out)["view"]["key"] == "2"
    said_no(micboard("views", "remove", "1"), "INVALID_VALUE")
    assert micboard("views", "remove", "1", "--yes").out == "View 1 is free now.\n"
    # What only a later release can read is kept as it is.
    assert sorted(json.loads(file.read_text())) == ["2", "9", "last"]


def test_a_view_that_is_not_there_is_guessed_and_names_are_checked(micboard: Command, home: Path) -> None:
    kept(home)
    answer = micboard("views", "show", "Wrost")
    said_no(answer, "INVALID_VALUE")
    assert "Did you mean Worst?" in answer.err
    said_no(micboard("views", "rename", "1", "x" * 33), "INVALID_VALUE")
    said_no(micboard("views", "show", "last"), "INVALID_VALUE")
    assert micboard("views", "rename", "1", "").out == "View 1 has no name now.\n"
    micboard("views", "rename", "1", "Same")
    micboard("views", "rename", "2", "Same")
    assert "Give a key: 1, 2" in micboard("views", "show", "same").err


def test_views_are_not_changed_behind_a_running_board(micboard: Command, home: Path) -> None:
    kept(home)
    with hold_lock(paths_under(home).lock_file):
        said_no(micboard("views", "rename", "1", "Other"), "ALREADY_RUNNING")
        assert micboard("views", "list").code == 0


@pytest.mark.integration
def test_what_was_probably_meant_is_named(micboard: Command) -> None:
    added = ("--driver", "shure-strings", "--name", "Rack A", "--location", "Main Stage")
    assert micboard("devices", "add", "shure", "127.0.3.91", *added).code == 0
    assert micboard("performers", "add", "Adelheid").code == 0
    for arguments, near in (
        (("devices", "show", "Rakc A"), "Rack A"),
        (("devices", "show", "127.0.3.19"), "127.0.3.91"),
        (("assign", "Rack B/1", "Ada"), "Rack A"),
        (("locations", "show", "Mainn Stage"), "Main Stage"),
        (("devices", "list", "--location", "Main Stge"), "Main Stage"),
        (("performers", "remove", "Adelhied"), "Adelheid"),
        (("devices", "add", "shrue", "127.0.3.92"), "shure"),
        (("devices", "add", "shure", "127.0.3.92", "--driver", "shure-string"), "shure-strings"),
        (("simulate", "--scenario", "clam"), "calm"),
    ):
        answer = micboard(*arguments)
        assert (answer.code, answer.out) == (1, ""), arguments
        assert f"Did you mean {near}?" in answer.err
    assert "Did you mean" not in micboard("devices", "show", "zzz").err
