import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import anyio
import pytest

from micboard_tui.manufacturers.transport.socket_poller import (
    HURRIED_POLLS,
    POLL_INTERVAL_S,
    SocketPoller,
    get_poller,
)

pytestmark = pytest.mark.virtual_time


class ReadableLink:
    """Always has something to read, and keeps when it was read."""

    def __init__(self) -> None:
        self.socket, self._peer = socket.socketpair()
        self._peer.send(b"x")
        self.is_lost = False
        self.read_at: list[float] = []

    def flush(self) -> None:
        pass

    def read(self) -> None:
        self.read_at.append(asyncio.get_running_loop().time())

    def pauses(self) -> list[float]:
        return [round(after - before, 3) for before, after in pairwise(self.read_at)]

    def close(self) -> None:
        self.socket.close()
        self._peer.close()


@contextmanager
def polled(*intervals_s: float) -> Iterator[tuple[SocketPoller, list[ReadableLink]]]:
    poller, links = get_poller(), [ReadableLink() for _ in intervals_s]
    for link, interval_s in zip(links, intervals_s, strict=True):
        poller.add(link, interval_s)
    try:
        yield poller, links
    finally:
        for link in links:
            if link.socket.fileno() >= 0:
                poller.remove(link)
                link.close()


async def test_a_link_that_no_screen_shows_is_read_less_often() -> None:
    with polled(0.2) as (_, (link,)):
        await anyio.sleep(2)
        assert link.pauses() == [POLL_INTERVAL_S] * HURRIED_POLLS + [0.2] * (len(link.read_at) - 4)
        assert len(link.read_at) >= 10


async def test_the_answer_to_a_question_is_read_at_once() -> None:
    with polled(0.2) as (poller, (link,)):
        await anyio.sleep(1.5)
        link.read_at.clear()
        asked_at = asyncio.get_running_loop().time()
        poller.hurry()
        await anyio.sleep(1)
        assert link.read_at[0] - asked_at <= POLL_INTERVAL_S + 1e-6
        assert link.pauses()[: HURRIED_POLLS + 1] == [POLL_INTERVAL_S] * HURRIED_POLLS + [0.2]


async def test_questions_never_make_polls_come_closer() -> None:
    with polled(POLL_INTERVAL_S) as (poller, (link,)):
        for _ in range(50):
            poller.hurry()
            await anyio.sleep(0.01)
        assert set(link.pauses()) == {POLL_INTERVAL_S}


async def test_a_question_over_the_last_link_after_it_is_gone_starts_no_polls() -> None:
    failures: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["message"]))
    with polled(POLL_INTERVAL_S) as (poller, (link,)):
        poller.remove(link)
        link.close()
        poller.hurry()
        await anyio.sleep(1)
    assert (failures, link.read_at) == ([], [])


async def test_the_link_that_is_read_most_often_sets_the_pace() -> None:
    with polled(0.2, 0.1) as (poller, (slow, fast)):
        await anyio.sleep(1)
        assert slow.pauses()[-1] == fast.pauses()[-1] == 0.1
        poller.remove(fast)
        fast.close()
        await anyio.sleep(1)
        assert slow.pauses()[-1] == 0.2
