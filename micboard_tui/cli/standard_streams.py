"""Standard input, output and errors as a shell may leave them: closed, full, or in a narrow encoding.

``repair_streams`` is called once, before anything is opened: a file or a socket would get the number of a
closed stream, and be written to as if it were one. An answer that cannot be written is an error of its own
(``output.py``); what cannot be written to stderr is dropped, since nothing else could show it. Under
``PYTHONUNBUFFERED`` Python leaves out the layer that writes the rest when a disk or a pipe takes only a part,
and an answer would end early without an error.
"""

import io
import os
import sys
from typing import BinaryIO, Literal, TextIO, cast


class _ErrorStream(io.TextIOWrapper):
    """A stderr that drops what cannot be written, and the exit code stays what it is."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        """Send what is still in the buffer nowhere: Python would try it again at the end, and complain."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def repair_streams() -> None:
    """Give this process three streams that can be used."""
    if sys.stdin is None:
        sys.stdin = _open_nowhere(os.O_RDONLY, "r")
    if sys.stdout is None:
        # Not writable, so that a lost answer ends in an error.
        sys.stdout = _open_nowhere(os.O_RDONLY, "w")
    if sys.stderr is None:
        sys.stderr = _open_nowhere(os.O_WRONLY, "w")
    elif sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _ErrorStream(
            _writing_all(sys.stderr), sys.stderr.encoding, "backslashreplace", line_buffering=True
        )
    if isinstance(sys.stdout, io.TextIOWrapper):
        if isinstance(sys.stdout.buffer, io.RawIOBase):
            sys.stdout = io.TextIOWrapper(_writing_all(sys.stdout), sys.stdout.encoding)
        # For what a library prints, such as a usage; our own answers choose better characters.
        sys.stdout.reconfigure(errors="replace")


def _writing_all(stream: io.TextIOWrapper) -> BinaryIO:
    """What the stream writes to, with the layer that writes all or raises."""
    buffer = cast("BinaryIO | io.RawIOBase", stream.buffer)
    return io.BufferedWriter(buffer) if isinstance(buffer, io.RawIOBase) else buffer


def stream_encoding(stream: io.TextIOBase | object) -> str:
    """What people read from the stream: a terminal may have less than Python takes it for."""
    from micboard_tui.tui.terminal.narrow_encoding import terminal_encoding

    encoding = getattr(stream, "encoding", None) or "utf-8"
    is_terminal = getattr(stream, "isatty", bool)()
    return terminal_encoding(encoding) if is_terminal else encoding


def _open_nowhere(flags: int, mode: Literal["r", "w"]) -> TextIO:
    """A stream of the lowest number that is free: that of the closed one, when those before it are open."""
    descriptor = os.open(os.devnull, flags)
    return open(descriptor, mode, encoding="utf-8", closefd=False)
