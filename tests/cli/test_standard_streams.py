"""What a shell may leave of the three streams: closed, full, or in a narrow encoding.

An interpreter finds its streams at its start. Most commands are forked here, with streams as one would find
them; two kinds are started by a shell.
"""

import json
import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from shutil import copyfile

import pytest

from tests.fakes.forks import run_command

pytestmark = pytest.mark.integration

NAME = "Zoë – “Ö\N{RIGHT SINGLE QUOTATION MARK}Neil”"
CLOSED = {"<&-": 0, ">&-": 1, "2>&-": 2}
FULL = {">/dev/full": 1, "2>/dev/full": 2}
CODE = {
    "performers list --json": 0,
    "performers --help": 0,
    "performers bogus": 2,
    "devices remove x": 1,
    "run": 1,
}


@pytest.fixture
def environment(tmp_path: Path, empty_database: Path) -> Mapping[str, str]:
    data = tmp_path / "home" / "data"
    data.mkdir(parents=True)
    copyfile(empty_database, data / "micboard.db")
    return {**os.environ, "MICBOARD_HOME": str(tmp_path / "home"), "COLUMNS": "100"}


def run_all(
    environment: Mapping[str, str], redirection: str, *commands: str
) -> list[subprocess.CompletedProcess[bytes]]:
    """What each of these commands answers, one after the other, under the same ``redirection``."""
    words = redirection.split()
    closed = [number for word, number in CLOSED.items() if word in words]
    with ExitStack() as stack:
        full = {
            number: stack.enter_context(Path("/dev/full").open("wb"))
            for word, number in FULL.items()
            if word in words
        }
        return [
            run_command(
                environment, *shlex.split(command), output=full.get(1), errors=full.get(2), closed=closed
            )
            for command in commands
        ]


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_a_closed_input_or_a_lost_error_changes_no_exit_code(
    environment: Mapping[str, str], redirection: str
) -> None:
    answers = dict(zip(CODE, run_all(environment, redirection, *CODE), strict=True))
    assert {command: answer.returncode for command, answer in answers.items()} == CODE
    assert not any(answer.stderr for answer in answers.values())
    assert json.loads(answers["performers list --json"].stdout)["performers"] == []


@pytest.mark.parametrize("command", ["--help", "config show", "config show --json"])
def test_an_answer_that_is_taken_in_part_is_an_error_without_the_buffers_of_python_too(
    environment: Mapping[str, str], tmp_path: Path, command: str
) -> None:
    part = tmp_path / "part"
    # The shell limits files to one block of 512 or 1024 bytes.
    script = f'ulimit -f 1; "$PYTHON" -m micboard_tui {command} > "$PART"'
    answer = subprocess.run(
        ["/bin/sh", "-c", script],
        env={**environment, "PYTHON": sys.executable, "PART": str(part), "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        timeout=90,
        check=False,
    )
    assert part.stat().st_size in {512, 1024}
    assert answer.returncode == 1
    assert answer.stderr.startswith(b"OUTPUT_NOT_WRITABLE: The answer cannot be written (File too large)")


@pytest.mark.parametrize(
    ("redirection", "code"), [(">/dev/full", b"DISK_FULL"), ("<&- >&-", b"OUTPUT_NOT_WRITABLE")]
)
def test_an_answer_that_cannot_be_written_is_an_error(
    environment: Mapping[str, str], redirection: str, code: bytes
) -> None:
    commands = [command for command, code in CODE.items() if code == 0]
    for answer in run_all(environment, redirection, *commands):
        assert answer.returncode == 1
        assert answer.stderr.startswith(code + b": The answer cannot be written (")
        assert answer.stderr.count(b"\n") == 1
        assert (b"Make room" in answer.stderr) == (redirection == ">/dev/full")


def test_all_three_may_be_closed(environment: Mapping[str, str]) -> None:
    script = '"$PYTHON" -m micboard_tui performers add Ada <&- >&- 2>&-'
    answer = subprocess.run(
        ["/bin/sh", "-c", script],
        env={**environment, "PYTHON": sys.executable},
        capture_output=True,
        timeout=90,
        check=False,
    )
    assert answer.returncode == 1
    database = Path(environment["MICBOARD_HOME"]) / "data" / "micboard.db"
    assert database.read_bytes().startswith(b"SQLite format 3\0")
    with closing(sqlite3.connect(database)) as stored:
        assert stored.execute("SELECT name FROM performers").fetchall() == [("Ada",)]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", 'Zoe - "O\'Neil"'), ("iso8859-1", 'Zoë - "Ö\'Neil"'), ("utf-8", NAME)],
)
def test_people_get_signs_that_their_encoding_has_and_programs_get_utf_8(
    environment: Mapping[str, str], encoding: str, shown: str
) -> None:
    added, listed, document, exported, refusal = run_all(
        {**environment, "PYTHONIOENCODING": encoding},
        "",
        f"performers add '{NAME}'",
        "performers list",
        "performers list --json",
        "performers export",
        f"performers remove '{NAME} 2'",
    )
    assert added.returncode == 0
    assert listed.stdout.decode(encoding).splitlines() == ["performer", shown]
    assert json.loads(document.stdout.decode())["performers"][0]["name"] == NAME
    assert NAME in exported.stdout.decode()
    assert f"'{shown} 2'" in refusal.stderr.decode(encoding)


def test_a_home_whose_name_is_no_text_works(tmp_path: Path) -> None:
    home = os.fsencode(tmp_path) + b"/h\xff\xe4"
    environment = {**os.environ, "MICBOARD_HOME": os.fsdecode(home)}
    commands = ("performers add Ada", "performers list", "config path", "config path --json", "health")
    for answer in run_all(environment, "", *commands):
        assert (answer.returncode, answer.stderr) == (0, b"")
    assert os.path.exists(home + b"/data/micboard.db")  # noqa: PTH110 - bytes
