import errno
import os
import stat
from pathlib import Path

import pytest

from micboard_tui.config.atomic_files import write_beside, write_new
from micboard_tui.config.start_error import CHECK_RIGHTS, not_written
from tests.fakes.full_disk import full_disk


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "cast.csv"
    file.write_bytes(b"old")
    with full_disk(2), pytest.raises(OSError, match="large"):
        write_beside(file, b"newer")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("number", "code", "cure"),
    [
        (errno.ENOSPC, "DISK_FULL", "Make room on its disk"),
        (errno.EDQUOT, "DISK_FULL", "Make room on its disk"),
        (errno.EACCES, "DIRECTORY_NOT_WRITABLE", CHECK_RIGHTS),
    ],
)
def test_a_full_disk_has_another_cure_than_missing_rights(number: int, code: str, cure: str) -> None:
    error = not_written("x cannot be written", OSError(number, "reason"))
    assert (error.code, str(error), error.hint) == (code, "x cannot be written (reason)", cure)


def test_the_rights_of_the_old_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "cast.csv"
    before = os.umask(0o027)
    try:
        write_beside(file, b"first")
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        file.chmod(0o604)
        write_beside(file, b"second")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
    assert file.read_bytes() == b"second"


def test_a_link_stays_one_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_beside(tmp_path / "link", b"text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"text"
    reading, writing = os.pipe()
    write_beside(Path(f"/dev/fd/{writing}"), b"piped")
    os.close(writing)
    assert os.read(reading, 10) == b"piped"
    os.close(reading)


def test_settings_behind_a_link_are_written_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "config.toml").symlink_to(tmp_path / "dotfiles" / "config.toml")
    write_new(tmp_path / "config.toml", "text", force=True)
    assert (tmp_path / "config.toml").is_symlink()
    assert (tmp_path / "dotfiles" / "config.toml").read_text() == "text"


def test_a_link_to_itself_is_an_error_of_the_system(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OSError, match="symbolic"):
        write_beside(loop, b"text")
    assert list(tmp_path.iterdir()) == [loop]


def test_a_name_may_be_as_long_as_the_system_has_them(tmp_path: Path) -> None:
    for letter in ("a", "\N{MICROPHONE}"):
        file = tmp_path / (letter * (255 // len(letter.encode())))
        write_beside(file, b"text")
        assert file.read_bytes() == b"text"
