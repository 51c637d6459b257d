import time
from itertools import count, pairwise

import anyio
import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.event_stream import (
    BYTES_A_SECOND,
    EVENTS_A_SECOND,
    MAX_EVENT_BYTES,
    MICROSECONDS_A_SECOND,
    PIECE_BYTES,
    TURN_S,
    follow_events,
)
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.protocols.sscv2.message import Closed, Event, News, Opened, write_event
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.sscv2.scripted_device import Chunks, client, signed_in

EVENTS: list[Event] = [
    Opened("31875a94"),
    News((("/api/channel/0", {"name": "LEAD"}),)),
    News((("/a", None),)),
]
WIRE = b"".join(map(write_event, EVENTS))
KIND = {"content-type": "text/event-stream; charset=utf-8"}


async def followed(
    response: httpx.Response, clock: Clock = time.monotonic
) -> tuple[list[Event], DeviceError]:
    events: list[Event] = []
    with pytest.raises(DeviceError) as raised:
        async with client(lambda _: response) as opened:
            await follow_events(signed_in(opened), events.append, clock)
    assert raised.value.info.hint
    return events, raised.value


def streamed(*chunks: bytes) -> httpx.Response:
    return httpx.Response(200, headers=KIND, stream=Chunks(chunks))


@given(st.lists(st.integers(0, len(WIRE)), max_size=8))
def test_events_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WIRE)]
    chunks = [WIRE[a:b] for a, b in pairwise(edges)]

    events, error = anyio.run(followed, streamed(*chunks))

    assert events == EVENTS
    assert error.code is ErrorCode.DEVICE_UNREACHABLE


@given(st.binary(max_size=500))
def test_rubbish_is_never_more_than_an_end(rubbish: bytes) -> None:
    _, error = anyio.run(followed, streamed(WIRE, rubbish))

    assert error.code is ErrorCode.DEVICE_UNREACHABLE


async def test_blanks_and_comments_are_allowed() -> None:
    events, _ = await followed(streamed(b': hello\r\nevent: open\r\ndata: {"sessionUUID": "ab-1"}\r\n\r\n'))

    assert events == [Opened("ab-1")]


async def test_an_event_that_cannot_be_read_takes_no_others_with_it() -> None:
    events, _ = await followed(streamed(b"event:message\ndata:{{{\n\nevent:?\ndata:x\n\n", WIRE))

    assert events == EVENTS


async def test_a_close_ends_it_whatever_comes_behind() -> None:
    events, error = await followed(streamed(write_event(Closed("31875a94")), WIRE))

    assert events == [Closed("31875a94")]
    assert error.code is ErrorCode.DEVICE_UNREACHABLE


@pytest.mark.virtual_time
async def test_an_event_without_an_end_is_given_up() -> None:
    endless = (b"data:" + b"x" * 10_000 for _ in range(1_000_000))
    _, error = await followed(httpx.Response(200, headers=KIND, stream=Chunks(endless)), loop_time)
    assert error.code is ErrorCode.API_ERROR
    lines = (b"data:x\n" * 1000 for _ in range(1_000_000))
    _, error = await followed(httpx.Response(200, headers=KIND, stream=Chunks(lines)), loop_time)

    assert error.code is ErrorCode.API_ERROR


@pytest.mark.virtual_time
async def test_many_events_together_may_be_longer_than_one() -> None:
    some = write_event(News((("/a", "x" * 1000),)))
    flood = streamed(*[some] * (2 * MAX_EVENT_BYTES // len(some)))
    events, error = await followed(flood, loop_time)

    assert len(events) == 2 * MAX_EVENT_BYTES // len(some)
    assert error.code is ErrorCode.DEVICE_UNREACHABLE


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx.Response(401), ErrorCode.CREDENTIALS_REFUSED),
        (httpx.Response(403), ErrorCode.CREDENTIALS_REFUSED),
        (httpx.Response(409), ErrorCode.DEVICE_REFUSED),
        (httpx.Response(500), ErrorCode.DEVICE_REFUSED),
        (httpx.Response(200, json={}), ErrorCode.API_ERROR),
        (httpx.Response(200), ErrorCode.API_ERROR),
    ],
)
async def test_an_answer_that_is_no_stream_raises_its_reason(
    response: httpx.Response, code: ErrorCode
) -> None:
    events, error = await followed(response)

    assert events == []
    assert error.code is code


async def turns_beside(response: httpx.Response, clock: Clock, rest_s: float) -> tuple[int, int]:
    """How many events were taken, and how many turns others had meanwhile."""
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.sleep(rest_s)

    async with anyio.create_task_group() as group:
        group.start_soon(count_turns)
        events, _ = await followed(response, clock)
        group.cancel_scope.cancel()
    return len(events), turns


@pytest.mark.virtual_time
async def test_a_flood_of_events_leaves_turns_to_others() -> None:
    flood = [write_event(EVENTS[1])] * 256
    # Each look at the clock takes half a turn, so every second or third event ends one.
    slow = count(0.0, TURN_S / 2)
    with structlog.testing.capture_logs() as logs:
        taken, turns = await turns_beside(streamed(b"".join(flood)), lambda: next(slow), 0.001)
    assert taken == len(flood)
    assert turns >= len(flood) // 3
    # A second of that is more than its share.
    assert {(entry["peer"], entry["limit_a_second"]) for entry in logs} == {
        ("10.0.0.5:443", MICROSECONDS_A_SECOND)
    }


async def test_a_flood_of_blank_lines_leaves_turns_to_others() -> None:
    slow = count(0.0, TURN_S)
    taken, turns = await turns_beside(streamed(b"\n" * 12 * PIECE_BYTES), lambda: next(slow), 0.0)
    assert taken == 0
    assert turns >= 12


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("size", "limit"), [(0, EVENTS_A_SECOND), (100_000, BYTES_A_SECOND)], ids=["events", "bytes"]
)
@pytest.mark.no_cover
async def test_a_flood_is_read_within_its_budget_and_the_flooder_named(size: int, limit: int) -> None:
    event = write_event(News((("/a", "x" * size),)))
    events_a_second = limit if limit == EVENTS_A_SECOND else limit // len(event)
    began = loop_time()
    with structlog.testing.capture_logs() as logs:
        events, _ = await followed(streamed(*[event] * (3 * events_a_second)), loop_time)
    assert len(events) == 3 * events_a_second
    # The first second is free, the others are waited for.
    assert 1.0 < loop_time() - began < 4.0
    assert [(entry["event"], entry["limit_a_second"]) for entry in logs] == [("flood_slowed", limit)]
    assert logs[0]["peer"] == "10.0.0.5:443"
