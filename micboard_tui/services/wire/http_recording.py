"""Makes lines of what passes over HTTP with one device. Implements ``HttpLog``.

A body is one line when all of it has come. An answer without an end is a line for its head and one for each
event of its stream, or message of its WebSocket, so that a mask never sees half of one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.contracts.wire import HttpRequest
from micboard_tui.services.wire.wire_file import ENDLESS, EVENT_STREAM, WEBSOCKET

MAX_BODY_BYTES = 1024 * 1024
"""As much as drivers take."""
SWITCHING_PROTOCOLS = 101
_EVENT_ENDS = re.compile(rb"\r\n\r\n|\n\n|\r\r")

Note = Callable[[str, bytes, int], None]
"""Takes what a line is (``C``, ``D``, ``E`` or ``closed``), its data, and the number of the request."""


@dataclass(slots=True)
class _Answer:
    status: int
    content_type: str
    body: bytes = b""
    """What came and is in no line yet."""


class HttpRecording:
    def __init__(self, note: Note) -> None:
        self._note = note
        self._number = 0
        self._answers: dict[int, _Answer] = {}

    def ask(self, request: HttpRequest) -> int:
        self._number += 1
        self._note("C", _join(f"{request.method} {request.path}", request.body), self._number)
        return self._number

    def answer(self, number: int, status: int, content_type: str) -> None:
        kind = WEBSOCKET if status == SWITCHING_PROTOCOLS else content_type
        self._answers[number] = _Answer(status, kind)
        if kind in ENDLESS:
            self._note("D", _join(str(status), kind.encode()), number)

    def receive(self, number: int, data: bytes) -> None:
        answer = self._answers[number]
        if answer.content_type == WEBSOCKET:
            self._note("E", data, number)
            return
        answer.body += data[: MAX_BODY_BYTES - len(answer.body)]
        if answer.content_type == EVENT_STREAM:
            self._note_events(number, answer)

    def end(self, number: int, *, is_complete: bool) -> None:
        answer = self._answers.pop(number, None)
        if is_complete and answer is not None and answer.content_type not in ENDLESS:
            self._note("D", _join(str(answer.status), answer.body), number)
        else:
            self._note("closed", b"", number)

    def _note_events(self, number: int, answer: _Answer) -> None:
        while (end := _EVENT_ENDS.search(answer.body)) is not None:
            self._note("E", answer.body[: end.end()], number)
            answer.body = answer.body[end.end() :]
        if len(answer.body) == MAX_BODY_BYTES:
            answer.body = b""  # An event without an end.


def _join(head: str, body: bytes) -> bytes:
    return head.encode() + (b" " + body if body else b"")
