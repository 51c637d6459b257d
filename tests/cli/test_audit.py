"""``audit``, and what ``health`` says of it."""

import csv
import io
import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Command


def test_what_commands_change_is_listed_with_who_and_from_where(micboard: Command, home: Path) -> None:
    assert micboard("audit").err.startswith("Nothing was changed")
    micboard("locations", "add", "Main Stage")
    micboard("performers", "add", "=Ada")
    assert micboard("performers", "add", "=Ada").code == 1
    listed = micboard("audit").out
    assert "Main Stage" in listed
    assert "PERFORMER_EXISTS" in listed
    entries = json.loads(micboard("audit", "ada", "--json").out)["entries"]
    assert [(entry["result"], entry["front_end"]) for entry in entries] == [
        ("done", "command"),
        ("PERFORMER_EXISTS", "command"),
    ]
    assert all(entry["host"] and entry["actor"] for entry in entries)
    assert json.loads(micboard("audit", "--limit", "1", "--json").out)["entries"][0]["number"] == 3
    assert json.loads(micboard("audit", "--actor", "Eve", "--json").out)["entries"] == []
    # What a person typed is no formula in a spreadsheet.
    rows = list(csv.reader(io.StringIO(micboard("audit", "--csv").out)))
    assert rows[0][0] == "number"
    assert rows[3][rows[0].index("about")] == "'=Ada"
    assert micboard("audit", "--csv", "--json").code == 2


def test_health_says_where_the_chain_is_broken(micboard: Command, home: Path) -> None:
    for name in ("A", "B", "C"):
        micboard("locations", "add", name)
    assert check_of(micboard)["verdict"] == "ok"
    with sqlite3.connect(home / "data" / "micboard.db") as database:
        database.execute("UPDATE audit SET actor = 'Eve' WHERE id = 2")
    database.close()
    check = check_of(micboard)
    assert (check["verdict"], check["message"]) == ("failed", "The chain of entries is broken at number 2")


def check_of(micboard: Command) -> dict[str, str]:
    checks = json.loads(micboard("health", "--json").out)["checks"]
    found: dict[str, str] = next(check for check in checks if check["name"] == "audit")
    return found
