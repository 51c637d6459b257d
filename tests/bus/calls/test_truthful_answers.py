"""Whatever fails and whenever: no change is made twice, and the answer says what is known of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import anyio
from anyio.abc import TaskGroup
from hypothesis import given, settings
from hypothesis import strategies as st

from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.contracts.assignment import ImportPlan
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import Success
from tests.bus.calls.stage import ADA, SUBJECTS, Stage, open_stage
from tests.fakes.recorded_services import greeter
from tests.fakes.virtual_time import VirtualTimeLoop

LONGEST_WAIT_S = 5.0 + 5.0 + 5.0 + 1.0
"""For a sign, for the connection, for the answer after that; and the turns between."""


class Fault(StrEnum):
    SERVER = "the server of the bus is away"
    HUB = "the program that keeps the sessions is cut off"
    BOARD = "the board is cut off"
    RESTART = "the program that keeps the sessions is started anew"
    REBOOT = "both are"


class Incident(NamedTuple):
    after_s: float
    fault: Fault
    lasts_s: float


INCIDENTS = st.lists(
    st.builds(Incident, st.floats(0.0, 4.0), st.sampled_from(Fault), st.floats(0.0, 8.0)), max_size=4
)
DURATIONS = st.lists(st.floats(0.0, 6.0), min_size=1, max_size=4)


@settings(max_examples=30)
@given(DURATIONS, INCIDENTS)
def test_no_change_is_made_twice_and_what_is_answered_is_true(
    durations: Sequence[float], incidents: Sequence[Incident]
) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(change_during(durations, incidents))


async def change_during(durations: Sequence[float], incidents: Sequence[Incident]) -> None:
    begun, done = Counter[str](), Counter[str]()

    async def apply(*, content: bytes, actor: str) -> Success[ImportPlan]:
        number = content.decode()
        begun[number] += 1
        await anyio.sleep(durations[int(number)])
        done[number] += 1
        return Success(ImportPlan())

    async with open_stage() as stage, anyio.create_task_group() as group:
        stage.fake.answers["AssignmentContract.apply_import"] = apply
        group.start_soon(happen, stage, group, incidents)
        for number, duration in enumerate(durations):
            text = str(number)
            began_at = anyio.current_time()
            answer = await stage.remote.assignments.apply_import(text.encode(), actor=ADA)
            assert anyio.current_time() - began_at <= duration + LONGEST_WAIT_S
            if answer.success:
                assert (begun[text], done[text]) == (1, 1)
            elif answer.error.code is ErrorCode.OUTCOME_UNKNOWN:
                assert begun[text] <= 1
            else:
                assert answer.error.code in {ErrorCode.BUS_LOST, ErrorCode.NOT_SERVED}
                assert begun[text] == 0
        await anyio.sleep(60.0)
        assert all(count == 1 for count in begun.values())
        group.cancel_scope.cancel()


async def happen(stage: Stage, group: TaskGroup, incidents: Sequence[Incident]) -> None:
    running = stage.server
    for incident in incidents:
        await anyio.sleep(incident.after_s)
        if incident.fault in {Fault.SERVER, Fault.REBOOT}:
            stage.bus.stop()
        if incident.fault is Fault.HUB:
            stage.hub.cut()
        if incident.fault is Fault.BOARD:
            stage.board.cut()
        if incident.fault in {Fault.RESTART, Fault.REBOOT}:
            running.cancel()
        await anyio.sleep(incident.lasts_s)
        stage.bus.start()
        if incident.fault in {Fault.RESTART, Fault.REBOOT}:
            running = anyio.CancelScope()
            group.start_soon(serve, stage, running)


async def serve(stage: Stage, running: anyio.CancelScope) -> None:
    with running:
        await CallServer(stage.hub, SUBJECTS, stage.fake.services, greeter()).run()
