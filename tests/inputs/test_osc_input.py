"""OSC of show control comes in over a real socket, in order; a flood and what is no OSC do no harm."""

import asyncio
import socket

import pytest

from micboard_tui.contracts.origin import FrontEnd, Origin, current_origin
from micboard_tui.domain.remote_call import RemoteCall
from micboard_tui.domain.show_calls import ShowAction, ShowCall
from micboard_tui.inputs.osc_input import MAX_DATAGRAM, OscInput, read_calls
from tests.fakes.links import until

pytest.importorskip("pythonosc")
NEXT = RemoteCall(ShowCall(ShowAction.NEXT))
PLAIN = b"/micboard/scene/next\0\0\0\0,\0\0\0"
GO = b"/go\0,s\0\0" + b"1.3\0"


def test_datagrams_are_read_and_nonsense_is_left() -> None:
    bundle = b"#bundle\0" + b"\0" * 7 + b"\1" + len(PLAIN).to_bytes(4, "big") + PLAIN
    assert list(read_calls(PLAIN)) == list(read_calls(bundle)) == [NEXT]
    assert list(read_calls(GO)) == [RemoteCall(ShowCall(ShowAction.GO, scene="1.3"))]
    for content in (
        b"",
        b"/",
        b"GET / HTTP/1.1",
        b"#bundle\0",
        PLAIN[:-6],
        b"\xff" * 64,
        b"/" * MAX_DATAGRAM + b"/",
    ):
        assert list(read_calls(content)) == []


@pytest.mark.integration
async def test_calls_come_in_over_udp_and_a_port_that_is_taken_is_no_end() -> None:
    taken: list[tuple[RemoteCall, str]] = []

    async def take(call: RemoteCall, actor: str) -> None:
        assert current_origin() == Origin(FrontEnd.OSC, address="127.0.0.1")
        taken.append((call, actor))

    osc = OscInput("127.0.0.1:0", take)
    running = asyncio.create_task(osc.run())
    await until(lambda: osc.port is not None)
    await asyncio.wait_for(OscInput(f"127.0.0.1:{osc.port}", take).run(), 5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for content in (PLAIN, b"nonsense", GO):
            sender.sendto(content, ("127.0.0.1", osc.port or 0))
        await until(lambda: len(taken) == 2)
    assert taken == [
        (NEXT, "OSC 127.0.0.1"),
        (RemoteCall(ShowCall(ShowAction.GO, scene="1.3")), "OSC 127.0.0.1"),
    ]
    running.cancel()
    await asyncio.wait({running})
    assert osc.port is None
