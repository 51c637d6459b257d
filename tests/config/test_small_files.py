import os
from pathlib import Path

import pytest

from micboard_tui.config.paths import paths_under, theme_files
from micboard_tui.config.saved_views import ViewFile
from micboard_tui.config.secrets.secret_file import SecretFile
from micboard_tui.config.settings import load_settings
from micboard_tui.config.small_files import MAX_BYTES, open_regular, read_small
from micboard_tui.config.start_error import ConfigError
from micboard_tui.domain.secret import SecretError


@pytest.mark.posix
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in (
        (pipe, "not a regular file"),
        (Path(os.devnull), "not a regular file"),
        (tmp_path, "directory"),
    ):
        descriptors = set(Path("/dev/fd").iterdir())
        with pytest.raises(OSError, match=reason):
            open_regular(path)
        assert set(Path("/dev/fd").iterdir()) == descriptors


def test_a_file_is_read_up_to_the_limit_and_no_further(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_small(file, 5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_small(file, 4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (os.mkfifo, "cannot be read (not a regular file)"),
        (lambda file: file.symlink_to("/dev/zero"), "cannot be read (not a regular file)"),
        (lambda file: file.write_bytes(b"#" * (MAX_BYTES + 1)), "cannot be read (larger than 1048576 bytes)"),
        (
            lambda file: file.write_bytes(b"[log]\nlevel = '\xfcber'\n"),
            "is no TOML: it is not UTF-8 (at line 2)",
        ),
    ],
)
@pytest.mark.posix
def test_settings_that_never_end_are_an_error(tmp_path: Path, make: object, message: str) -> None:
    paths = paths_under(tmp_path)
    paths.config.mkdir()
    assert callable(make)
    make(paths.settings_file)
    with pytest.raises(ConfigError) as refused:
        load_settings(paths)
    assert str(refused.value) == f"{paths.settings_file} {message}"


@pytest.mark.posix
def test_views_and_secrets_wait_for_no_pipe(tmp_path: Path) -> None:
    views, secrets = tmp_path / "views.json", tmp_path / "secrets.toml"
    os.mkfifo(views)
    os.mkfifo(secrets)
    assert ViewFile(views).load() == {}
    with pytest.raises(SecretError, match="not a regular file"):
        SecretFile(secrets).read()


@pytest.mark.posix
def test_a_theme_is_a_file(tmp_path: Path) -> None:
    themes = paths_under(tmp_path).themes
    themes.mkdir(parents=True)
    os.mkfifo(themes / "pipe.toml")
    (themes / "zero.toml").symlink_to("/dev/zero")
    (themes / "mine.toml").touch()
    own = [file.name for file in theme_files(paths_under(tmp_path)) if file.parent == themes]
    assert own == ["mine.toml"]
