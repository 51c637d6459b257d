"""Asks for a line at the terminal while the event loop goes on, so that connections live through a question.

What is logged meanwhile is written afterwards. Ctrl+C ends the question by cancelling its task, and the echo
of the terminal is put back in every case. What was typed before the question is taken for its answer.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from micboard_tui.cli.output import print_note, print_prompt
from micboard_tui.config.logs import held_logs
from micboard_tui.contracts.errors import invalid_value_error

_READ_BYTES = 4096
"""A terminal gives one line at a time, and none is longer."""


async def ask_line(prompt: str) -> str:
    """What is typed after ``prompt``, without its end; empty where the input ended. Raises MicboardError."""
    return await _ask(prompt, is_echoed=True)


async def ask_unseen_line(prompt: str) -> str:
    """The same without showing it."""
    return await _ask(prompt, is_echoed=False)


if sys.platform == "win32":
    import getpass

    import anyio.to_thread

    async def _ask(prompt: str, *, is_echoed: bool) -> str:
        with held_logs():
            if not is_echoed:
                return await anyio.to_thread.run_sync(getpass.getpass, prompt, abandon_on_cancel=True)
            print_prompt(prompt)
            line: str = await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
        return line.rstrip("\r\n")

else:
    import os
    import signal
    import termios

    import anyio

    _LOCAL_MODES = 3
    """Where the modes with the echo are in what ``termios`` gives."""

    async def _ask(prompt: str, *, is_echoed: bool) -> str:
        keyboard, line = sys.stdin.fileno(), b""
        with held_logs(), nullcontext() if is_echoed else _hidden_echo(keyboard, prompt):
            print_prompt(prompt)
            try:
                line = await _read_line(keyboard)
            finally:
                if not is_echoed or not line.endswith(b"\n"):
                    print_note("")
        try:
            return line.decode(sys.stdin.encoding).rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise invalid_value_error(
                "What was typed is not in the encoding of the terminal", "Set the locale, for example LANG"
            ) from error

    async def _read_line(keyboard: int) -> bytes:
        """With its end; without it where the input ended, and empty where the terminal was closed."""
        line = b""
        while not line.endswith(b"\n"):
            await anyio.wait_readable(keyboard)
            try:
                piece = os.read(keyboard, _READ_BYTES)
            except OSError:
                return b""
            if not piece:
                break
            line += piece
        return line

    @contextmanager
    def _hidden_echo(keyboard: int, prompt: str) -> Iterator[None]:
        """No echo, also where the program is stopped (Ctrl+Z) and goes on: the shell switches it on then."""
        before = termios.tcgetattr(keyboard)
        hidden = list(before)
        hidden[_LOCAL_MODES] = before[_LOCAL_MODES] & ~termios.ECHO

        def go_on(*_: object) -> None:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, hidden)
            print_prompt(prompt)

        earlier = signal.signal(signal.SIGCONT, go_on)
        try:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, hidden)
            yield
        finally:
            signal.signal(signal.SIGCONT, earlier)
            with suppress(termios.error):
                termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
