"""A program that takes calls stands still, and another one takes its place: in virtual time, by leases."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup
from hypothesis import given, settings
from hypothesis import strategies as st

from micboard_tui.bus.calls.call_client import AGAIN_EVERY_S, OFFER_EVERY_S, SILENCE_S, TAKEN_WITHIN_S
from micboard_tui.bus.calls.call_frames import (
    FOLLOW_UPS,
    CallRequest,
    FollowUp,
    FrameKind,
    pack_request,
    unpack_frame,
)
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.recent_calls import MAX_RUNNING_OF_USER
from micboard_tui.bus.calls.waiting_calls import WAITS_S
from micboard_tui.bus.leased_connection import LeasedConnection
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import ServiceResult, Success
from tests.bus.calls.stage import ADA, SUBJECTS, Stage, open_stage
from tests.fakes.memory_bus import MemoryConnection
from tests.fakes.recorded_services import greeter
from tests.fakes.virtual_time import VirtualTimeLoop

READ, CHANGE = "AssignmentContract.list_performers", "AssignmentContract.forget_steps"
LEASE_S = 3.0
"""After so long the next one is active; the lease of the first has ended a moment before."""
WORK_S = 0.5


@dataclass
class Hub:
    connection: MemoryConnection
    is_held: bool = False
    serving: anyio.CancelScope = field(default_factory=anyio.CancelScope)


class Hubs:
    """Two of them, of which one is active."""

    def __init__(self, stage: Stage, group: TaskGroup) -> None:
        self.stage, self._group = stage, group
        self.begun = self.done = 0
        stage.fake.answers[CHANGE] = stage.fake.answers[READ] = self._work
        stage.server.cancel()
        self.active, self.standby = Hub(stage.hub), Hub(stage.bus.connect())
        self.activate(self.active)

    async def _work(self, *, actor: str | None = None) -> Success[Any]:
        self.begun += 1
        await anyio.sleep(WORK_S)
        self.done += 1
        return Success(() if actor is None else None)

    def activate(self, hub: Hub) -> None:
        hub.is_held, hub.serving = True, anyio.CancelScope()
        self._group.start_soon(self._serve, hub)

    async def _serve(self, hub: Hub) -> None:
        connection = LeasedConnection(hub.connection, lambda: hub.is_held)
        with hub.serving:
            await CallServer(connection, SUBJECTS, self.stage.fake.services, greeter()).run()

    async def freeze(self, seconds: float) -> None:
        """Let the active one stand still; where it lasts, the other one is active from then on."""
        first = self.active
        first.connection.freeze()
        await anyio.sleep(min(seconds, LEASE_S))
        if seconds >= LEASE_S:
            first.is_held = False
            self.active, self.standby = self.standby, first
            self.activate(self.active)
            await anyio.sleep(seconds - LEASE_S)
            first.serving.cancel()
        first.connection.thaw()

    async def kill(self) -> None:
        """End the active one without a goodbye; the other one is active when the lease has ended."""
        self.active.serving.cancel()
        self.active.is_held = False
        await anyio.sleep(LEASE_S)
        self.active, self.standby = self.standby, self.active
        self.activate(self.active)

    async def call(self, title: str) -> ServiceResult[Any]:
        assignments = self.stage.remote.assignments
        return await (
            assignments.forget_steps(actor=ADA) if title == CHANGE else assignments.list_performers()
        )


@asynccontextmanager
async def opened() -> AsyncIterator[Hubs]:
    async with open_stage() as stage, anyio.create_task_group() as group:
        hubs = Hubs(stage, group)
        await anyio.sleep(0.1)
        yield hubs
        group.cancel_scope.cancel()


@pytest.mark.virtual_time
@pytest.mark.parametrize("title", [READ, CHANGE])
async def test_a_call_to_one_that_stands_still_is_answered_by_the_next(title: str) -> None:
    async with opened() as hubs, anyio.create_task_group() as group:
        group.start_soon(hubs.freeze, 60.0)
        await anyio.sleep(0.1)
        began_at = anyio.current_time()
        assert (await hubs.call(title)).success
        # Of two that are there each gets every other one that is sent.
        assert anyio.current_time() - began_at <= LEASE_S + 2 * OFFER_EVERY_S + WORK_S
        await anyio.sleep(80.0)
        assert (hubs.begun, hubs.done) == (1, 1)


@pytest.mark.virtual_time
@pytest.mark.parametrize("title", [READ, CHANGE])
async def test_a_call_while_one_was_killed_is_answered_by_the_next(title: str) -> None:
    async with opened() as hubs, anyio.create_task_group() as group:
        group.start_soon(hubs.kill)
        await anyio.sleep(0.1)
        began_at = anyio.current_time()
        assert (await hubs.call(title)).success
        assert anyio.current_time() - began_at <= LEASE_S + AGAIN_EVERY_S + WORK_S
        assert (hubs.begun, hubs.done) == (1, 1)


@pytest.mark.virtual_time
async def test_a_change_is_begun_once_by_one_that_wakes_in_time() -> None:
    async with opened() as hubs, anyio.create_task_group() as group:
        group.start_soon(hubs.freeze, 2.0)
        await anyio.sleep(0.1)
        assert (await hubs.call(CHANGE)).success
        await anyio.sleep(20.0)
        assert (hubs.begun, hubs.done) == (1, 1)


@pytest.mark.virtual_time
async def test_a_change_that_none_has_taken_is_not_begun_by_one_that_wakes_later() -> None:
    async with opened() as hubs:
        hubs.active.connection.freeze()
        began_at = anyio.current_time()
        answer = await hubs.call(CHANGE)
        assert answer.error is not None
        assert answer.error.code is ErrorCode.BUS_LOST
        assert anyio.current_time() - began_at == pytest.approx(TAKEN_WITHIN_S, abs=0.1)
        hubs.active.connection.thaw()
        await anyio.sleep(20.0)
        assert hubs.begun == 0


@pytest.mark.virtual_time
async def test_a_change_that_was_begun_is_not_begun_by_the_next() -> None:
    async with opened() as hubs, anyio.create_task_group() as group:
        group.start_soon(freeze_later, hubs)
        answer = await hubs.call(CHANGE)
        assert answer.error is not None
        assert answer.error.code is ErrorCode.OUTCOME_UNKNOWN
        assert hubs.begun == 1


async def freeze_later(hubs: Hubs) -> None:
    await anyio.sleep(WORK_S / 2)
    await hubs.freeze(30.0)


class Waiting:
    """Changes that a program took, and that wait, as another program sees them."""

    def __init__(self, hubs: Hubs) -> None:
        self._board, self.frames = hubs.stage.board, list[tuple[FrameKind, bytes]]()
        self._inbox = f"{SUBJECTS.inbox(ADA)}.waiting"

    async def offer(self, call_id: str) -> str:
        """The program that took it; empty: it did not."""
        subscription = await self._board.subscribe(self._inbox, self._take)
        payload = await pack_request(CallRequest(call_id, waits=True))
        await self._board.publish(SUBJECTS.call("write", ADA, *CHANGE.split(".")), payload, self._inbox)
        await anyio.sleep(0.1)
        await subscription.end()
        kind, content = self.frames[-1]
        return content.decode() if kind is FrameKind.TAKEN else ""

    async def follow(self, follow_up: FollowUp) -> None:
        subject = SUBJECTS.call_follow_up(ADA)
        await self._board.publish(subject, FOLLOW_UPS.encode(follow_up), self._inbox)
        await anyio.sleep(1.0)

    async def _take(self, message: Any) -> None:  # noqa: ANN401 - of the bus
        frame = unpack_frame(message.payload)
        self.frames.append((frame.kind, frame.content))


@pytest.mark.virtual_time
async def test_what_was_taken_begins_once_when_its_program_is_named() -> None:
    async with opened() as hubs:
        waiting = Waiting(hubs)
        program = await waiting.offer("1")
        await waiting.follow(FollowUp("1", begins_at="another"))
        await waiting.follow(FollowUp("1"))
        assert hubs.begun == 0
        for _ in range(3):
            await waiting.follow(FollowUp("1", begins_at=program))
        assert hubs.begun == 1


@pytest.mark.virtual_time
async def test_what_was_taken_and_is_cancelled_or_too_old_does_not_begin() -> None:
    async with opened() as hubs:
        waiting = Waiting(hubs)
        program = await waiting.offer("1")
        await waiting.follow(FollowUp("1", is_cancelled=True))
        await waiting.follow(FollowUp("1", begins_at=program))
        await waiting.offer("2")
        await anyio.sleep(WAITS_S)
        await waiting.follow(FollowUp("2", begins_at=program))
        assert hubs.begun == 0


@pytest.mark.virtual_time
async def test_of_one_user_only_so_many_changes_wait() -> None:
    async with opened() as hubs:
        waiting = Waiting(hubs)
        taken = [await waiting.offer(str(number)) for number in range(MAX_RUNNING_OF_USER + 1)]
        assert all(taken[:-1])
        assert not taken[-1]
        await anyio.sleep(WAITS_S)
        assert await waiting.offer("later")


FREEZES = st.lists(st.tuples(st.floats(0.0, 4.0), st.floats(0.0, 9.0)), max_size=5)


@settings(max_examples=25)
@given(FREEZES)
def test_whenever_one_stands_still_no_change_is_made_twice_and_what_is_answered_is_true(
    freezes: Sequence[tuple[float, float]],
) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(change_during(freezes))


async def change_during(freezes: Sequence[tuple[float, float]]) -> None:
    async def stand_still(hubs: Hubs) -> None:
        for after_s, lasts_s in freezes:
            await anyio.sleep(after_s)
            await hubs.freeze(lasts_s)

    async with opened() as hubs, anyio.create_task_group() as group:
        group.start_soon(stand_still, hubs)
        for _ in range(8):
            before, began_at = hubs.begun, anyio.current_time()
            answer = await hubs.call(CHANGE)
            assert anyio.current_time() - began_at <= TAKEN_WITHIN_S + SILENCE_S + WORK_S + 1.0
            begun = hubs.begun - before
            if answer.success:
                assert begun == 1
            elif answer.error.code is ErrorCode.OUTCOME_UNKNOWN:
                assert begun <= 1
            else:
                assert begun == 0
            # What was left to wait somewhere is not begun later.
            await anyio.sleep(1.0)
            assert hubs.begun - before == begun
