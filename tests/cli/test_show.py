"""``show``: planned, called and looked at by commands, for people and programs."""

import io
import json
import shlex
import sys
from pathlib import Path

import pytest

from micboard_tui.cli.show_choice import choose_show
from tests.cli.conftest import Command
from tests.cli.test_commands import said_no


def test_a_show_is_planned(micboard: Command) -> None:
    none = micboard("show", "list")
    assert (none.code, none.out, "show new" in none.err) == (0, "", True)
    said_no(micboard("show", "start"), "NO_SHOW")
    said_no(micboard("show", "plot"), "NO_SHOW")
    added = micboard(
        "show", "new", "Romeo", "--start", "2026-05-01 20:00", "--break", "21:15+20", "--end", "170"
    )
    assert (added.code, added.out) == (
        0,
        "Show added: Romeo, start 2026-05-01 20:00, 21:15+20, end 22:50\n",
    ), added.err
    assert micboard("show", "new", "Aida", "--start", "soon").code == 2
    assert micboard("show", "new", "Aida", "--break", "75").code == 2
    assert micboard("show", "new", "Aida", "--end", "21:00").code == 2
    assert micboard("show", "change", "romeo").code == 2
    changed = json.loads(micboard("show", "change", "romeo", "--start", "", "--end", "2h", "--json").out)[
        "show"
    ]
    assert (changed["planned_start"], changed["end_min"], changed["breaks"]) == (
        None,
        120,
        [{"at_min": 75, "minutes": 20}],
    )
    assert (
        micboard("show", "change", "romeo", "--end", "120").out
        == "Nothing to change: Romeo, 75+20, end 120\n"
    )
    assert (
        json.loads(micboard("show", "change", "romeo", "--end", "2h", "--json").out)["has_changed"] is False
    )
    assert micboard("undo").code == 0
    assert micboard("show", "change", "romeo", "--end", "2h").out.endswith(", 21:15+20, end 22:00\n")


def test_a_show_is_used_and_called_through(micboard: Command) -> None:
    assert micboard("show", "new", "Romeo", "--break", "75+20", "--end", "2h").code == 0
    assert micboard("show", "use").code == 2
    assert micboard("show", "use", "ROMEO").out == "Romeo is the current show.\n"
    listed = json.loads(micboard("show", "list", "--json").out)["shows"]
    assert [(show["name"], show["is_current"]) for show in listed] == [("Romeo", True)]
    assert micboard("show", "start").out == "Romeo started.  1:15 to break  2:00 to end\n"
    said_no(micboard("show", "start"), "SHOW_REFUSED")
    assert micboard("show", "extend", "soon").code == 2
    shorter = json.loads(micboard("show", "extend", "-5", "--json").out)["progress"]
    assert (shorter["state"], shorter["profile"], shorter["extended_min"]) == ("running", "show", -5)
    assert 69.5 < shorter["minutes_to_break"] <= 70
    assert micboard("show", "status").out.startswith("Romeo: running\nclock    Romeo  1:10 to break")
    said_no(micboard("show", "next"), "SHOW_REFUSED")
    assert "no scenes" in micboard("show", "plot").err
    assert (
        micboard("show", "conflicts", "Romeo").out == "Romeo: 0 scenes, 0 mics, 0 hand-overs, 0 conflicts.\n"
    )
    assert micboard("show", "end").out == "Romeo ended.  Romeo ended\n"
    assert micboard("show", "use", "--none").out == "No show is current.\n"
    assert "undo" in micboard("show", "remove", "romeo").out
    said_no(micboard("show", "remove", "romeo"), "SHOW_NOT_FOUND")


PLOT = """Scene,Mic 7,Mic 8,Props
1,Ann,Bea,chair
2,Cy,5,
"""


def test_a_board_is_started_with_a_show(micboard: Command, tmp_path: Path) -> None:
    said_no(micboard("run", "--show", "Nowhere"), "SHOW_NOT_FOUND")
    plot = tmp_path / "a_night.csv"
    plot.write_text("act,scene,name,channel,performer\n1,1,Dawn,7,Mercutio\n1,2,Noon,8,Tybalt\n")
    choose_show(str(plot))
    status = json.loads(micboard("show", "status", "--json").out)["progress"]
    assert (status["show"]["name"], status["state"]) == ("a night", "planned")
    assert micboard("show", "start").code == 0
    choose_show("A Night")  # What is on stays where it is.
    assert json.loads(micboard("show", "status", "--json").out)["progress"]["state"] == "running"
    assert micboard("show", "new", "Aida").code == 0
    said_no(micboard("--show", "Aida"), "SHOW_REFUSED")
    assert micboard("show", "end").code == 0
    choose_show("a night")
    assert json.loads(micboard("show", "status", "--json").out)["progress"]["state"] == "planned"
    assert micboard("--show", "Aida", "status").code == 2


