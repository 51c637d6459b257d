"""A child in a pseudo-terminal that is read like a terminal would; and what a frame costs at best."""

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

    def __init__(self, size: str, *words: str, before: Sequence[str] = ()) -> None:
        self._size, self._words, self._before = size, words, before

    def __enter__(self) -> Self:
        self.out, theirs = pty.openpty()
        columns, lines = map(int, self._size.split("x"))
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._process = subprocess.Popen(
            [*self._before, sys.executable, *self._words],
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PYTHONHASHSEED": "0",
            },
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._answered = False
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self.out)

    def read(self, seconds: float, *, until: bytes = b"", rate: float | None = None) -> bytes:
        """What it writes within ``seconds``, or up to ``until``; at ``rate`` bytes a second at most."""
        told, start = bytearray(), time.monotonic()
        while (passed := time.monotonic() - start) < seconds:
            room = 1 << 16 if rate is None else int(passed * rate) - len(told)
            if room <= 0:
                time.sleep(0.002)
                continue
            if not select.select([self.out], [], [], min(0.05, seconds - passed))[0]:
                continue
            try:
                told += os.read(self.out, room)
            except OSError:
                break
            # A terminal that knows synchronized output says so; then frames are marked.
            if not self._answered and b"\x1b[?2026$p" in told:
                self._answered = True
                self.type(b"\x1b[?2026;2$y")
            if until and until in told:
                break
        return bytes(told)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.out, keys)

    def wait(self) -> int:
        """Read to its end."""
        while self._process.poll() is None:
            self.read(0.2)
        return self._process.returncode

    def cpu_s(self) -> float:
        return cpu_s(self._process.pid)

    def memory_mb(self) -> float:
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

    def frames(self, told: bytes) -> Iterator[tuple[int, int, int]]:
        """Bytes, changed cells, and the bytes that would have been needed, of every frame."""
        for frame in told.split(SYNC_END)[:-1]:
            # pyte takes the parameters of private modes that it does not know for text.
            self._stream.feed(frame.replace(b"\x1b[?2026h", b"").replace(b"\x1b[>25u", b""))
            now = self._picture()
            changed = [
                (y, x, now[y][x])
                for y in range(self.screen.lines)
                for x in range(self.screen.columns)
                if now[y][x] != self._before[y][x] and now[y][x].data
            ]
            self._before = now
            yield len(frame) + len(SYNC_END), len(changed), min(best(changed), best(by_pen(changed)))

    def _picture(self) -> Picture:
        buffer = self.screen.buffer
        return [[buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]


Cells = Sequence[tuple[int, int, Char]]


def pen(cell: Char) -> tuple[object, ...]:
    return cell[1:]


def by_pen(cells: Cells) -> Cells:
    order: dict[tuple[object, ...], list[tuple[int, int, Char]]] = {}
    for cell in cells:
        order.setdefault(pen(cell[2]), []).append(cell)
    return [cell for same in order.values() for cell in same]


def best(cells: Cells) -> int:
    """The bytes that a careful writer needs for these cells in this order: the cheapest ways, no marks."""
    cost, at, before = 0, (-1, -1), None
    for y, x, cell in cells:
        if (y, x) != at:
            ways = [len(f"\x1b[{y + 1};{x + 1}H")]
            if y == at[0]:
                ways += [len(f"\x1b[{x + 1}G")]
                if x > at[1]:
                    ways += [3 if x - at[1] == 1 else len(f"\x1b[{x - at[1]}C")]
            cost += min(ways)
        if before is None or pen(before) != pen(cell):
            cost += _style_cost(before, cell)
        cost += len(cell.data.encode())
        at, before = (y, x + 1), cell
    return cost


def _style_cost(before: Char | None, cell: Char) -> int:
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
