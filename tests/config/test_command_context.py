"""Directories, the lock, and the log."""

import json
import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from micboard_tui.config.instance_lock import hold_lock
from micboard_tui.config.logs import EventMemory, log_to_file, log_to_stderr
from micboard_tui.config.paths import find_paths, make_directories, paths_under, theme_files
from micboard_tui.config.settings import write_defaults
from micboard_tui.config.start_error import ConfigError
from tests.fakes.full_disk import full_disk
from tests.fakes.logs import reset_logs


@pytest.fixture
def _logs() -> Iterator[None]:
    yield
    reset_logs()


# Directories.


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    assert find_paths({"MICBOARD_HOME": str(tmp_path)}) == paths_under(tmp_path)


def test_a_relative_home_does_not_follow_the_working_directory() -> None:
    assert find_paths({"MICBOARD_HOME": "here"}).data == Path.cwd() / "here" / "data"


def test_otherwise_the_system_says_where() -> None:
    paths = find_paths({})
    assert len({paths.config, paths.state, paths.cache}) == 3
    assert all("micboard-tui" in str(each) for each in (paths.config, paths.data, paths.state))


def test_only_this_user_can_look_inside(tmp_path: Path) -> None:
    paths = paths_under(tmp_path / "home")
    make_directories(paths)
    assert stat.S_IMODE(paths.data.stat().st_mode) == 0o700
    make_directories(paths)


def test_no_umask_opens_a_home_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        paths = paths_under(tmp_path / "above" / "home")
        make_directories(paths)
        write_defaults(paths, force=False)
    finally:
        os.umask(before)
    made = (tmp_path / "above", tmp_path / "above" / "home", paths.data, paths.state, paths.config)
    assert [stat.S_IMODE(each.stat().st_mode) for each in made] == [0o700] * 5


def test_what_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be made") as caught:
        make_directories(paths_under(tmp_path / "file"))
    assert caught.value.code == "DIRECTORY_NOT_WRITABLE"
    assert "MICBOARD_HOME" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_what_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    paths.data.chmod(0o500)
    with pytest.raises(ConfigError, match="cannot be written to"):
        make_directories(paths)


def test_your_own_themes_come_after_ours(tmp_path: Path) -> None:
    paths, package = paths_under(tmp_path), tmp_path / "checkout" / "micboard_tui"
    for file in (package.parent / "themes" / "stage.toml", paths.themes / "mine.toml"):
        file.parent.mkdir(parents=True)
        file.write_text("")
    assert [file.name for file in theme_files(paths, package)] == ["stage.toml", "mine.toml"]
    (package / "themes").mkdir(parents=True)
    (package / "themes" / "wheel.toml").write_text("")
    assert [file.name for file in theme_files(paths, package)] == ["wheel.toml", "mine.toml"]


# The lock.


def test_a_second_one_is_told_who_was_first(tmp_path: Path) -> None:
    file = tmp_path / "running.lock"
    with hold_lock(file):
        with pytest.raises(ConfigError, match=f"process {os.getpid()}") as caught, hold_lock(file):
            pass
        assert caught.value.code == "ALREADY_RUNNING"
        file.with_suffix(".pid").write_text("?")
        with pytest.raises(ConfigError, match="its process is not known"), hold_lock(file):
            pass
    with hold_lock(file):
        pass


@pytest.mark.integration
def test_a_killed_one_leaves_no_lock_behind(tmp_path: Path) -> None:
    file = tmp_path / "running.lock"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from micboard_tui.config.instance_lock import hold_lock\n"
        f"with hold_lock(Path({str(file)!r})):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(ConfigError, match=f"process {child.pid}"), hold_lock(file):
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
    with hold_lock(file):
        pass


def test_a_full_disk_keeps_nobody_from_holding_the_lock(tmp_path: Path) -> None:
    with full_disk(), hold_lock(tmp_path / "running.lock"):
        assert (tmp_path / "running.lock").exists()
    assert not (tmp_path / "running.pid").exists()


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught, hold_lock(tmp_path / "file" / "running.lock"):
        pass
    assert caught.value.code == "DIRECTORY_NOT_WRITABLE"


