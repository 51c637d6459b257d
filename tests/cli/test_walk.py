"""``walk``: what was walked, for people, programs and other people."""

import asyncio
import json
from pathlib import Path

from micboard_tui.storage.database import open_database, sqlite_url
from tests.cli.conftest import Command
from tests.cli.test_commands import said_no
from tests.domain.test_walk_report import EARLIER, WALK


async def keep_two_walks(home: Path) -> None:
    async with open_database(sqlite_url(home / "data" / "micboard.db")) as database:
        await database.walks.keep(EARLIER)
        await database.walks.keep(WALK)


def test_walks_are_listed_shown_compared_and_exported(micboard: Command, home: Path, tmp_path: Path) -> None:
    none = micboard("walk", "list")
    assert (none.code, none.out) == (0, "")
    assert "press w" in none.err
    said_no(micboard("walk", "show"), "WALK_NOT_FOUND")
    asyncio.run(keep_two_walks(home))
    listed = micboard("walk", "list").out.splitlines()
    assert listed[1].split()[0] == "2"
    assert len(json.loads(micboard("walk", "list", "--json").out)["walks"]) == 2
    shown = micboard("walk", "show", "2", "--compare", "1").out
    assert shown.splitlines()[1].startswith("=Balcony|left")
    document = json.loads(micboard("walk", "show", "--compare", "1", "--json").out)["walk"]
    assert (document["id"], document["compared_with"]) == (2, 1)
    first = document["results"][0]
    values = [first[name] for name in ("grade", "margin_db", "change_db", "worse")]
    assert values == ["bad", 5.0, -10.0, True]
    said_no(micboard("walk", "show", "9"), "WALK_NOT_FOUND")

    for name in ("walk.csv", "walk.md"):
        file = tmp_path / name
        assert f"Wrote walk 2 to {file}" in micboard("walk", "export", str(file)).out
        assert "Balcony" in file.read_text(encoding="utf-8")
        said_no(micboard("walk", "export", str(file), "1"), "INVALID_VALUE")
        assert "Balcony" in file.read_text(encoding="utf-8")
        assert micboard("walk", "export", str(file), "--yes").code == 0
    assert micboard("walk", "export", "-", "1").out.startswith("# Tour")
    assert micboard("walk", "export", str(tmp_path / "walk.txt")).code == 2
    said_no(micboard("walk", "export", str(tmp_path / "none" / "walk.md")), "DIRECTORY_NOT_WRITABLE")
