"""Which key a device refused, kept from one program to the next without the key."""

import stat
from pathlib import Path

import pytest

from micboard_tui.config.refused_secrets import HELD_S, RefusedKeys
from micboard_tui.domain.identity import DeviceId

ONE, OTHER = DeviceId("one"), DeviceId("other")
KEY = "api S3cret!Pass"


class Time:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_the_next_program_knows_what_was_refused_and_nobody_can_read_it(tmp_path: Path) -> None:
    file, time = tmp_path / "state" / "refused.json", Time()
    await RefusedKeys(file, time).note(ONE, KEY)
    await RefusedKeys(file, time).note(OTHER, "another")
    again = RefusedKeys(file, time)
    assert await again.since(ONE, KEY) == time.now
    assert await again.since(ONE, KEY + "!") is None
    assert await again.since(OTHER, KEY) is None
    assert "S3cret" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("later_s", [HELD_S, -1.0])
async def test_a_refusal_of_long_ago_or_of_a_clock_that_went_wrong_does_not_count(
    tmp_path: Path, later_s: float
) -> None:
    time = Time()
    kept = RefusedKeys(tmp_path / "refused.json", time)
    await kept.note(ONE, KEY)
    time.now += later_s
    assert await kept.since(ONE, KEY) is None
    await kept.note(OTHER, KEY)
    assert ONE not in (tmp_path / "refused.json").read_text()


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"one": 1}', '{"one": {"at": "x"}}', "\xff"])
async def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "refused.json"
    file.write_bytes(content.encode("latin-1"))
    kept = RefusedKeys(file)
    assert await kept.since(ONE, KEY) is None
    await kept.note(ONE, KEY)
    assert await kept.since(ONE, KEY) is not None


async def test_a_file_that_cannot_be_written_keeps_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    kept = RefusedKeys(tmp_path / "state" / "refused.json")
    await kept.note(ONE, KEY)
    assert await kept.since(ONE, KEY) is None
