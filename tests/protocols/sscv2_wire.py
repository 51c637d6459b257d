"""Conversations over HTTP, kept as text: C asks, D answers with a status and a body, E is an event."""

from collections.abc import Iterator

from micboard_tui.protocols.sscv2.message import Event, read_event
from tests.protocols.wire import WIRE


def lines(conversation: str, who: str) -> list[str]:
    """What ``who`` says, one entry a line."""
    text = (WIRE / "sscv2" / conversation).read_text(encoding="ascii")
    return [line[3:] for line in text.splitlines() if line.startswith(f"{who}: ")]


def answers(conversation: str) -> list[tuple[int, bytes]]:
    """Status and body of every answer."""
    parted = [line.partition(" ") for line in lines(conversation, "D")]
    return [(int(status), body.encode("ascii")) for status, _, body in parted]


def events(conversation: str) -> Iterator[Event | None]:
    """Every event of the stream."""
    for line in lines(conversation, "E"):
        name, _, data = line.partition(" ")
        yield read_event(name, data)
