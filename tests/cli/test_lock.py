"""``lock`` and ``unlock``, and what other commands answer meanwhile."""

import io
import json
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path

import pytest

from micboard_tui.cli.context import container_options, let_only_read, load_context
from tests.cli.conftest import Command

PIN = "4711"


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pipe this into the next command."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.integration
def test_a_locked_show_refuses_commands_until_it_is_unlocked(
    micboard: Command, pipe: Callable[[str], None]
) -> None:
    assert micboard("lock", "--state").out == "The show is not locked.\n"
    assert micboard("unlock").out == "The show was not locked.\n"
    pipe(f"{PIN}\n")
    locked = micboard("lock", "--pin-stdin")
    assert locked.out.startswith("The show is locked by ")
    assert json.loads(micboard("lock", "--state", "--json").out)["lock"]["by"]
    for words in (
        ("performers", "add", "Ada"),
        ("locations", "add", "Stage"),
        ("undo",),
        ("users", "add", "Bo", "--role", "watch", "--no-password"),
        ("lock", "--pin-stdin"),
    ):
        pipe(f"{PIN}\n")
        refused = micboard(*words)
        assert (refused.code, refused.err.split(":")[0]) == (1, "SHOW_LOCKED"), words
        assert "micboard-tui unlock" in refused.err
    assert micboard("events", "mark", "It began").code == 0
    pipe("0000\n")
    wrong = micboard("unlock", "--pin-stdin")
    assert (wrong.code, wrong.err.split(":")[0]) == (1, "PIN_REFUSED")
    assert PIN not in locked.out + locked.err + wrong.err


def test_without_a_terminal_the_pin_is_piped_in(micboard: Command, pipe: Callable[[str], None]) -> None:
    pipe("")
    answer = micboard("lock")
    assert (answer.code, "--pin-stdin" in answer.err) == (1, True)


@pytest.mark.parametrize("way", ["option", "variable", "setting"])
def test_a_command_that_only_reads_changes_nothing(
    micboard: Command, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = ("--read-only",) if way == "option" else ()
    if way == "variable":
        monkeypatch.setenv("MICBOARD_READ_ONLY", "true")
    elif way == "setting":
        file = load_context().paths.settings_file
        file.parent.mkdir(exist_ok=True)
        file.write_text("read_only = true\n")
    refused = micboard(*option, "performers", "add", "Ada")
    assert (refused.code, refused.err.split(":")[0]) == (1, "READ_ONLY")
    assert micboard(*option, "performers", "list").code == 0


def test_the_option_goes_before_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICBOARD_READ_ONLY", "false")
    copy_context().run(_look_at_the_option)


def _look_at_the_option() -> None:
    let_only_read()
    assert container_options(load_context().settings).is_read_only
