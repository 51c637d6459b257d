"""Messages of show control are understood as they are sent, and what is none of ours is left."""

import pytest

from micboard_tui.domain.remote_call import RemoteCall, parse_remote_call
from micboard_tui.domain.show_calls import ShowAction, ShowCall

NEXT = RemoteCall(ShowCall(ShowAction.NEXT))


def go(scene: str) -> RemoteCall:
    return RemoteCall(ShowCall(ShowAction.GO, scene=scene))


@pytest.mark.parametrize(
    ("address", "arguments", "call"),
    [
        ("/micboard/scene/next", (), NEXT),
        ("/scene/next/", (1.0,), NEXT),
        ("/micboard/scene/next", (0,), None),  # a button that is let go
        ("/micboard/scene/prev", (), RemoteCall(ShowCall(ShowAction.PREVIOUS))),
        ("/micboard/scene/go", ("1.3",), go("1.3")),
        ("/micboard/scene/go", (1.2999999523162842,), go("1.3")),
        ("/micboard/scene", (12,), go("12")),
        ("/micboard/scene/go", (" The  duel ",), go("The duel")),
        ("/micboard/scene/go", (), None),
        ("/go", (), NEXT),
        ("/go", (5.0,), go("5")),
        ("/micboard/show/start", (), RemoteCall(ShowCall(ShowAction.START))),
        ("/micboard/show/pause", (), RemoteCall(ShowCall(ShowAction.PAUSE))),
        ("/micboard/show/break", (), RemoteCall(ShowCall(ShowAction.BREAK))),
        ("/micboard/show/end", (), RemoteCall(ShowCall(ShowAction.END))),
        ("/micboard/marker", ("crackle",), RemoteCall(marker="crackle")),
        ("/micboard/marker", (), RemoteCall(marker="marker")),
        ("/micboard/show/explode", (), None),
        ("/cue/7/start", (), None),
        ("", (), None),
    ],
)
def test_a_message_is_a_call(address: str, arguments: tuple[object, ...], call: RemoteCall | None) -> None:
    assert parse_remote_call(address, arguments) == call


def test_a_long_text_is_cut() -> None:
    call = parse_remote_call("/marker", ("x" * 5000,))
    assert call is not None
    assert len(call.marker or "") == 200
