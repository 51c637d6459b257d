"""Textual's driver of a terminal, which keeps the program neither from ending nor from taking keys."""

import os
from contextlib import suppress
from functools import cached_property
from queue import Full
from typing import Protocol, runtime_checkable

from textual.drivers.linux_driver import LinuxDriver

from micboard_tui.tui.terminal.key_reader import read_keys
from micboard_tui.tui.terminal.narrow_encoding import encodable, terminal_encoding

GOODBYE_TIMEOUT_S = 1.0
"""For a slow terminal to take what gives the screen back."""


@runtime_checkable
class DropsInput(Protocol):
    """An app that can be flooded."""

    def drop_input(self) -> None:
        """A flood of input began, which is dropped."""
        ...


class BoundedDriver(LinuxDriver):
    """Textual's own, but it never outlives its terminal.

    It does not wait for one that has gone or has stopped reading: what is written to one that has gone kills
    the thread that writes, and waiting for that thread would never end.

    A terminal that goes away sends SIGHUP and SIGCONT. Textual takes the second for the end of a pause and
    starts a second thread that reads keys; the first may then never be asked to end, and reads the end of the
    file for ever. So a running driver is stopped before it is resumed, and it is not resumed without a
    terminal, or when the app ends or has ended and only its services are still being closed. It is resumed by
    the event loop and not in the handler of the signal, since another signal may interrupt a handler: two
    resumptions that are begun at once leave threads behind that are never asked to end.
    """

    _is_resume_due = False

    @property
    def has_lost_terminal(self) -> bool:
        """It was started in a terminal, which has gone since. Not every system sends a signal then."""
        return self.input_tty and not os.isatty(self.fileno)

    def resume_application_mode(self) -> None:
        if self.has_lost_terminal or self._app._exit or not self._app._running:
            return
        if self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
        super().resume_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart and not self._is_resume_due and not self._loop.is_closed():
            self._is_resume_due = True
            self._loop.call_soon_threadsafe(self._resume)

    def _resume(self) -> None:
        self._is_resume_due = False
        self.resume_application_mode()

    def run_input_thread(self) -> None:
        try:
            take_turn = self._loop.call_soon_threadsafe
            read_keys(self, self._app._message_queue.qsize, self._report_dropped, take_turn)
        except Exception as error:  # noqa: BLE001 - every error ends the app, which logs it
            # Textual would end the app without an error that its caller can see.
            self._app.call_later(self._app._handle_exception, error)

    def _report_dropped(self) -> None:
        if isinstance(self._app, DropsInput):
            self._app.call_later(self._app.drop_input)

    def write(self, data: str) -> None:
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(encodable(data, self._encoding))

    @cached_property
    def _encoding(self) -> str:
        return terminal_encoding(self._file.encoding) if self._file else "utf-8"

    def close(self) -> None:
        writer = self._writer_thread
        if writer is not None and writer.is_alive():
            with suppress(Full):
                writer._queue.put(None, timeout=GOODBYE_TIMEOUT_S)
            writer.join(GOODBYE_TIMEOUT_S)
