import json
from pathlib import Path

from micboard_tui.config.saved_views import ViewFile

VIEWS = {"last": {"order": "NAME"}, "1": {"only": [["LOCATION", "舞台 [b]"]]}}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    file = ViewFile(tmp_path / "state" / "views.json")
    assert file.load() == {}
    assert file.save(VIEWS) is None
    assert file.load() == VIEWS
    assert file.save({}) is None
    assert file.load() == {}


def test_a_broken_file_is_set_aside_and_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "views.json"
    for content in (b"{\xff", b'{"1": ' + b"[" * 100_000):
        path.write_bytes(content)
        assert ViewFile(path).load() == {}
        assert (tmp_path / "views.broken").read_bytes() == content
    path.write_text(json.dumps([1, 2]))
    assert ViewFile(path).load() == {}


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    reason = ViewFile(tmp_path / "file" / "views.json").save(VIEWS)
    assert reason is not None
    assert "cannot be written" in reason
