"""``performers``, ``assign``, ``unassign``, ``undo`` and ``redo`` as the shell would run them."""

import json
from pathlib import Path
from typing import Any

import pytest

from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command
from tests.cli.test_commands import HOSTILE, add, said_no

pytestmark = pytest.mark.integration


def listed(micboard: Command) -> list[dict[str, Any]]:
    document = json.loads(micboard("performers", "list", "--json").out)
    assert document["schema"] == 1
    performers: list[dict[str, Any]] = document["performers"]
    return performers


def test_performers_are_added_changed_listed_and_removed(micboard: Command) -> None:
    assert "performers add" in micboard("performers", "list").err
    assert micboard("performers", "add", "Zoë", "--role", "choir").out == "Performer added: Zoë\n"
    made = json.loads(micboard("performers", "add", "[red]Ada[/] A>B", "--note", "x", "--json").out)
    assert made["performer"]["note"] == "x"
    changed = micboard("performers", "change", "zoË", "--name", "Zoe", "--role", "")
    assert changed.out == "Performer changed: Zoe\n"
    assert micboard("performers", "change", "Zoe", "--name", "Zoe").out == "Nothing to change: Zoe\n"
    assert [(each["name"], each["role"]) for each in listed(micboard)] == [
        ("[red]Ada[/] A>B", None),
        ("Zoe", None),
    ]
    assert "[red]Ada[/] A>B" in micboard("performers", "list").out
    assert "undo" in micboard("performers", "remove", "ZOE").out
    assert len(listed(micboard)) == 1
    assert micboard("performers", "change", "Zoe").code == 2


def test_what_cannot_be_is_one_line(micboard: Command) -> None:
    said_no(micboard("performers", "add", HOSTILE), "INVALID_VALUE")
    assert micboard("performers", "add", "Ada").code == 0
    said_no(micboard("performers", "add", "ADA"), "PERFORMER_EXISTS")
    said_no(micboard("performers", "remove", HOSTILE), "PERFORMER_NOT_FOUND")
    said_no(micboard("performers", "change", "ghost", "--role", "x"), "PERFORMER_NOT_FOUND")
    said_no(micboard("assign", "ghost/1", "Ada"), "DEVICE_NOT_FOUND")
    said_no(micboard("assign", "ghost", "Ada"), "INVALID_VALUE")
    assert micboard("assign", "ghost/1", "Ada", "--role", "star").code == 2


