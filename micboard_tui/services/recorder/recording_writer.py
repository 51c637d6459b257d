"""Writes what was recorded, in a thread, and never lets the rest of the program wait.

``put`` and ``put_window`` fill bounded queues and return at once; ``run``, the one task that writes, hands
what waits to the store. States: not open yet, ``DISK`` (the last write succeeded), ``MEMORY`` (opening or
writing failed: ``fault`` says why; it is tried again every few seconds, and what still waits is written
then), ``OFF`` (another process records; looked at again now and then, in case it ends). Where the disk is
slow or full, the oldest seconds are dropped and counted; chunks of many seconds wait longer than they.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import anyio
import anyio.to_thread
import structlog

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.contracts.recording_store import RecordedStep, RecordingStore, WindowRecord

MAX_SECONDS = 120
"""So many seconds wait for the disk."""
MAX_STEPS = 600
"""So long chunks wait for it."""
MAX_WINDOWS = 500
STEPS_A_WRITE = 30
WINDOWS_A_WRITE = 8
"""A flood of alarms is written over some seconds."""
RETRY_S = 5.0
ELSEWHERE_RETRY_S = 15.0
CLOSE_LIMIT_S = 3.0

log = structlog.get_logger(__name__)


class RecordingWriter:
    def __init__(self, store: RecordingStore, retry_s: float = RETRY_S) -> None:
        self._store, self._retry_s = store, retry_s
        self._steps: deque[RecordedStep] = deque()
        self._windows: deque[WindowRecord] = deque(maxlen=MAX_WINDOWS)
        self._wakes = anyio.Event()
        self._is_open = False
        self.state = RecorderState(RecorderMode.OFF)

    @property
    def is_elsewhere(self) -> bool:
        """Whether another process records, so that this one need not."""
        fault = self.state.fault
        return fault is not None and fault.code is ErrorCode.ALREADY_RUNNING

    @property
    def waiting_windows(self) -> Sequence[WindowRecord]:
        """Those that are complete and not written yet."""
        return tuple(self._windows)

    def put(self, step: RecordedStep) -> None:
        """Have it written."""
        self._steps.append(step)
        self._bound()
        self._wakes.set()

    def put_window(self, window: WindowRecord) -> None:
        """Have it written with one of the next steps."""
        self._windows.append(window)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await self._wakes.wait()
            self._wakes = anyio.Event()
            while self._steps:
                if not await self._write_some():
                    await anyio.sleep(ELSEWHERE_RETRY_S if self.is_elsewhere else self._retry_s)
                    if self.is_elsewhere:
                        self.state = replace(self.state, fault=None)  # It may have ended.

    async def close(self) -> None:
        """Write what waits still, if the disk takes it soon, and let others write."""
        with anyio.move_on_after(CLOSE_LIMIT_S, shield=True):
            while self._is_open and (self._steps or self._windows):
                await self._write_some()
            await anyio.to_thread.run_sync(self._store.close, abandon_on_cancel=True)

    async def _write_some(self) -> bool:
        """Whether it succeeded; what could not be written waits on."""
        steps = [self._steps.popleft() for _ in range(min(STEPS_A_WRITE, len(self._steps)))]
        windows = [self._windows.popleft() for _ in range(min(WINDOWS_A_WRITE, len(self._windows)))]
        try:
            await anyio.to_thread.run_sync(self._write, steps, windows)
        except StorageError as failure:
            self._is_open = False
            self._steps.extendleft(reversed(steps))
            self._windows.extendleft(reversed(windows))
            self._bound()
            self._report(failure)
            return False
        if self.state.mode is not RecorderMode.DISK:
            self._become(RecorderMode.DISK, None)
        return True

    def _write(self, steps: list[RecordedStep], windows: list[WindowRecord]) -> None:
        """In a thread."""
        if not self._is_open:
            if (note := self._store.open()) is not None:
                log.warning("recording_put_aside", note=note)
                self.state = replace(self.state, note=note)
            self._is_open = True
        self._store.write(steps, windows)

    def _report(self, failure: StorageError) -> None:
        before = self.state.fault
        if before is None or before.code is not failure.code:
            log.warning("recording_failed", code=failure.code.value, reason=failure.info.message)
        if failure.code is ErrorCode.ALREADY_RUNNING:
            self._steps.clear()
            self._windows.clear()
            self._become(RecorderMode.OFF, failure)
        else:
            self._become(RecorderMode.MEMORY, failure)

    def _become(self, mode: RecorderMode, failure: StorageError | None) -> None:
        if failure is None and self.state.fault is not None:
            log.info("recording_goes_on")
        fault = None if failure is None else failure.info
        self.state = replace(self.state, mode=mode, fault=fault)

    def _bound(self) -> None:
        while len(self._steps) > MAX_STEPS:
            self._steps.popleft()
        beyond = len(self._steps) - MAX_SECONDS
        dropped = 0
        for index in range(beyond):
            if self._steps[index].second is not None:
                self._steps[index] = RecordedStep(None, self._steps[index].chunks)
                dropped += 1
        if dropped:
            self.state = replace(self.state, dropped_s=self.state.dropped_s + dropped)