@pytest.mark.parametrize("group", ["show", "performers"])
def test_an_import_reads_the_standard_input(
    micboard: Command, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"scene,name,mic 7\n1,Ann,Ann\n")))
    read = micboard(group, "import", "-")
    assert (read.code, "Nothing has changed yet" in read.err) == (0, True), read.err
    missing = micboard(group, "import", "nowhere.csv")
    assert (missing.code, "'nowhere.csv' does not exist" in missing.err) == (2, True)


def test_a_plot_is_shown_imported_looked_at_and_written(micboard: Command, tmp_path: Path) -> None:
    file, copy = tmp_path / "romeo.csv", tmp_path / "a copy.csv"
    file.write_text(PLOT)
    shown = micboard("show", "import", str(file))
    assert shown.out.splitlines() == [
        "add      romeo: 2 scenes, 2 mics, 1 hand-over, 1 conflict (a row a scene)",
        "ignore   Props",
        "mistake  row 3, column 3: '5' is neither a mark nor a name",
    ]
    assert "Nothing has changed yet" in shown.err
    assert micboard("show", "list").out == ""
    applied = json.loads(micboard("show", "import", str(file), "--name", "Romeo", "--yes", "--json").out)
    assert (applied["applied"], applied["is_new"], applied["mics"]) == (True, True, ["7", "8"])
    assert micboard("show", "use", "romeo").code == 0
    plot = micboard("show", "plot").out.splitlines()
    assert [line.split() for line in plot[1:]] == [["1", "7", "Ann,", "8", "Bea"], ["2", "7", "Cy"]]
    assert "from Ann to Cy, no scene between" in micboard("show", "conflicts").out
    (finding,) = json.loads(micboard("show", "conflicts", "--json").out)["findings"]
    assert (finding["level"], finding["problem"], finding["mic"]) == ("conflict", "no_scene_between", "7")
    status = micboard("show", "go", "1").out + micboard("show", "status").out
    assert "Scene 1" in status
    assert "on deck  7: Cy in 2" in status
    assert micboard("show", "export", "romeo", str(copy)).out == f"Wrote {copy}.\n"
    said_no(micboard("show", "export", "romeo", str(copy)), "INVALID_VALUE")
    shown = micboard("show", "import", str(copy), "--name", "romeo", "--json")
    command = shlex.split(shown.err.partition("To do it:  ")[2])
    assert command == ["micboard-tui", "show", "import", str(copy), "--name", "romeo", "--yes"]
    again = json.loads(shown.out)
    assert (again["summary"], again["mistakes"]) == ("2 scenes, 2 mics, 1 hand-over, 1 conflict", [])
    assert len(json.loads(micboard("show", "plot", "--json").out)["uses"]) == 3


def test_people_roles_and_packs_come_along_with_mic_numbers(micboard: Command, tmp_path: Path) -> None:
    file = tmp_path / "cast.csv"
    file.write_text(
        "scene,mic,performer,role,pack\n1,7,Ann,backup,BP 7\n2,7,Bea,primary,\n2,9,Cy,primary,BP 9\n"
    )
    added = micboard(
        "devices", "add", "shure", "192.0.2.7", "--driver", "shure-strings", "--name", "Rack A", "--json"
    )
    assert added.code == 0, added.err
    assert micboard("mic-number", "Rack A/2", "7").code == 0
    shown = micboard("show", "import", str(file), "--assign")
    assert "assign   Rack A/2: 7 Ann, backup, pack BP 7" in shown.out
    assert "no channel has the mic number 9" in shown.out
    assert "--assign --yes" in shown.err
    assert micboard("show", "import", str(file), "--assign", "--yes").code == 0
    (ann,) = json.loads(micboard("performers", "list", "--json").out)["performers"]
    (channel,) = ann["channels"]
    assert (ann["name"], channel["use"], channel["planned_pack"]) == ("Ann", "backup", "BP 7")
