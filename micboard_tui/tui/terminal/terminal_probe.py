"""Asks the terminal what it can: synchronized output, and how wide it draws the signs of the board.

Each sign is written at the start of a line, the terminal asked where its cursor is now, and the line cleared;
the last question is one that every terminal answers, so that nothing is waited for in vain.
"""

import locale
import os
import re
import select
import shutil
import sys
import time
from collections.abc import Mapping, Sequence

from micboard_tui.contracts.doctor_facts import TerminalFacts

ANSWER_LIMIT_S = 0.7
MAX_ANSWER = 4096
SIGNS = ("█", "▁", "▌", "─", "│", "●", "▲", "…", "·", "µ")
_MODE = re.compile(rb"\x1b\[\?2026;(\d)\$y")
_CURSOR = re.compile(rb"\x1b\[\d+;(\d+)R")
_END = re.compile(rb"\x1b\[\?[\d;]*c")
_KNOWN_MODES = frozenset({b"1", b"2", b"3"})
_AFTER_ONE_CELL = 2


def ask_terminal(environ: Mapping[str, str] = os.environ) -> TerminalFacts:
    """What stdout is connected to. Takes ``ANSWER_LIMIT_S`` at most; raises nothing."""
    if not sys.stdout.isatty():
        return TerminalFacts(is_terminal=False)
    answer = _ask() if sys.stdin.isatty() else b""
    return read_facts(answer, environ, shutil.get_terminal_size(), locale.getpreferredencoding(False))  # noqa: FBT003


def read_facts(
    answer: bytes, environ: Mapping[str, str], size: Sequence[int], encoding: str
) -> TerminalFacts:
    """What a terminal's ``answer`` says. Pure."""
    mode = _MODE.search(answer)
    columns = [int(column) for column in _CURSOR.findall(answer)]
    wide = [sign for sign, column in zip(SIGNS, columns, strict=False) if column > _AFTER_ONE_CELL]
    return TerminalFacts(
        is_terminal=True,
        term=environ.get("TERM", ""),
        colour_term=environ.get("COLORTERM", "").lower(),
        encoding=encoding,
        multiplexer=_find_multiplexer(environ),
        columns=size[0],
        lines=size[1],
        answers=len(columns) == len(SIGNS),
        has_synchronized_output=None if mode is None else mode[1] in _KNOWN_MODES,
        wide_signs=tuple(wide),
    )


def _find_multiplexer(environ: Mapping[str, str]) -> str:
    if environ.get("TMUX"):
        return "tmux"
    return "screen" if environ.get("STY") else ""


def _ask() -> bytes:
    """The answers to all questions, as far as they came in time."""
    try:
        import termios  # noqa: PLC0415 - not on every system
        import tty  # noqa: PLC0415 - not on every system
    except ImportError:
        return b""
    keyboard = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(keyboard)
        tty.setcbreak(keyboard)
    except (termios.error, OSError):
        return b""
    try:
        signs = "".join(f"\r{sign}\x1b[6n" for sign in SIGNS)
        sys.stdout.write(f"\x1b[?2026$p{signs}\r\x1b[K\x1b[c")
        sys.stdout.flush()
        return _read_answer(keyboard)
    except (OSError, UnicodeError):
        return b""
    finally:
        termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)


def _read_answer(keyboard: int) -> bytes:
    answer, ends_at = b"", time.monotonic() + ANSWER_LIMIT_S
    while len(answer) < MAX_ANSWER and not _END.search(answer):
        left_s = ends_at - time.monotonic()
        if left_s <= 0 or not select.select([keyboard], [], [], left_s)[0]:
            break
        answer += os.read(keyboard, MAX_ANSWER)
    return answer
