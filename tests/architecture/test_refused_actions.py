"""A fast test that opens a socket, starts a process or waits is stopped, and what it tried is kept."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from anyio import to_thread

from tests.fakes.answers import PORT
from tests.fakes.refused_actions import REFUSED
from tests.fakes.virtual_time import CountingSelector

AN_ADDRESS = ("127.0.9.9", 9)


def udp(call: Callable[[socket.socket], object]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as each:
        call(each)


@pytest.mark.parametrize(
    ("action", "named"),
    [
        pytest.param(lambda: udp(lambda each: each.bind(("127.0.0.1", 0))), "bind", id="bind"),
        pytest.param(lambda: udp(lambda each: each.connect(AN_ADDRESS)), "connect", id="connect"),
        pytest.param(lambda: udp(lambda each: each.connect_ex(AN_ADDRESS)), "connect_ex", id="connect_ex"),
        pytest.param(lambda: udp(lambda each: each.sendto(b"x", AN_ADDRESS)), "sendto", id="sendto"),
        pytest.param(lambda: udp(lambda each: each.sendto(b"x", 0, AN_ADDRESS)), "sendto", id="with flags"),
        pytest.param(
            lambda: udp(lambda each: each.sendmsg([b"x"], [], 0, AN_ADDRESS)),
            "sendmsg",
            id="sendmsg",
            marks=pytest.mark.posix,
        ),
        pytest.param(lambda: subprocess.run([sys.executable, "-V"], check=True), "Popen", id="run"),
        pytest.param(lambda: os.system("true"), "system", id="system"),  # noqa: S605 - refused
        pytest.param(
            lambda: os.posix_spawn("x", ["x"], {}), "posix_spawn", id="spawn", marks=pytest.mark.posix
        ),
        pytest.param(lambda: os.execv("x", ["x"]), "execv", id="execv"),  # noqa: S606 - refused
        pytest.param(lambda: time.sleep(0.6), "sleep", id="sleep"),
    ],
)
def test_what_a_fast_test_may_not_do_is_refused(action: Callable[[], object], named: str) -> None:
    with pytest.raises(RuntimeError, match=r"without pytest\.mark\.integration"):
        action()
    (violation,) = REFUSED.violations
    REFUSED.violations.clear()
    assert violation.startswith(f"{named}(")


async def test_a_process_and_a_connection_of_the_loop_are_refused_too() -> None:
    with pytest.raises(RuntimeError, match=r"without pytest\.mark\.integration"):
        await asyncio.create_subprocess_exec(sys.executable, "-V")
    with pytest.raises(RuntimeError, match=r"without pytest\.mark\.integration"):
        await asyncio.open_connection(*AN_ADDRESS)
    assert len(REFUSED.violations) == 2
    REFUSED.violations.clear()


def test_a_short_wait_and_the_sockets_of_this_machine_are_no_matter() -> None:
    time.sleep(0.001)
    here, there = socket.socketpair()
    with here, there:
        here.sendall(b"x")
        assert there.recv(1) == b"x"
    assert REFUSED.violations == []


@pytest.mark.integration
def test_the_port_of_answers_is_refused_to_all_that_do_not_wait_for_it() -> None:
    udp(lambda each: each.bind(("127.0.0.1", 0)))
    with pytest.raises(RuntimeError, match="without the fixture answers"):
        udp(lambda each: each.bind(("", PORT)))
    REFUSED.violations.clear()


async def test_what_is_waited_while_a_thread_works_is_not_counted() -> None:
    done = threading.Event()
    working = asyncio.create_task(to_thread.run_sync(done.wait, 30.0))
    await asyncio.sleep(0.06)
    await asyncio.sleep(0.06)
    assert CountingSelector.waited_s == 0
    done.set()
    await working
    await asyncio.sleep(0.3)
    assert CountingSelector.waited_s > 0
