"""Lines from the standard input, or from what stands for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.cli.line_reader import LOOK_AGAIN_S, MAX_LINE_BYTES, reading_lines
from tests.fakes.links import until

pytestmark = pytest.mark.integration


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    read_end, write_end = os.pipe()
    try:
        yield read_end, write_end
    finally:
        os.close(read_end)
        os.close(write_end)


async def test_lines_come_whole_and_as_they_are_written() -> None:
    lines: list[str] = []
    with pipe() as (read_end, write_end), reading_lines(lines.append, read_end):
        os.write(write_end, b"3 fl")
        await anyio.sleep(0.05)
        assert lines == []
        os.write(write_end, b"ood\n4\nrest \xff\n")
        await until(lambda: len(lines) == 3)
    assert lines == ["3 flood", "4", "rest \N{REPLACEMENT CHARACTER}"]


async def test_a_line_without_an_end_is_dropped() -> None:
    lines: list[str] = []
    with pipe() as (read_end, write_end), reading_lines(lines.append, read_end):
        for _ in range(4):
            os.write(write_end, b"x" * MAX_LINE_BYTES)
            await anyio.sleep(0.05)
        os.write(write_end, b"\n1\n")
        await until(lambda: bool(lines) and lines[-1] == "1")
    assert sum(map(len, lines)) <= 2 * MAX_LINE_BYTES


async def test_an_input_that_ended_is_not_read_any_more() -> None:
    lines: list[str] = []
    read_end, write_end = os.pipe()
    with reading_lines(lines.append, read_end):
        os.write(write_end, b"1\n2")
        os.close(write_end)
        await until(lambda: lines == ["1"])
        await anyio.sleep(0.05)
    os.close(read_end)
    assert lines == ["1"]


async def test_a_file_and_a_closed_input_are_not_read(tmp_path: Path) -> None:
    lines: list[str] = []
    file = tmp_path / "lines"
    file.write_text("1\n")
    descriptor = os.open(file, os.O_RDONLY)
    with reading_lines(lines.append, descriptor):
        await anyio.sleep(0.05)
    os.close(descriptor)
    with reading_lines(lines.append, descriptor):
        await anyio.sleep(0.05)
    assert lines == []


async def test_in_the_background_of_a_terminal_nothing_is_read() -> None:
    """This process has no terminal, so that of a pair is never its own."""
    lines: list[str] = []
    main, terminal = os.openpty()
    try:
        with reading_lines(lines.append, terminal):
            os.write(main, b"1\n")
            await anyio.sleep(LOOK_AGAIN_S + 0.2)
    finally:
        os.close(main)
        os.close(terminal)
    assert lines == []
