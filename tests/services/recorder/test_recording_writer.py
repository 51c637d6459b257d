"""Writing what was recorded: bounded, in its order, and again by itself after a fault."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.contracts.recording_store import RecordedStep, SecondRecord, WindowRecord
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.chunk import Chunk, ClosedChunk
from micboard_tui.domain.recording.recorded_span import WindowTitle
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.summary_columns import empty_columns
from micboard_tui.services.recorder.recording_writer import RecordingWriter
from tests.fakes.links import until
from tests.fakes.recording import InMemoryRecording

REF = ChannelRef(DeviceId("rack"), 1)


def step_of(at: int, *chunks: ClosedChunk) -> RecordedStep:
    return RecordedStep(SecondRecord(at, ChannelOrder(), empty_columns(0)), chunks)


def window_of(at: float) -> WindowRecord:
    key = AlarmKey(ProblemCode.RF_LOST, *REF)
    return WindowRecord(WindowTitle(key, at, at - 60, at + 15), [REF], [])


@asynccontextmanager
async def running(writer: RecordingWriter) -> AsyncGenerator[None]:
    task = asyncio.create_task(writer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_full_disk_leaves_memory_and_writing_goes_on_by_itself() -> None:
    disk = InMemoryRecording()
    disk.fault = ErrorCode.DISK_FULL
    writer = RecordingWriter(disk, retry_s=0.01)
    chunk = ClosedChunk(REF, Chunk(0, 10, empty_columns(1)))
    async with running(writer):
        writer.put(step_of(0, chunk))
        await until(lambda: writer.state.mode is RecorderMode.MEMORY)
        for at in range(1, 200):
            writer.put(step_of(at))
        assert writer.state.fault is not None
        assert (writer.state.fault.code, writer.state.fault.hint) == (ErrorCode.DISK_FULL, "Make room")
        disk.fault, disk.note = None, "The recording was damaged"
        await until(lambda: len(disk.steps) == 200)
        await until(lambda: writer.state.mode is RecorderMode.DISK)
    assert writer.state == RecorderState(RecorderMode.DISK, None, 80, "The recording was damaged")
    assert [step.second.at for step in disk.steps if step.second is not None] == list(range(80, 200))
    assert disk.steps[0].chunks == (chunk,)


async def test_an_hour_without_a_disk_is_bounded() -> None:
    writer = RecordingWriter(InMemoryRecording())
    for at in range(3600):
        writer.put(step_of(at))
        writer.put_window(window_of(at))
    assert len(writer.waiting_windows) == 500
    assert len(writer._steps) == 600
    assert writer.state.dropped_s == 3480


async def test_closing_writes_what_waits_and_a_flood_of_windows() -> None:
    disk = InMemoryRecording()
    writer = RecordingWriter(disk)
    async with running(writer):
        for at in range(40):
            writer.put(step_of(at))
            writer.put_window(window_of(at))
        await until(lambda: len(disk.steps) == 40)
        assert len(disk.windows) <= 16
    writer.put(step_of(40))
    await writer.close()
    assert (len(disk.steps), len(disk.windows), disk.is_open) == (41, 40, False)


async def test_nothing_is_kept_for_a_file_that_another_process_writes() -> None:
    disk = InMemoryRecording()
    disk.fault = ErrorCode.ALREADY_RUNNING
    writer = RecordingWriter(disk)
    async with running(writer):
        writer.put(step_of(0))
        writer.put_window(window_of(0))
        await until(lambda: writer.is_elsewhere)
    assert (writer.state.mode, writer.waiting_windows) == (RecorderMode.OFF, ())
    await writer.close()
    assert disk.steps == []
