"""Reads what the terminal sends, whatever bytes it sends and however many.

Textual's own reader ends the app at the first byte that is no UTF-8. Such bytes come from terminals that are
set to Latin-1, and from those that send Alt as the eighth bit. Here each is the character that it is in
Latin-1; the C1 controls among them are nothing that a user types, and are left out.

It also makes events as fast as bytes come, which for a text that is pasted without brackets is faster than
they can be answered. Here the reader waits until the event loop has taken what it was given. It is a flood
when ``MOST_WAITING`` events are not handled, when ``MOST_EVENTS`` came without a pause, or when one sequence
has ``MOST_UNFINISHED`` bytes: the app is informed, and all is dropped until the terminal is silent for
``SILENCE_S``. So a large paste is over in a moment, the next key counts, and no sequence is cut in two.
A sequence whose end does not come is forgotten after ``SEQUENCE_WITHIN_S`` of silence.
"""

import codecs
import logging
import os
import selectors
import threading
from collections.abc import Callable, Iterable
from time import monotonic

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

READ_BYTES = 512
DROPPED_BYTES = 65536
MOST_WAITING = 512
"""Far more than a person types ahead, since keys that have to wait for a screen are held elsewhere."""
MOST_EVENTS = 4096
"""As much as is pasted into a field at most."""
MOST_UNFINISHED = 1 << 20
"""Bytes of a paste in brackets, which is one event when its end comes."""
FLOOD_PAUSE_S = 0.002
"""The app needs the time to catch up: it shares the interpreter with this thread."""
SILENCE_S = 0.1
SEQUENCE_WITHIN_S = 5.0
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
        self._events, self._unfinished = 0, 0
        self._fed_at = monotonic()

    @property
    def is_flooded(self) -> bool:
        """More came without a pause than a person types, or one sequence is longer than any may be."""
        return self._events >= MOST_EVENTS or self._unfinished >= MOST_UNFINISHED

    def note_pause(self) -> None:
        """The terminal sent nothing more for now."""
        self._events = 0
        if self._unfinished and monotonic() - self._fed_at > SEQUENCE_WITHIN_S:
            self.restart()

    def restart(self) -> None:
        """Forget what was begun, but not what the terminal said of itself."""
        before, self._parser = self._parser, XTermParser()
        self._parser.mouse_pixels = before.mouse_pixels
        self._parser.terminal_size = before.terminal_size
        self._parser.terminal_pixel_size = before.terminal_pixel_size
        self._events, self._unfinished = 0, 0

    def feed(self, data: bytes) -> list[Message]:
        """The events of these bytes; the rest of a character or sequence comes with the next ones."""
        text = self._decoder.decode(data)
        events = self._parse(self._parser.feed(text)) if text else []
        self._events += len(events)
        self._unfinished = 0 if events else self._unfinished + len(data)
        self._fed_at = monotonic()
        return events

    def tick(self) -> list[Message]:
        """The events that follow from time alone: an Escape after which nothing came."""
        events = self._parse(self._parser.tick())
        if events:
            self._unfinished = 0
        return events

    def _parse(self, parsed: Iterable[Message]) -> list[Message]:
        events: list[Message] = []
        try:
            events.extend(parsed)
        except Exception:  # What Textual's parser raises at strange bytes must not end the keyboard.
            log.exception("What the terminal sent cannot be parsed")
            self.restart()
        return events


def read_keys(
    driver: LinuxDriver,
    count_waiting: Callable[[], int],
    report_dropped: Callable[[], None],
    call_in_loop: Callable[[Callable[[], None]], object],
) -> None:
    """Hand what the terminal sends to ``driver`` until it is to end, or the terminal is gone.

    ``count_waiting`` says how many events are not handled yet, and ``call_in_loop`` has the event loop call
    something after it has taken what it was given before; ``report_dropped`` is called
    when a flood begins. All are called from this thread.
    """
    parser = InputParser()
    with selectors.SelectSelector() as selector:
        selector.register(driver.fileno, selectors.EVENT_READ)
        while not driver.exit_event.is_set():
            events: list[Message] = []
            if selector.select(0):
                is_flood = parser.is_flooded or count_waiting() > MOST_WAITING
                if not (data := _read(driver.fileno, DROPPED_BYTES if is_flood else READ_BYTES)):
                    return
                if is_flood:
                    report_dropped()
                    _drop_until_silent(driver, selector)
                    # What was begun has lost its end.
                    parser.restart()
                    continue
                events = parser.feed(data)
            else:
                parser.note_pause()
                selector.select(LOOK_S)
            for event in (*events, *parser.tick()):
                driver.process_message(event)
            if events:
                _wait_until_taken(driver, call_in_loop)


def _read(fileno: int, most: int) -> bytes:
    """Some bytes; none when the terminal is gone. Its end stays readable for ever."""
    try:
        return os.read(fileno, most)
    except OSError:
        return b""


def _drop_until_silent(driver: LinuxDriver, selector: selectors.BaseSelector) -> None:
    while selector.select(SILENCE_S) and not driver.exit_event.is_set():
        if not _read(driver.fileno, DROPPED_BYTES):
            return
        driver.exit_event.wait(FLOOD_PAUSE_S)


def _wait_until_taken(driver: LinuxDriver, call_in_loop: Callable[[Callable[[], None]], object]) -> None:
    """Wait for the event loop, which else would have more and more to take and no time for anything else."""
    is_taken = threading.Event()
    call_in_loop(is_taken.set)
    while not (is_taken.wait(LOOK_S) or driver.exit_event.is_set()):
        pass
