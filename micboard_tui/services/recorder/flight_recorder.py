"""The flight recorder of this process. Implements ``RecorderContract``.

``run`` is started with the services and records while sessions are kept, unless another process records.
Once a second it takes what was read from devices, makes samples and summaries of it (``second_maker``), puts
the samples into the ring and the summaries into the tiers, has the second and the chunks that ended written,
and keeps the windows of alarms. The order of channels only grows; when it is full, it is begun anew with the
channels that there are, and the tiers with it.

Nothing here waits for the disk or the server; what people ask is read in a thread.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import anyio
import anyio.to_thread

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.recorder import MAX_WINDOWS, RecorderMode, RecorderState
from micboard_tui.contracts.recording_store import RecordedStep, RecordingStore, SecondRecord, WindowRecord
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import STEPS_S, ClosedChunk, Tiers
from micboard_tui.domain.recording.recorded_span import MAX_COLUMNS, AlarmWindow, RecordedSpan, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample, SampleRing, samples_between
from micboard_tui.domain.recording.second_codec import CHANNELS_LIMIT, ChannelOrder
from micboard_tui.domain.recording.second_maker import make_second
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.recorder.recording_writer import RecordingWriter
from micboard_tui.services.recorder.span_reader import SpanReader
from micboard_tui.services.recorder.window_keeper import WindowKeeper, channels_of

LATE_S = 0.01
"""After a full second of the clock: what came in it has been read by then."""

IN_MEMORY = "Only the last 75 seconds are recorded"
RECORDED_AGAIN = "The flight recorder stores what it records again"


class FlightRecorder:
    def __init__(
        self,
        live: LiveSite,
        store: RecordingStore,
        append_event: Callable[[Event], None],
        is_running: Callable[[], bool],
    ) -> None:
        """``is_running`` says whether this process keeps sessions."""
        self._live, self._store, self._is_running = live, store, is_running
        self._append_event = append_event
        self._writer = RecordingWriter(store)
        self._ring = SampleRing()
        self._tiers, self._order = Tiers(), ChannelOrder()
        self._windows = WindowKeeper()
        self._began_at: float | None = None
        """When the second began that is being recorded; None: nothing is."""
        self._since = 0.0
        self._is_in_memory = False
        """Whether the last event says so."""

    @property
    def state(self) -> RecorderState:
        if self._began_at is None or self._writer.is_elsewhere:
            return RecorderState(RecorderMode.OFF, note=self._writer.state.note)
        return self._writer.state

    async def get_state(self) -> ServiceResult[RecorderState]:
        return Success(self.state)

    async def run(self) -> None:
        """Until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._writer.run)
            while True:
                await anyio.sleep(1.0 - (self._live.now() - LATE_S) % 1.0)
                self.record()

    def record(self) -> None:
        """Take what came since the last call."""
        now, began_at = self._live.now(), self._began_at
        received = self._live.feed.take_reads()
        if not self._is_running() or self._writer.is_elsewhere:
            self._began_at = None
            return
        self._began_at = now
        if began_at is None:
            self._since = began_at = now
        statuses = self._live.feed.channel_statuses(began_at)
        chunks: list[ClosedChunk] = []
        if len(statuses) < CHANNELS_LIMIT <= len(self._order.refs):
            chunks, self._order = self._tiers.close(), ChannelOrder()
        self._order, columns, block = make_second(received, statuses, self._order)
        self._ring.append(block)
        at = int(began_at)
        chunks += self._tiers.add(at, columns, self._order)
        self._windows.look(self._live.findings.alarms, self._since)
        for window in self._windows.take_complete(now, self._ring, self._live.snapshot):
            self._writer.put_window(window)
        self._writer.put(RecordedStep(SecondRecord(at, self._order, columns), chunks))
        self._report_change(now)

    def _report_change(self, now: float) -> None:
        """Write down as an event when nothing is written any more, and when it is again."""
        fault = self._writer.state.fault
        if (fault is not None) is not self._is_in_memory:
            self._is_in_memory = fault is not None
            text = RECORDED_AGAIN if fault is None else f"{IN_MEMORY}: {fault.message}"
            self._append_event(Event(now, EventKind.PROGRAM, text[:MAX_EVENT_TEXT]))

    async def close(self) -> None:
        """Write what was recorded last, windows that are not complete too."""
        if self._began_at is not None:
            self.record()
            for window in self._windows.take_all(self._live.now(), self._ring, self._live.snapshot):
                self._writer.put_window(window)
        await self._writer.close()

    @translate_errors
    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        blocks = self._ring.blocks
        return Success({ref: samples_between(blocks, ref, start, end) for ref in channels})

    @translate_errors
    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        if not start < end or not 1 <= columns <= MAX_COLUMNS:
            raise invalid_value_error(
                f"A span has an end after its start, and is shown in 1 to {MAX_COLUMNS} columns",
                "Choose a later end",
            )
        opened = {
            (step_s, ref): self._tiers.open_chunks(ref, step_s) for step_s in STEPS_S for ref in channels
        }
        reader = SpanReader(self._store, channels, start, end, opened, self._ring.blocks)
        return Success(await anyio.to_thread.run_sync(reader.read, columns))

    @translate_errors
    async def list_windows(
        self,
        since: float,
        until: float | None = None,
        *,
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_WINDOWS,
    ) -> ServiceResult[Sequence[WindowTitle]]:
        read = partial(self._store.list_windows, since, until, channels, limit)
        return Success(await anyio.to_thread.run_sync(read))

    @translate_errors
    async def window(self, key: AlarmKey, raised_at: float) -> ServiceResult[AlarmWindow | None]:
        waiting = [*self._writer.waiting_windows, *map(self._open_window, self._windows.pending)]
        for title, refs, blocks in waiting:
            if (title.key, title.raised_at) == (key, raised_at):
                samples = {ref: samples_between(blocks, ref, title.start, title.end) for ref in refs}
                return Success(AlarmWindow(title, samples))
        return Success(await anyio.to_thread.run_sync(self._store.read_window, key, raised_at))

    def _open_window(self, title: WindowTitle) -> WindowRecord:
        return WindowRecord(title, channels_of(title.key, self._live.snapshot()), self._ring.blocks)
