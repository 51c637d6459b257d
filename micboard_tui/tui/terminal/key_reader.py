"""Reads what the terminal sends, whatever bytes it sends and however many.

Textual's own reader ends the app at the first byte that is no UTF-8. Such bytes come from terminals that are
set to Latin-1, and from those that send Alt as the eighth bit. Here each is the character that it is in
Latin-1; the C1 controls among them are nothing that a user types, and are left out.

It also makes events as fast as bytes come, which for a text that is pasted without brackets is faster than
they can be answered. Here bytes are dropped while ``MOST_WAITING`` events wait, and the app is told of it.
"""

import codecs
import logging
import os
import selectors
from collections.abc import Callable, Iterable

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

READ_BYTES = 4096
MOST_WAITING = 4 * READ_BYTES
"""Far more than anybody types ahead."""
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
    driver: LinuxDriver, count_waiting: Callable[[], int], report_dropped: Callable[[], None]
) -> None:
    """Hand what the terminal sends to ``driver`` until it is to end, or the terminal is gone.

    ``count_waiting`` says how many events are not handled yet; both callables are called from this thread.
    """
    parser = InputParser()
    with selectors.SelectSelector() as selector:
        selector.register(driver.fileno, selectors.EVENT_READ)
        while not driver.exit_event.is_set():
            events: list[Message] = []
            if selector.select(LOOK_S):
                try:
                    data = os.read(driver.fileno, READ_BYTES)
                except OSError:
                    return
                if not data:
                    # The end of the file stays readable for ever.
                    return
                if count_waiting() > MOST_WAITING:
                    # What was begun may have lost its end.
                    parser = InputParser()
                    report_dropped()
                    continue
                events = parser.feed(data)
            for event in (*events, *parser.tick()):
                driver.process_message(event)
