"""Lines from the standard input while the event loop runs, without a thread and without blocking it."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

MAX_LINE_BYTES = 1024
"""What is longer is dropped."""
LOOK_AGAIN_S = 1.0


@contextmanager
def reading_lines(take: Callable[[str], None], descriptor: int = 0) -> Iterator[None]:
    """Call ``take`` with each line as it comes, until this is left or the input ends.

    Where the input is a file or closed, which cannot be waited for, no line is read. In the background of a
    terminal none is either, since the system would stop the program.
    """
    reader = _LineReader(take, descriptor)
    reader.start()
    try:
        yield
    finally:
        reader.stop()


class _LineReader:
    def __init__(self, take: Callable[[str], None], descriptor: int) -> None:
        self._take = take
        self._descriptor = descriptor
        self._kept = b""
        self._loop = asyncio.get_running_loop()
        self._later: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._later = None
        with suppress(OSError, ValueError, NotImplementedError):  # a file, a closed input; any on Windows
            self._loop.add_reader(self._descriptor, self._read)

    def stop(self) -> None:
        if self._later is not None:
            self._later.cancel()
        with suppress(OSError, ValueError, NotImplementedError):  # the same inputs, which were never added
            self._loop.remove_reader(self._descriptor)

    def _read(self) -> None:
        if not _is_in_foreground(self._descriptor):
            self.stop()
            self._later = self._loop.call_later(LOOK_AGAIN_S, self.start)
            return
        try:
            data = os.read(self._descriptor, MAX_LINE_BYTES)
        except OSError:
            data = b""
        if not data:
            self.stop()
            return
        *lines, self._kept = (self._kept + data).split(b"\n")
        if len(self._kept) > MAX_LINE_BYTES:
            self._kept = b""
        for line in lines:
            self._take(line.decode(errors="replace"))


def _is_in_foreground(descriptor: int) -> bool:
    """Whether it is no terminal, or one that gives its keys to this program."""
    if not os.isatty(descriptor):
        return True
    with suppress(OSError):  # a terminal that this program does not belong to
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    return False
