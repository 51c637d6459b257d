"""What a terminal sends as events: bytes of other encodings, and more than anybody types."""

import os
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import cast

import pytest
from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from micboard_tui.tui.terminal import key_reader
from micboard_tui.tui.terminal.key_reader import (
    MOST_EVENTS,
    MOST_UNFINISHED,
    MOST_WAITING,
    READ_BYTES,
    SEQUENCE_WITHIN_S,
    InputParser,
    read_keys,
)


def typed(messages: list[Message]) -> list[str | None]:
    return [message.character for message in messages if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("data", "characters"),
    [
        (b"j\xf6k", ["j", "\xf6", "k"]),
        ("j\xf6k".encode(), ["j", "\xf6", "k"]),
        (b"\xe1", ["\xe1"]),
        (b"\x9bA", ["A"]),
        (b"\xff\xfe", ["\xff", "\xfe"]),
        (b"\x80\x81", []),
    ],
)
def test_bytes_that_are_no_utf_8_are_latin_1(data: bytes, characters: list[str]) -> None:
    parser = InputParser()
    messages = parser.feed(data[:1])
    messages += parser.feed(data[1:] + b"x")
    assert typed(messages) == [*characters, "x"]


def test_any_bytes_can_be_read() -> None:
    random, parser = Random(10), InputParser()
    for _ in range(300):
        parser.feed(random.randbytes(random.randrange(1, 40)))
        parser.tick()


def test_a_sequence_that_cannot_be_parsed_is_logged_and_the_next_key_works(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    parser = InputParser()

    def fail(_: str) -> Iterator[Message]:
        raise ValueError("a sequence")
        yield

    monkeypatch.setattr(parser._parser, "feed", fail)
    assert parser.feed(b"x") == []
    assert [record.getMessage() for record in caplog.records] == ["What the terminal sent cannot be parsed"]
    assert typed(parser.feed(b"y")) == ["y"]


class PipeDriver:
    """As much of a driver as the reader needs, on a pipe."""

    def __init__(self) -> None:
        self.fileno, self.writer = os.pipe()
        self.exit_event = threading.Event()
        self.events: list[Message] = []
        self.turns = 0
        """How often the reader waited for the event loop."""

    def process_message(self, event: Message) -> None:
        self.events.append(event)
        if typed([event]) == ["q"]:
            self.exit_event.set()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> PipeDriver:
    monkeypatch.setattr(key_reader, "LOOK_S", 0.01)
    monkeypatch.setattr(key_reader, "SILENCE_S", 0.05)
    return PipeDriver()


def read(driver: PipeDriver, *waiting: int) -> int:
    """Read to the end while so many events wait; how many floods there were. "yq" follows each."""
    drops, counts = [0], list(waiting)

    def drop() -> None:
        drops[0] += 1
        threading.Timer(0.3, os.write, (driver.writer, b"yq")).start()

    def call_in_loop(call: Callable[[], None]) -> None:
        driver.turns += 1
        call()

    read_keys(cast("LinuxDriver", driver), lambda: counts.pop(0) if counts else 0, drop, call_in_loop)
    return drops[0]


def test_keys_are_read_until_the_driver_ends(driver: PipeDriver) -> None:
    os.write(driver.writer, b"ab\xf6q")
    assert read(driver) == 0
    assert typed(driver.events) == ["a", "b", "\xf6", "q"]
    assert driver.turns == 1


def test_bytes_are_dropped_while_too_many_events_wait(driver: PipeDriver) -> None:
    os.write(driver.writer, b"x" * 100)
    assert read(driver, MOST_WAITING + 1) == 1
    assert typed(driver.events) == ["y", "q"]


def test_a_flood_is_dropped_until_the_terminal_is_silent(driver: PipeDriver) -> None:
    flood = b"x" * (5 * MOST_EVENTS)
    writing = threading.Thread(target=os.write, args=(driver.writer, flood))
    writing.start()
    assert read(driver) == 1
    writing.join()
    assert typed(driver.events) == [*("x" * MOST_EVENTS), "y", "q"]


def test_as_many_keys_with_pauses_between_them_are_no_flood() -> None:
    parser = InputParser()
    for _ in range(2 * MOST_EVENTS // READ_BYTES):
        assert len(parser.feed(b"j" * READ_BYTES)) == READ_BYTES
        parser.note_pause()
    assert not parser.is_flooded


PASTE_START, PASTE_END = b"\x1b[200~", b"\x1b[201~"


@pytest.mark.no_cover  # A megabyte takes seconds when it is traced.
def test_a_paste_in_brackets_is_one_event_and_none_is_without_limit() -> None:
    parser = InputParser()
    messages = parser.feed(PASTE_START + b"x" * 20_000 + PASTE_END)
    assert [message.text for message in messages if isinstance(message, events.Paste)] == ["x" * 20_000]
    parser.feed(PASTE_START)
    parser.feed(b"x" * MOST_UNFINISHED)
    assert parser.is_flooded
    parser.restart()
    assert not parser.is_flooded
    assert typed(parser.feed(b"j")) == ["j"]


def test_a_paste_that_never_ends_gives_the_keyboard_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(key_reader, "monotonic", lambda: now[0])
    parser = InputParser()
    parser._parser.mouse_pixels = True
    assert typed(parser.feed(PASTE_START + b"abc")) == []
    now[0] += SEQUENCE_WITHIN_S - 0.1
    parser.note_pause()
    assert typed(parser.feed(b"d")) == []
    now[0] += SEQUENCE_WITHIN_S + 0.1
    parser.note_pause()
    assert typed(parser.feed(b"j")) == ["j"]
    assert parser._parser.mouse_pixels, "the terminal says it once"


def test_the_reader_ends_with_its_terminal(driver: PipeDriver) -> None:
    os.write(driver.writer, b"a")
    os.close(driver.writer)
    assert read(driver) == 0
    assert typed(driver.events) == ["a"]
    os.close(driver.fileno)
