"""What a shell may leave of the three streams: closed, full, or in a narrow encoding."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile

import pytest

pytestmark = pytest.mark.integration

NAME = "Zoë – “Ö\N{RIGHT SINGLE QUOTATION MARK}Neil”"
COMMAND = (sys.executable, "-m", "micboard_tui")
CODE = {"performers list --json": 0, "--help": 0, "bogus": 2, "devices remove x": 1, "run": 1}


@pytest.fixture
def environment(tmp_path: Path, empty_database: Path) -> Mapping[str, str]:
    (tmp_path / "data").mkdir()
    copyfile(empty_database, tmp_path / "data" / "micboard.db")
    return {**os.environ, "MICBOARD_HOME": str(tmp_path), "COLUMNS": "100"}


def run_in_shell(environment: Mapping[str, str], line: str) -> subprocess.CompletedProcess[bytes]:
    script = f'set -f; "$PYTHON" -m micboard_tui {line}'
    return subprocess.run(
        ["/bin/sh", "-c", script],
        env={**environment, "PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=90,
        check=False,
    )


@pytest.mark.parametrize("command", CODE)
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_a_closed_input_or_a_lost_error_changes_no_exit_code(
    environment: Mapping[str, str], command: str, redirection: str
) -> None:
    answer = run_in_shell(environment, f"{command} {redirection}")
    assert answer.returncode == CODE[command]
    assert b"Traceback" not in answer.stderr
    if command == "performers list --json":
        assert json.loads(answer.stdout)["performers"] == []


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


@pytest.mark.parametrize("command", [command for command, code in CODE.items() if code == 0])
@pytest.mark.parametrize(
    ("redirection", "code"), [(">/dev/full", b"DISK_FULL"), ("<&- >&-", b"OUTPUT_NOT_WRITABLE")]
)
def test_an_answer_that_cannot_be_written_is_an_error(
    environment: Mapping[str, str], command: str, redirection: str, code: bytes
) -> None:
    answer = run_in_shell(environment, f"{command} {redirection}")
    assert answer.returncode == 1
    assert answer.stderr.startswith(code + b": The answer cannot be written (")
    assert answer.stderr.count(b"\n") == 1
    assert (b"Make room" in answer.stderr) == (redirection == ">/dev/full")


def test_all_three_may_be_closed(environment: Mapping[str, str]) -> None:
    assert run_in_shell(environment, "performers list --json <&- >&- 2>&-").returncode == 1
    assert run_in_shell(environment, "performers add Ada <&- >&- 2>&-").returncode == 1
    database = Path(environment["MICBOARD_HOME"]) / "data" / "micboard.db"
    assert database.read_bytes().startswith(b"SQLite format 3\0")
    assert b'"Ada"' in run_in_shell(environment, "performers list --json").stdout


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", 'Zoe - "O\'Neil"'), ("iso8859-1", 'Zoë - "Ö\'Neil"'), ("utf-8", NAME)],
)
def test_people_get_signs_that_their_encoding_has_and_programs_get_utf_8(
    environment: Mapping[str, str], encoding: str, shown: str
) -> None:
    environment = {**environment, "PYTHONIOENCODING": encoding}
    subprocess.run([*COMMAND, "performers", "add", NAME], env=environment, check=True, capture_output=True)
    lines = run_in_shell(environment, "performers list").stdout.decode(encoding).splitlines()
    assert lines == ["performer", shown]
    document = json.loads(run_in_shell(environment, "performers list --json").stdout.decode())
    assert document["performers"][0]["name"] == NAME
    assert NAME in run_in_shell(environment, "performers export").stdout.decode()
    refusal = run_in_shell(environment, f"performers remove '{NAME} 2'")
    assert f"'{shown} 2'" in refusal.stderr.decode(encoding)


def test_a_home_whose_name_is_no_text_works(tmp_path: Path) -> None:
    home = os.fsencode(tmp_path) + b"/h\xff\xe4"
    environment = {**os.environ, "MICBOARD_HOME": os.fsdecode(home)}
    for line in ("performers add Ada", "performers list", "config path", "config path --json", "health"):
        answer = run_in_shell(environment, line)
        assert answer.returncode == 0, answer.stderr
        assert answer.stderr == b""
    assert os.path.exists(home + b"/data/micboard.db")  # noqa: PTH110 - bytes
