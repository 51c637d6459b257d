"""Keeps the list of events.

``append`` puts an event into a bounded queue and returns at once; ``run``, the one task that writes, stores
what waits every half a second in one transaction. ``store`` is for what people do: it writes what waits and
then the event, and returns when both are on the disk. While the database takes nothing, events wait and are
tried again; when ``MAX_WAITING`` wait, each new one drops the oldest. How many were dropped is remembered,
and becomes an event itself once something can be stored. ``close`` stores what waits and ends.
"""

from collections import deque
from collections.abc import Sequence
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.device import DeviceQuery, DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError, invalid_value_error
from micboard_tui.contracts.events import EventQuery, EventRepository
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.event import EVENTS_KEPT_S, MAX_EVENT_TEXT, MAX_EVENTS_KEPT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef, channel_label
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.background import finish
from micboard_tui.services.change_trail import note_event
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.fault_log import FaultLog

WRITE_EVERY_S = 0.5
CLEAR_EVERY_S = 3600.0
MAX_WAITING = 5000
"""Some 2 MB of memory."""
BATCH = 500
"""So many are written in one transaction, so that what people do need not wait long for its turn."""

log = structlog.get_logger(__name__)


class EventService:
    """Implements ``EventContract`` and ``EventSink``."""

    def __init__(
        self, repository: EventRepository, devices: DeviceRepository, live: LiveContract, clock: WallClock
    ) -> None:
        self._repository, self._devices, self._live, self._clock = repository, devices, live, clock
        self._waiting: deque[Event] = deque()
        self._writing = anyio.Lock()
        self._clear_at = 0.0
        self._faults = FaultLog(log, "events_not_stored")
        self.dropped = 0
        """How many events could not be kept since something was stored last."""

    def append(self, event: Event) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            if not self.dropped:
                log.warning("events_dropped", waiting=MAX_WAITING)
            self.dropped += 1
        self._waiting.append(event)

    async def store(self, event: Event) -> Event:
        async with self._writing:
            # In their order, but what a person does must not fail because of what happened by itself.
            await self._try_to_write()
            return await self._repository.add_now(event)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(WRITE_EVERY_S)
            async with self._writing:
                await self._try_to_write()
                await self._clear_if_due()

    async def close(self) -> None:
        """Store what waits still."""
        with anyio.CancelScope(shield=True):
            async with self._writing:
                await self._try_to_write()

    @translate_errors
    async def list_events(self, query: EventQuery) -> ServiceResult[Sequence[Event]]:
        async with self._writing:
            await self._try_to_write()
        return Success(await self._repository.list(query))

    @translate_errors
    async def add_marker(
        self, text: str, *, actor: str, channel: ChannelRef | None = None, at: float | None = None
    ) -> ServiceResult[Event]:
        text = visible(" ".join(text.split()))
        if not text or len(text) > MAX_EVENT_TEXT:
            raise invalid_value_error(
                f"A marker has a text of at most {MAX_EVENT_TEXT} characters", "Write a short text"
            )
        now = self._clock()
        if at is not None and at < now - EVENTS_KEPT_S:
            kept = f"{EVENTS_KEPT_S / 86_400:.0f} days"
            raise invalid_value_error(f"Events are kept for {kept} only", "Give a later time")
        marker = Event(
            now if at is None else at,
            EventKind.MARKER,
            text,
            None if channel is None else channel.device_id,
            None if channel is None else channel.number,
            actor,
            subject=None if channel is None else await self._name_channel(channel),
        )
        note_event(marker)
        return Success(await self.store(marker))

    @translate_errors
    async def remove_markers(
        self, numbers: Sequence[int] | None, *, actor: str
    ) -> ServiceResult[Sequence[Event]]:
        if numbers is None:
            newest = await self._repository.find_newest_marker(actor)
            numbers = () if newest is None else (newest,)
        removed = await self._repository.delete_markers(numbers) if numbers else ()
        if not removed:
            raise MicboardError(
                ErrorCode.NOTHING_TO_UNDO,
                "There is no such marker",
                hint="See them: micboard-tui events --kind marker --since 1d --json",
            )
        for marker in removed:
            log.info("marker_removed", number=marker.id, what=marker.text, actor=actor)
        return Success(removed)

    async def _name_channel(self, channel: ChannelRef) -> str | None:
        """As its device is called now; a command holds no sessions, and reads it from the database."""
        device = self._live.device(channel.device_id)
        if device is None:
            known = await self._devices.query(DeviceQuery().only(channel.device_id))
            device = known[0] if known else None
        return None if device is None else channel_label(device.title, channel.number)

    async def _try_to_write(self) -> None:
        """Store what waits; the caller holds the lock. What cannot be stored waits on."""
        if self._waiting or self.dropped:
            # A screen that is cancelled while a thread writes must not have events written twice.
            await finish(self._write_waiting)

    async def _write_waiting(self) -> None:
        try:
            while self._waiting or self.dropped:
                await self._write_batch()
        except StorageError as failure:
            self._faults.report(failure.info)
        else:
            self._faults.clear()

    async def _write_batch(self) -> None:
        dropped = self.dropped
        batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        is_stored = False
        try:
            await self._repository.add([*self._describe_dropped(dropped), *batch])
            is_stored = True
        finally:
            if is_stored:
                self.dropped -= dropped
            else:
                # What came meanwhile is newer; where there is no room for both, the oldest go.
                room = max(0, MAX_WAITING - len(self._waiting))
                kept = batch[len(batch) - min(room, len(batch)) :]
                self.dropped += len(batch) - len(kept)
                self._waiting.extendleft(reversed(kept))

    def _describe_dropped(self, count: int) -> Sequence[Event]:
        if not count:
            return ()
        text = f"{count} events were not stored" if count > 1 else "1 event was not stored"
        details = {"dropped": str(count)}
        return [
            Event(self._clock(), EventKind.PROGRAM, f"{text}: storing was slow or failed", details=details)
        ]

    async def _clear_if_due(self) -> None:
        now = self._clock()
        # The clock may have been set back.
        if now < self._clear_at <= now + CLEAR_EVERY_S:
            return
        self._clear_at = now + CLEAR_EVERY_S
        try:
            await self._repository.delete_old(now - EVENTS_KEPT_S, MAX_EVENTS_KEPT)
        except StorageError as failure:
            self._faults.report(failure.info)