def test_a_channel_is_given_shown_everywhere_and_taken_back(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    # Planned before the receiver was ever heard, and there as soon as it is.
    assert micboard("assign", "rack a/1", "Ada").out == "Ada has Rack A/1 as primary.\n"
    polled = json.loads(micboard("poll", "--once", "--json").out)
    assert [each["performer"] for each in polled["devices"][0]["channels"][:2]] == ["Ada", None]
    for words in (
        ("status", "--json"),
        ("devices", "list", "--json"),
        ("devices", "show", "Rack A", "--json"),
    ):
        (device,) = json.loads(micboard(*words).out)["devices"]
        assert device["channels"][0]["performer"] == "Ada"
    assert "Ada" in micboard("status").out

    said_no(micboard("assign", "Rack A/99", "Ada"), "CHANNEL_NOT_FOUND")
    given = json.loads(micboard("assign", "Rack A/2", "Ada", "--role", "backup", "--note", "!", "--json").out)
    assert given["assignment"]["use"] == "backup"
    (ada,) = listed(micboard)
    assert [(each["device"], each["number"], each["use"], each["note"]) for each in ada["channels"]] == [
        ("Rack A", 1, "primary", None),
        ("Rack A", 2, "backup", "!"),
    ]
    assert micboard("unassign", "Rack A/1").out == "Rack A/1 is free now.\n"
    assert micboard("unassign", "Rack A/1").out == "Rack A/1 is free already.\n"
    assert micboard("undo").out.startswith("Undone: ")
    assert len(listed(micboard)[0]["channels"]) == 2
    assert micboard("redo").out.endswith("Lead Vox unassigned.\n")
    assert len(listed(micboard)[0]["channels"]) == 1
    said_no(micboard("redo"), "NOTHING_TO_REDO")
    assert micboard("assign", "Rack A/1").code == 2
    assert micboard("assign", "Rack A/1", "--role", "spare").out.endswith(" is a spare for all.\n")
    assert micboard("unassign", "Rack A/1").out == "Rack A/1 is free now.\n"


@pytest.mark.no_cover
def test_a_channel_receives_the_pack_of_another(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    micboard("assign", "Rack A/1", "Ada")
    answer = micboard("assign", "Rack A/2", "Ada", "--role", "backup", "--shared-pack")
    assert answer.out == "Ada has Rack A/2 as backup, shared pack.\n"
    assert "backup, shared pack" in micboard("performers", "list").out
    assert [each["shared_pack"] for each in listed(micboard)[0]["channels"]] == [False, True]
    polled = json.loads(micboard("poll", "--once", "--json").out)
    assert [each["shared_pack"] for each in polled["devices"][0]["channels"][:3]] == [False, True, None]
    assert '"Rack A/2","backup","","yes"' in micboard("performers", "export").out
    again = micboard("assign", "Rack A/2", "Ada", "--role", "backup", "--no-shared-pack")
    assert again.out.endswith(") as backup.\n")


def test_a_channel_is_numbered_by_the_show(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    # Before the receiver was ever heard, and there as soon as it is.
    assert micboard("mic-number", "rack a/1", "IEM 3", "--count", "2").out == (
        "Rack A/1 is number IEM 3.\nRack A/2 is number IEM 4.\n"
    )
    polled = json.loads(micboard("poll", "--once", "--json").out)
    assert [each["mic_number"] for each in polled["devices"][0]["channels"][:2]] == ["IEM 3", "IEM 4"]
    twice = micboard("mic-number", "Rack A/2", "3", "--json")
    assert json.loads(twice.out)["assignments"][0]["mic_number"] == "3"
    assert twice.err == ""
    assert "2 channels have the mic number IEM 3" in micboard("mic-number", "Rack A/2", "iem 3").err
    assert micboard("mic-number", "Rack A/1", "--clear").out == "Rack A/1 (Lead Vox) has no mic number now.\n"
    assert micboard("undo").out == "Undone: Mic number of Lead Vox removed.\n"
    (device,) = json.loads(micboard("status", "--json").out)["devices"]
    assert device["channels"][0]["mic_number"] == "IEM 3"
    assert "IEM 3" in micboard("status").out
    micboard("assign", "Rack A/1", "Ada")
    assert micboard("performers", "list").out.splitlines()[1].split()[:3] == ["Ada", "IEM", "3"]
    said_no(micboard("mic-number", "Rack A/1", "123456789"), "INVALID_VALUE")
    said_no(micboard("mic-number", "Rack A/1", "A", "--count", "2"), "INVALID_VALUE")
    said_no(micboard("mic-number", "Rack A/1", "1", "--count", "99"), "CHANNEL_NOT_FOUND")
    assert micboard("mic-number", "Rack A/1").code == 2
    assert micboard("mic-number", "Rack A/1", "7", "--clear").code == 2


@pytest.mark.no_cover
def test_a_live_channel_that_changes_hands_is_told_beside_the_answer(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    micboard("poll", "--once")
    micboard("assign", "Rack A/1", "Ada")
    answer = micboard("assign", "Rack A/1", "Ben")
    assert (answer.code, "is live and was Ada's" in answer.err) == (0, True)


@pytest.mark.no_cover
def test_devices_of_one_name_are_told_apart(micboard: Command, rack: Rack) -> None:
    first, second = add(micboard, rack, 0, "--name", "Twin"), add(micboard, rack, 1, "--name", "Twin")
    answer = micboard("assign", "twin/1", "Ada")
    said_no(answer, "INVALID_VALUE")
    assert first in answer.err
    assert second in answer.err
    assert micboard("assign", f"{second}/1", "Ada").code == 0


@pytest.mark.no_cover
def test_a_removed_receiver_comes_back_with_its_people(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack, 0, "--name", "Rack A")
    micboard("assign", "Rack A/1", "Ada")
    assert "undo" in micboard("devices", "remove", "Rack A", "--yes").out
    assert listed(micboard)[0]["channels"] == []
    micboard("undo")
    assert [each["device_id"] for each in listed(micboard)[0]["channels"]] == [device_id]


def test_an_import_changes_nothing_without_yes(micboard: Command, rack: Rack, tmp_path: Path) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    file = tmp_path / "cast.csv"
    file.write_bytes('name;role;channel\r\n"Ada; ""A""";lead;Rack A/1\r\nשלום;;\r\n'.encode("utf-8-sig"))  # noqa: RUF001 - a name in Hebrew
    shown = micboard("performers", "import", str(file))
    assert shown.out.splitlines() == [
        'add     Ada; "A"',
        "add     שלום",
        'assign  Ada; "A": Rack A/1, primary',
        "2 added, 0 changed, 1 channel assigned, 0 unchanged.",
    ]
    assert "--yes" in shown.err
    assert listed(micboard) == []
    plan = json.loads(micboard("performers", "import", str(file), "--yes", "--json").out)
    assert (plan["applied"], plan["added"]) == (True, ['Ada; "A"', "שלום"])
    file.write_text('name,role,Shoe\n"Ada; ""A""",choir,42\n', encoding="utf-8")
    assert micboard("performers", "import", str(file)).out.splitlines()[0] == "ignore  column 'Shoe'"
    assert 'change  Ada; "A": part: lead → choir' in micboard("performers", "import", str(file)).out
    again = micboard("performers", "import", str(file), "--yes")
    assert "--yes" not in again.err
    assert micboard("undo").code == 0


def test_an_export_is_an_import(micboard: Command, rack: Rack, tmp_path: Path) -> None:
    add(micboard, rack, 0, "--name", "Rack A")
    micboard("assign", "Rack A/1", "=Zoë, the 1st")
    document = micboard("performers", "export").out
    assert micboard("performers", "export", "-").out == document
    assert document == (
        '"name","role","note","channel","use","mic","shared pack"\r\n'
        '"\'=Zoë, the 1st","","","Rack A/1","primary","",""\r\n'
    )
    file = tmp_path / "cast.csv"
    assert micboard("performers", "export", str(file)).out == f"Wrote {file}.\n"
    assert file.read_bytes() == document.encode("utf-8-sig")
    said_no(micboard("performers", "export", str(file)), "INVALID_VALUE")
    assert micboard("performers", "export", str(file), "--yes").code == 0
    plan = json.loads(micboard("performers", "import", str(file), "--json").out)
    assert (plan["added"], plan["changed"], plan["assigned"], plan["unchanged"]) == ([], {}, [], 1)
    said_no(micboard("performers", "export", str(tmp_path / "none" / "x.csv")), "DIRECTORY_NOT_WRITABLE")


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"name\nZo\xeb\n", "Line 2, column 3"),
        (b"name,channel\nAda,ghost/1\n", "Line 2, column 'channel'"),
        (b"name\n" + b"x" * 1_100_000, "larger than 1000 kB"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_column(
    micboard: Command, tmp_path: Path, content: bytes, where: str
) -> None:
    file = tmp_path / "cast.csv"
    file.write_bytes(content)
    for words in ((), ("--yes",)):
        answer = micboard("performers", "import", str(file), *words)
        said_no(answer, "INVALID_VALUE")
        assert where in answer.err
    assert micboard("performers", "import", str(tmp_path / "none.csv")).code == 2
