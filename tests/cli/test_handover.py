"""``handover``: notes for the next shift, by command."""

import json

from tests.cli.conftest import Command
from tests.cli.test_commands import said_no


def test_a_note_is_written_and_listed(micboard: Command) -> None:
    assert "handover write" in micboard("handover", "show").err
    assert "shown when a board starts next" in micboard("handover", "write", "Pack 7 is slow\nSpare 2").out
    second = json.loads(micboard("handover", "write", "second", "--json").out)["note"]
    assert (second["text"], second["shown_at"]) == ("second", None)
    assert micboard("handover", "show").out.splitlines()[1:] == ["  second"]
    notes = json.loads(micboard("handover", "show", "--all", "--json").out)["notes"]
    assert [note["text"] for note in notes] == ["second", "Pack 7 is slow\nSpare 2"]
    said_no(micboard("handover", "write", " "), "INVALID_VALUE")
