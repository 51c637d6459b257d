"""Reads what the terminal sends, whatever bytes it sends and however many.

Textual's own reader ends the app at the first byte that is no UTF-8. Such bytes come from terminals that are
set to Latin-1, and from those that send Alt as the eighth bit. Here each is the character that it is in
Latin-1; the C1 controls among them are nothing that a user types, and are left out.

It also makes events as fast as bytes come, which for a text that is pasted without brackets is faster than
they can be answered. Here the reader waits until the event loop has taken what it was given, and bytes are
dropped while ``MOST_WAITING`` events are not handled, of which the app is told.
"""

import codecs
import logging
import os
import selectors
import threading
from collections.abc import Callable, Iterable

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from micboard_tui.tui.dropped_input import DropReport

READ_BYTES = 512
DROPPED_BYTES = 65536
MOST_WAITING = 512
"""Far more than anybody types ahead, since keys that have to wait for a screen are held elsewhere."""
BEHIND_PAUSE_S = 0.02
"""The app needs the time to catch up: it shares the interpreter with this thread."""
LOOK_S = 0.1
"""So often the reader looks whether it is to end, and whether a lone Escape was one."""
_FIRST_PRINTABLE = 0xA0
_ERROR_HANDLER = "micboard-latin-1"
log = logging.getLogger(__name__)


def _read_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(byte) for byte in wrong if byte >= _FIRST_PRINTABLE), error.end


codecs.register_error(_ERROR_HANDLER, _read_latin_1)


class InputParser:
    """Makes events of the bytes of a terminal. What cannot be parsed is logged and left out."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(_ERROR_HANDLER)
        self._parser = XTermParser()

    def feed(self, data: bytes) -> list[Message]:
        """The events of these bytes; the rest of a character or sequence comes with the next ones."""
        text = self._decoder.decode(data)
        return self._parse(self._parser.feed(text)) if text else []

    def tick(self) -> list[Message]:
        """The events that follow from time alone: an Escape after which nothing came."""
        return self._parse(self._parser.tick())

    def _parse(self, parsed: Iterable[Message]) -> list[Message]:
        events: list[Message] = []
        try:
            events.extend(parsed)
        except Exception:
            log.exception("What the terminal sent cannot be parsed")
            self._parser = XTermParser()
        return events


def read_keys(
    driver: LinuxDriver,
    count_waiting: Callable[[], int],
    report_dropped: Callable[[], None],
    call_in_loop: Callable[[Callable[[], None]], object],
) -> None:
    """Hand what the terminal sends to ``driver`` until it is to end, or the terminal is gone.

    ``count_waiting`` says how many events are not handled yet, and ``call_in_loop`` has the event loop call
    something after it has taken what it was given before. All are called from this thread.
    """
    parser, report = InputParser(), DropReport(report_dropped)
    with selectors.SelectSelector() as selector:
        selector.register(driver.fileno, selectors.EVENT_READ)
        while not driver.exit_event.is_set():
            events: list[Message] = []
            if selector.select(LOOK_S):
                is_behind = count_waiting() > MOST_WAITING
                try:
                    data = os.read(driver.fileno, DROPPED_BYTES if is_behind else READ_BYTES)
                except OSError:
                    return
                if not data:
                    # The end of the file stays readable for ever.
                    return
                if is_behind:
                    # What was begun may have lost its end.
                    parser = InputParser()
                    report()
                    driver.exit_event.wait(BEHIND_PAUSE_S)
                    continue
                events = parser.feed(data)
            for event in (*events, *parser.tick()):
                driver.process_message(event)
            if events:
                _wait_until_taken(driver, call_in_loop)


def _wait_until_taken(driver: LinuxDriver, call_in_loop: Callable[[Callable[[], None]], object]) -> None:
    """Wait for the event loop, which else would have more and more to take and no time for anything else."""
    is_taken = threading.Event()
    call_in_loop(is_taken.set)
    while not (is_taken.wait(LOOK_S) or driver.exit_event.is_set()):
        pass
