import json
from pathlib import Path

import pytest

from micboard_tui.config.saved_views import ViewFile
from micboard_tui.config.small_files import MAX_BYTES

VIEWS = {"last": {"order": "NAME"}, "1": {"only": [["LOCATION", "舞台 [b]"]]}}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    file = ViewFile(tmp_path / "state" / "views.json")
    assert file.load() == {}
    assert file.save(VIEWS) is None
    assert file.load() == VIEWS
    assert file.save({}) is None
    assert file.load() == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{\xff", "it is no JSON"),
        (b'{"1": {"order', "it is no JSON"),
        (b'{"1": ' + b"[" * 100_000, "it is nested too deep"),
        (b"[1, 2]", "it holds no views"),
        (json.dumps({"1": "x" * MAX_BYTES}).encode(), "larger than 1048576 bytes"),
    ],
)
def test_a_broken_file_is_set_aside_and_not_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, reason: str
) -> None:
    path, other = tmp_path / "views.json", tmp_path / "views.broken"
    path.write_bytes(content)
    assert ViewFile(path).load() == {}
    assert other.read_bytes() == content
    assert caplog.messages == [f"The views in {path} cannot be read ({reason}); the file is now {other}"]


def test_a_file_that_cannot_be_moved_aside_either_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "views.json"
    path.write_bytes(b"{")
    (tmp_path / "views.broken" / "full").mkdir(parents=True)
    assert ViewFile(path).load() == {}
    assert caplog.messages == [f"The views in {path} cannot be read (it is no JSON)"]


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    reason = ViewFile(tmp_path / "file" / "views.json").save(VIEWS)
    assert reason is not None
    assert "cannot be written" in reason
