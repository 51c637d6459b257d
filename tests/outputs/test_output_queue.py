"""What waits for an output: in order, bounded, tried again, and given up at some time."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest

from micboard_tui.contracts.alarm_outputs import AlarmNotice, OutputError, SendNotice
from micboard_tui.outputs.output_queue import (
    LONGEST_WAIT_S,
    MAX_TRIES,
    MAX_WAITING,
    SEND_TIMEOUT_S,
    OutputQueue,
)
from tests.outputs.notices import notice

pytestmark = pytest.mark.virtual_time


class ScriptedOutput:
    """Fails ``failures`` times, hangs while ``hangs``, and cannot be opened while ``is_away``.

    Implements ``AlarmOutput``.
    """

    name = "scripted"

    def __init__(self) -> None:
        self.failures, self.hangs, self.is_away = 0, False, False
        self.opened = 0
        self.sent: list[float] = []
        self.standing: Sequence[AlarmNotice] = ()

    @asynccontextmanager
    async def open(self, standing: Sequence[AlarmNotice]) -> AsyncGenerator[SendNotice]:
        self.opened += 1
        self.standing = standing
        if self.is_away:
            raise OutputError("no such host")

        async def send(notice: AlarmNotice) -> None:
            if self.hangs:
                await anyio.sleep_forever()
            if self.failures:
                self.failures -= 1
                raise OutputError("no cable")
            self.sent.append(notice.at)

        yield send


@asynccontextmanager
async def running() -> AsyncGenerator[tuple[ScriptedOutput, OutputQueue]]:
    output = ScriptedOutput()
    queue = OutputQueue(output, lambda: [notice(at=9.0)])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(queue.run)
        yield output, queue
        tasks.cancel_scope.cancel()


async def test_notices_are_sent_in_their_order() -> None:
    async with running() as (output, queue):
        for at in (1.0, 2.0, 3.0):
            queue.put(notice(at=at))
        await anyio.sleep(0.1)
        queue.put(notice(at=4.0))
        await anyio.sleep(0.1)
        assert output.sent == [1.0, 2.0, 3.0, 4.0]
        assert output.opened == 1


async def test_what_failed_is_tried_again_before_the_next(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as (output, queue):
        output.failures = 2
        queue.put(notice(at=1.0))
        queue.put(notice(at=2.0))
        await anyio.sleep(10)
        assert output.sent == [1.0, 2.0]
        assert (output.opened, queue.dropped) == (3, 0)


async def test_what_can_not_be_delivered_makes_room_at_last() -> None:
    async with running() as (output, queue):
        output.failures = MAX_TRIES
        queue.put(notice(at=1.0))
        queue.put(notice(at=2.0))
        await anyio.sleep(300)
        assert output.sent == [2.0]
        assert queue.dropped == 1


async def test_an_output_that_hangs_holds_nothing_up_and_the_oldest_are_dropped() -> None:
    async with running() as (output, queue):
        output.hangs = True
        for at in range(MAX_WAITING + 10):
            queue.put(notice(at=float(at)))
        await anyio.sleep(SEND_TIMEOUT_S + 0.5)
        assert queue.dropped == 10
        output.hangs = False
        await anyio.sleep(60)
        assert output.sent[0] == 10.0
        assert len(output.sent) == MAX_WAITING


async def test_after_a_burst_that_found_no_room_the_output_gets_all_that_stands() -> None:
    async with running() as (output, queue):
        await anyio.sleep(1)
        for at in range(MAX_WAITING + 10):
            queue.put(notice(at=float(at)))
        await anyio.sleep(5)
        assert (len(output.sent), queue.dropped, output.opened) == (MAX_WAITING, 10, 2)
        assert [each.at for each in output.standing] == [9.0]
        await anyio.sleep(60)
        assert output.opened == 2


async def test_an_output_that_cannot_be_opened_is_tried_less_and_less_often() -> None:
    async with running() as (output, queue):
        output.is_away = True
        await anyio.sleep(31 + LONGEST_WAIT_S * 10)
        assert output.opened <= 17
        output.is_away = False
        queue.put(notice(at=1.0))
        await anyio.sleep(LONGEST_WAIT_S)
        assert output.sent == [1.0]
