"""What show control asks for by OSC messages. Pure.

    /micboard/scene/next, /prev, /go <number, cue or name>; /micboard/scene <the same>
    /micboard/show/start, /pause, /break, /end
    /micboard/marker <text>
    /go: the next scene; /go <number, cue or name>

``/micboard`` may be left out. A number may come as a text, a whole number or a fraction: 1.3 is scene "1.3".
"""

from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.domain.event import MAX_EVENT_TEXT
from micboard_tui.domain.show_calls import ShowAction, ShowCall

PREFIX = "/micboard"

_PLAIN = {
    "/scene/next": ShowAction.NEXT,
    "/scene/prev": ShowAction.PREVIOUS,
    "/scene/previous": ShowAction.PREVIOUS,
    "/show/start": ShowAction.START,
    "/show/pause": ShowAction.PAUSE,
    "/show/break": ShowAction.BREAK,
    "/show/end": ShowAction.END,
}
_WITH_SCENE = frozenset({"/scene", "/scene/go", "/go"})


class RemoteCall(NamedTuple):
    """One of both."""

    call: ShowCall | None = None
    marker: str | None = None


def parse_remote_call(address: str, arguments: Sequence[object]) -> RemoteCall | None:
    """None: it is nothing that we know."""
    path = address.rstrip("/").removeprefix(PREFIX)
    text = _text_of(arguments)
    if (action := _PLAIN.get(path)) is not None:
        # A button of show control sends 0 when it is let go.
        return None if arguments and arguments[0] in (0, 0.0, False) else RemoteCall(ShowCall(action))
    if path in _WITH_SCENE and text:
        return RemoteCall(ShowCall(ShowAction.GO, scene=text))
    if path == "/go" and not arguments:
        return RemoteCall(ShowCall(ShowAction.NEXT))
    if path == "/marker":
        return RemoteCall(marker=text[:MAX_EVENT_TEXT] or "marker")
    return None


def _text_of(arguments: Sequence[object]) -> str:
    """The first argument as a person would write it; a fraction was cut to 32 bits on its way."""
    if not arguments:
        return ""
    value = arguments[0]
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.split())[:MAX_EVENT_TEXT]
