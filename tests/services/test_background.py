"""Background tasks: crashes, and being cancelled while a thread works."""

import asyncio
import threading

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from structlog.testing import capture_logs

from micboard_tui.services.background import RESTART_S, start_task


@pytest.mark.virtual_time
async def test_a_task_that_crashes_begins_anew_and_is_logged_once_for_each_reason() -> None:
    begun = 0

    async def run() -> None:
        nonlocal begun
        begun += 1
        await anyio.sleep(1.0)
        if begun < 3:
            raise ValueError("broken")

    with capture_logs() as logs, anyio.fail_after(3 * (RESTART_S + 1.0)):
        await start_task(run, "a task")
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

    task = start_task(run, "a writer")
    await anyio.to_thread.run_sync(begun.wait)
    task.cancel()
    await anyio.lowlevel.checkpoint()
    may_end.set()
    await asyncio.wait({task})
    assert task.cancelled()
    assert written == [True]