# The log.


@pytest.mark.usefixtures("_logs")
def test_the_newest_events_are_kept_for_a_screen_each_once_and_without_secrets(tmp_path: Path) -> None:
    memory = EventMemory(most=2)
    log_to_file(tmp_path / "micboard.log", "info", memory)
    structlog.get_logger("ours").info("first")
    structlog.get_logger("ours").warning("session_ended", code="SILENT", token="s3cret")  # noqa: S106 - not one
    logging.getLogger("theirs").error("from a library")
    assert memory.count == 3
    newest, ended = memory.newest()
    assert (newest.text, newest.level, newest.is_bad, newest.source) == (
        *("from a library", "error", True, "theirs"),
    )
    assert (ended.text, ended.details) == ("session ended", (("code", "SILENT"), ("token", "***")))


@pytest.mark.usefixtures("_logs")
def test_the_file_has_one_object_a_line_and_no_secrets(tmp_path: Path) -> None:
    file = tmp_path / "micboard.log"
    log_to_file(file, "info")
    structlog.get_logger("ours").info("connected", host="127.0.0.2", api_key="s3cret", name="Zoë\n\x1b[31m")
    structlog.get_logger("ours").debug("too much")
    logging.getLogger("theirs").warning("from a library")
    structlog.get_logger("ours").error("gone", exc_info=ValueError("why"))
    ours, theirs, gone = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert (ours["event"], ours["host"], ours["api_key"], ours["level"]) == (
        *("connected", "127.0.0.2", "***", "info"),
    )
    assert ours["name"] == "Zoë\n\x1b[31m"
    assert set(range(0x20)) & set(file.read_bytes()) == {0x0A}
    assert ours["timestamp"].endswith("Z")
    assert theirs["event"] == "from a library"
    assert "ValueError" in gone["exception"]
    assert "\x1b" not in file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("_logs")
def test_what_could_harm_a_terminal_is_escaped_in_the_file(tmp_path: Path) -> None:
    name = "Zoë \x9b31m \u202egnp\u2066 \x7f \U000e0041"
    file = tmp_path / "micboard.log"
    log_to_file(file, "info")
    structlog.get_logger("ours").info("connected", name=name, **{f"key {name}": 1})
    text = file.read_text(encoding="utf-8")
    assert "Zoë" in text
    assert not set(name) & set("\x9b\u202e\u2066\x7f\U000e0041") & set(text)
    assert json.loads(text)["name"] == name


@pytest.mark.usefixtures("_logs")
def test_what_could_harm_a_terminal_is_made_visible_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("info")
    structlog.get_logger("ours").warning(
        "gone\x1b[2J", name="x\x9b31m", exc_info=ValueError("y\x1b[2J\u202e")
    )
    written = capsys.readouterr().err
    assert not set("\x1b\x9b\u202e") & set(written)
    assert len(written.splitlines()) == 2


@pytest.mark.usefixtures("_logs")
def test_headless_commands_log_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("warning")
    log_to_stderr("warning")
    structlog.get_logger("ours").info("nothing")
    structlog.get_logger("ours").warning("refused", host="127.0.0.2", password="x")  # noqa: S106 - planted
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert "refused" in line
    assert "127.0.0.2" in line
    assert "***" in line


@pytest.mark.usefixtures("_logs")
def test_libraries_that_speak_to_devices_do_not_tell_what_they_say(tmp_path: Path) -> None:
    file = tmp_path / "micboard.log"
    log_to_file(file, "debug")
    for name in ("httpx", "httpcore.http11", "httpcore.connection", "zeroconf", "keyring.backend"):
        logging.getLogger(name).debug("a request with all its headers")
        logging.getLogger(name).info("HTTP Request: GET https://10.0.0.5/api")
    logging.getLogger("httpx").warning("something is wrong")
    (captured,) = file.read_text().splitlines()
    assert "something is wrong" in captured
