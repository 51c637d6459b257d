"""A child process in a pseudo-terminal, read as a terminal does; and the least bytes a frame needs."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from typing import Self

import pyte
from processes import cpu_s, memory_mb
from pyte.screens import Char

SYNC_END = b"\x1b[?2026l"


class Child:
    """A Python program in a terminal of its own; killed at the end of the block."""

    def __init__(self, size: str, *arguments: str, before: Sequence[str] = ()) -> None:
        self._size, self._arguments, self._before = size, arguments, before

    def __enter__(self) -> Self:
        self.out, terminal = pty.openpty()
        columns, lines = map(int, self._size.split("x"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._process = subprocess.Popen(
            [*self._before, sys.executable, *self._arguments],
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PYTHONHASHSEED": "0",
            },
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        self._has_answered = False
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self.out)

    def read(self, seconds: float, *, until: bytes = b"", rate: float | None = None) -> bytes:
        """The bytes it writes within ``seconds``, or up to ``until``; at most ``rate`` a second are read."""
        output, start = bytearray(), time.monotonic()
        while (passed := time.monotonic() - start) < seconds:
            allowed = 1 << 16 if rate is None else int(passed * rate) - len(output)
            if allowed <= 0:
                time.sleep(0.002)
                continue
            if not select.select([self.out], [], [], min(0.05, seconds - passed))[0]:
                continue
            try:
                output += os.read(self.out, allowed)
            except OSError:
                break
            # The answer of a terminal that supports synchronized output; then frames are marked.
            if not self._has_answered and b"\x1b[?2026$p" in output:
                self._has_answered = True
                self.type(b"\x1b[?2026;2$y")
            if until and until in output:
                break
        return bytes(output)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.out, keys)

    def wait(self) -> int:
        """Read to its end."""
        while self._process.poll() is None:
            self.read(0.2)
        return self._process.returncode

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu_s(self) -> float:
        """User and system time in seconds with all threads, by the scheduler's clock."""
        return cpu_s(self._process.pid)

    def memory_mb(self) -> float:
        """Its resident memory."""
        return memory_mb(self._process.pid)


Picture = list[list[Char]]


class Reader:
    """Replays what was written, frame by frame."""

    def __init__(self, size: str) -> None:
        columns, lines = map(int, size.split("x"))
        self.screen = pyte.Screen(columns, lines)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.ByteStream(self.screen)
        self._before = self._picture()

    def frames(self, output: bytes) -> Iterator[tuple[int, int, int]]:
        """Bytes, changed cells, and the least bytes that would have been needed, of every frame."""
        for frame in output.split(SYNC_END)[:-1]:
            # pyte prints the parameters of private modes that it does not know as text.
            self._stream.feed(frame.replace(b"\x1b[?2026h", b"").replace(b"\x1b[>25u", b""))
            picture = self._picture()
            changed = [
                (y, x, picture[y][x])
                for y in range(self.screen.lines)
                for x in range(self.screen.columns)
                if picture[y][x] != self._before[y][x] and picture[y][x].data
            ]
            self._before = picture
            least = min(count_bytes(changed), count_bytes(sort_by_pen(changed)))
            yield len(frame) + len(SYNC_END), len(changed), least

    def _picture(self) -> Picture:
        buffer = self.screen.buffer
        return [[buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]


Cells = Sequence[tuple[int, int, Char]]


def pen_of(cell: Char) -> tuple[object, ...]:
    return cell[1:]


def sort_by_pen(cells: Cells) -> Cells:
    by_pen: dict[tuple[object, ...], list[tuple[int, int, Char]]] = {}
    for cell in cells:
        by_pen.setdefault(pen_of(cell[2]), []).append(cell)
    return [cell for cells_of_pen in by_pen.values() for cell in cells_of_pen]


def count_bytes(cells: Cells) -> int:
    """The least bytes that write these cells in this order: the shortest moves, no frame marks."""
    count, cursor, before = 0, (-1, -1), None
    for y, x, cell in cells:
        if (y, x) != cursor:
            moves = [len(f"\x1b[{y + 1};{x + 1}H")]
            if y == cursor[0]:
                moves += [len(f"\x1b[{x + 1}G")]
                if x > cursor[1]:
                    moves += [3 if x - cursor[1] == 1 else len(f"\x1b[{x - cursor[1]}C")]
            count += min(moves)
        if before is None or pen_of(before) != pen_of(cell):
            count += _count_style_bytes(before, cell)
        count += len(cell.data.encode())
        cursor, before = (y, x + 1), cell
    return count


def _count_style_bytes(before: Char | None, cell: Char) -> int:
    codes = []
    if before is None or before.bold != cell.bold:
        codes.append("1" if cell.bold else "22")
    if before is None or before.fg != cell.fg:
        codes.append(_color("38", cell.fg))
    if before is None or before.bg != cell.bg:
        codes.append(_color("48", cell.bg))
    return len(f"\x1b[{';'.join(codes)}m")


def _color(plane: str, name: str) -> str:
    if len(name) != 6 or name == "yellow":
        return plane[0] + "9"
    return f"{plane};2;" + ";".join(str(int(name[at : at + 2], 16)) for at in (0, 2, 4))
