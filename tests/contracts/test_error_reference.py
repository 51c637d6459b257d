"""The page of error codes tells of every code, and of no other."""

import re
from pathlib import Path

from micboard_tui.contracts.errors import ErrorCode

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def test_every_code_stands_there_once_with_meaning_and_cure() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert sorted(code for code, _, _ in rows) == sorted(code.value for code in ErrorCode)
    assert all(meaning.endswith(".") and cure.endswith((".", "?")) for _, meaning, cure in rows)
