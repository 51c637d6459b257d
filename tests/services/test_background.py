"""Background tasks: crashes, and being cancelled while a thread works."""

import threading

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.services.background import RESTART_S, WELL_AFTER_S, BackgroundTasks
from tests.fakes.virtual_time import loop_time


@pytest.mark.virtual_time
async def test_a_task_that_crashes_begins_anew_and_is_logged_once_for_each_reason() -> None:
    begun = 0

    async def run() -> None:
        nonlocal begun
        begun += 1
        await anyio.sleep(1.0)
        if begun < 3:
            raise ValueError("broken")

    tasks = BackgroundTasks()
    with capture_logs() as logs, anyio.fail_after(3 * (RESTART_S + 1.0)):
        tasks.start(run, "a task")
        await tasks.end()
    assert begun == 3
    assert [(line["event"], line["task"]) for line in logs] == [("background_task_crashed", "a task")]


async def test_what_a_thread_does_when_the_task_is_cancelled_is_known_to_have_succeeded() -> None:
    begun, may_end = threading.Event(), threading.Event()
    written: list[bool] = []

    def write() -> None:
        begun.set()
        may_end.wait(5.0)

    async def run() -> None:
        await anyio.to_thread.run_sync(write)
        written.append(True)

    tasks = BackgroundTasks()
    tasks.start(run, "a writer")
    await anyio.to_thread.run_sync(begun.wait)
    tasks.cancel()
    await anyio.lowlevel.checkpoint()
    may_end.set()
    await tasks.end()
    assert written == [True]


@pytest.mark.virtual_time
async def test_a_crashed_task_is_a_fault_until_it_has_run_well_and_a_later_crash_is_logged_again() -> None:
    begun = 0

    async def run() -> None:
        nonlocal begun
        begun += 1
        await anyio.sleep(0.0 if begun < 3 else 2 * WELL_AFTER_S)
        raise ValueError("broken")

    tasks = BackgroundTasks(loop_time)
    with capture_logs() as logs:
        tasks.start(run, "alarms")
        assert tasks.find_fault() is None
        await anyio.sleep(2.5 * RESTART_S)
        fault = tasks.find_fault()
        assert fault is not None
        assert (fault.code, fault.message.endswith(": alarms")) == (ErrorCode.TASK_CRASHED, True)
        assert fault.hint
        await anyio.sleep(WELL_AFTER_S)
        assert tasks.find_fault() is None
        assert len(logs) == 1
        await anyio.sleep(WELL_AFTER_S)
        assert tasks.find_fault() == fault
        tasks.cancel()
        await tasks.end()
    assert (begun, len(logs)) == (3, 2)
