"""Questions at a terminal: the event loop goes on meanwhile, nothing tears them, and the echo comes back."""

import asyncio
import os
import pty
import signal
import sys
import termios
from collections.abc import Iterator

import pytest
import structlog

from micboard_tui.cli.typed_line import ask_line, ask_unseen_line
from micboard_tui.config.logs import log_to_stderr
from micboard_tui.contracts.errors import MicboardError
from tests.fakes.logs import reset_logs

LOCAL_MODES = 3


class Keyboard:
    """A person at a terminal that is our standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ours, theirs = pty.openpty()
        self._stdin = os.fdopen(theirs)
        monkeypatch.setattr(sys, "stdin", self._stdin)

    def has_echo(self) -> bool:
        return bool(termios.tcgetattr(self._stdin)[LOCAL_MODES] & termios.ECHO)

    def switch_echo_on(self) -> None:
        modes = termios.tcgetattr(self._stdin)
        modes[LOCAL_MODES] |= termios.ECHO
        termios.tcsetattr(self._stdin, termios.TCSADRAIN, modes)

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def hang_up(self) -> None:
        if self._ours >= 0:
            os.close(self._ours)
        self._ours = -1

    def leave(self) -> None:
        self.hang_up()
        self._stdin.close()


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyboard]:
    keyboard = Keyboard(monkeypatch)
    yield keyboard
    keyboard.leave()


async def until_asked(capsys: pytest.CaptureFixture[str], prompt: str) -> None:
    shown = ""
    while not shown.endswith(prompt):
        await asyncio.sleep(0)
        shown += capsys.readouterr().err


async def test_others_go_on_while_a_line_is_typed(
    keyboard: Keyboard, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = asyncio.create_task(ask_line("Go on? "))
    await until_asked(capsys, "Go on? ")
    assert keyboard.has_echo()
    keyboard.press(b"yes\n")
    assert await asking == "yes"
    assert capsys.readouterr().err == ""


async def test_what_is_typed_unseen_has_no_echo_until_it_is_there(
    keyboard: Keyboard, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = asyncio.create_task(ask_unseen_line("Password: "))
    await until_asked(capsys, "Password: ")
    assert not keyboard.has_echo()
    keyboard.press("gehe\u00efm\n".encode())
    assert await asking == "gehe\u00efm"
    assert keyboard.has_echo()
    assert capsys.readouterr().err == "\n"


@pytest.mark.parametrize("ask", [ask_line, ask_unseen_line])
async def test_a_question_that_is_cancelled_leaves_the_terminal_as_it_was(
    ask: type, keyboard: Keyboard, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = asyncio.create_task(ask("PIN: "))
    await until_asked(capsys, "PIN: ")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert keyboard.has_echo()
    assert capsys.readouterr().err == "\n"


async def test_a_program_that_was_stopped_goes_on_without_an_echo(
    keyboard: Keyboard, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = asyncio.create_task(ask_unseen_line("PIN: "))
    await until_asked(capsys, "PIN: ")
    keyboard.switch_echo_on()
    os.kill(os.getpid(), signal.SIGCONT)
    await until_asked(capsys, "PIN: ")
    assert not keyboard.has_echo()
    keyboard.press(b"1234\n")
    assert await asking == "1234"
    assert keyboard.has_echo()
    assert signal.getsignal(signal.SIGCONT) is signal.SIG_DFL


async def test_no_line_of_the_log_gets_into_a_question(
    keyboard: Keyboard, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr("warning")
    try:
        asking = asyncio.create_task(ask_unseen_line("Password: "))
        await until_asked(capsys, "Password: ")
        structlog.get_logger("test").warning("bus_lost")
        assert capsys.readouterr().err == ""
        keyboard.press(b"secret\n")
        await asking
        assert "bus_lost" in capsys.readouterr().err.partition("\n")[2]
        structlog.get_logger("test").warning("bus_returned")
        assert "bus_returned" in capsys.readouterr().err
    finally:
        reset_logs()


async def test_an_input_that_ends_is_an_empty_line(keyboard: Keyboard) -> None:
    keyboard.press(b"\x04")
    assert await ask_line("Go on? ") == ""
    keyboard.press(b"ye")
    keyboard.press(b"\x04\x04")
    assert await ask_line("Go on? ") == "ye"


async def test_a_terminal_that_is_closed_gives_no_answer(
    keyboard: Keyboard, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = asyncio.create_task(ask_unseen_line("Password: "))
    await until_asked(capsys, "Password: ")
    keyboard.hang_up()
    assert await asking == ""


async def test_what_the_encoding_of_the_terminal_does_not_have_is_refused(keyboard: Keyboard) -> None:
    keyboard.press(b"\xff\n")
    with pytest.raises(MicboardError, match="not in the encoding"):
        await ask_unseen_line("Password: ")
