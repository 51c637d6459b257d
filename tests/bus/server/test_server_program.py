"""Which nats-server is taken, and what is told where there is none."""

import sys
from pathlib import Path

import pytest

from micboard_tui.bus.server.server_program import find_program, usual_directories
from micboard_tui.contracts.errors import ErrorCode, StartError

pytestmark = pytest.mark.integration


def _write_program(directory: Path, answer: str) -> Path:
    directory.mkdir(exist_ok=True)
    program = directory / "nats-server"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    return program


async def test_the_one_beside_python_is_found_and_tells_its_version() -> None:
    program = await find_program(None, usual_directories())
    assert program.path.parent == Path(sys.executable).parent
    assert program.version >= (2, 11, 0)


async def test_an_old_one_is_passed_over_for_a_newer_one(tmp_path: Path) -> None:
    _write_program(tmp_path / "old", "nats-server: v2.9.10")
    new = _write_program(tmp_path / "new", "nats-server: v2.11.0-RC.3")
    program = await find_program(None, [tmp_path / "nothing", tmp_path / "old", tmp_path / "new"])
    assert program == (new, (2, 11, 0))


async def test_only_an_old_one_is_refused_with_the_cure(tmp_path: Path) -> None:
    old = _write_program(tmp_path, "nats-server: v2.9.10")
    with pytest.raises(StartError, match=r"2\.9\.10, and 2\.11 or newer is needed") as refused:
        await find_program(None, [tmp_path])
    assert str(old) in str(refused.value)
    assert refused.value.code is ErrorCode.CONFIG_INVALID
    assert "pip install 'micboard-tui[fleet]'" in refused.value.info.hint


async def test_none_at_all_is_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="There is no nats-server") as refused:
        await find_program(None, [tmp_path])
    assert "--no-bus" in refused.value.info.hint


async def test_the_one_that_is_named_is_taken_or_refused_and_no_other(tmp_path: Path) -> None:
    named = _write_program(tmp_path / "named", "nats-server: v2.12.1")
    assert (await find_program(named, usual_directories())).path == named
    other = _write_program(tmp_path / "other", "hello")
    with pytest.raises(StartError, match="does not tell its version"):
        await find_program(other, usual_directories())
    with pytest.raises(StartError, match="No such file"):
        await find_program(tmp_path / "missing", usual_directories())
