"""Keeps the line check up to date from the live state: implements ``LineCheckContract``.

``run`` looks every ``LOOK_S`` at all channels while a check is on, and stores it when something new was seen.
It is read with each look, since commands start and tick it, too; who stores it must have read what is stored.
Where no device is live, as in a command, nothing is looked at. When the clock was set, the start of the check
moves with it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError, invalid_value_error
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.line_check import LineCheckRepository
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.line_check import (
    LineCheck,
    last_tick,
    lines_to_check,
    shift_check,
    tick_by_hand,
    untick,
    watch_lines,
)
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.steady_clock import ClockJumps

LOOK_S = 1.0
WATCHED_FOR_S = 12 * 3600.0
"""A check that is older is of another day: nothing ticks it any more."""

TRIES = 5
"""Times that a change is made anew, since another program was faster."""

log = structlog.get_logger(__name__)


class LineCheckService:
    def __init__(
        self,
        live: LiveSite,
        checks: LineCheckRepository,
        events: EventSink,
        steady_s: Callable[[], float],
    ) -> None:
        """``steady_s``: seconds that only grow, also while ``live.now`` is set."""
        self._live, self._checks, self._events = live, checks, events
        self._jumps = ClockJumps(live.now, steady_s)
        self._is_read = False
        self._stored: LineCheck | None = None
        self._ended: LineCheck | None = None
        """The check that was ended here last, while none was started since."""
        self._faults = FaultLog(log, "line_check_not_stored")
        self._lock = anyio.Lock()

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled."""
        await self._faults.repeat(self.look, interval_s)

    async def look(self) -> None:
        """Tick what is seen now. Raises StorageError."""
        async with self._lock:
            if not (devices := self._live.snapshot()):
                return
            if self._is_read:
                with suppress(StorageError):  # What is seen is ticked all the same.
                    await self._read()
            else:
                await self._read()
            # Also without a check: one that is started later begins by the clock as it is now.
            jump_s = self._jumps.take()
            check, now = self._live.findings.line_check, self._live.now()
            if check is None:
                return
            check = shift_check(check, jump_s) if jump_s else check
            if now - check.started_at < WATCHED_FOR_S:
                check = watch_lines(check, lines_to_check(devices), now)
            self._show(check)
            await self._store()

    @translate_errors
    async def get_check(self) -> ServiceResult[LineCheck | None]:
        async with self._lock:
            await self._read()
        return Success(self._live.findings.line_check)

    @translate_errors
    async def start(self, *, actor: str) -> ServiceResult[LineCheck]:
        async with self._lock:
            self._jumps.take()
            check = await self._change(lambda _: LineCheck(self._live.now(), actor))
            self._ended = None
        await store_act(
            self._events, Event(check.started_at, EventKind.STEP, "Line check started", actor=actor)
        )
        return Success(check)

    @translate_errors
    async def end(self, *, actor: str) -> ServiceResult[LineCheck]:
        before_end: LineCheck | None = None

        def forget(before: LineCheck | None) -> None:
            nonlocal before_end
            before_end = _require(before)

        async with self._lock:
            await self._replace(forget)
            self._ended = ended = _require(before_end)
        text = f"Line check ended, {sum(line.is_checked for line in ended.lines.values())} lines good"
        await store_act(self._events, Event(self._live.now(), EventKind.STEP, text, actor=actor))
        return Success(ended)

    @translate_errors
    async def tick(self, channels: Sequence[ChannelRef], *, actor: str) -> ServiceResult[LineCheck]:
        async with self._lock:
            now = self._live.now()
            check = await self._change(lambda before: tick_by_hand(_require(before), channels, actor, now))
        return Success(check)

    @translate_errors
    async def untick(self, channels: Sequence[ChannelRef], *, actor: str) -> ServiceResult[LineCheck]:
        async with self._lock:
            check = await self._change(lambda before: untick(_require(before), channels))
        log.info("line_check_unticked", actor=actor, channels=len(channels))
        return Success(check)

    @translate_errors
    async def undo(self, *, actor: str) -> ServiceResult[Sequence[ChannelRef]]:
        refs: Sequence[ChannelRef] = ()

        def take_back(before: LineCheck | None) -> LineCheck:
            nonlocal refs
            if before is None and self._ended is not None:
                return self._ended
            check = _require(before)
            if not (refs := last_tick(check)):
                raise MicboardError(
                    ErrorCode.NOTHING_TO_UNDO,
                    "No line was ticked by hand",
                    hint="What was seen stays seen; start the check anew for that",
                )
            return untick(check, refs)

        async with self._lock:
            await self._change(take_back)
            self._ended = None
        log.info("line_check_unticked", actor=actor, channels=len(refs))
        return Success(refs)

    async def _read(self) -> None:
        """Take what another program has stored since. Raises StorageError."""
        stored = await self._checks.get()
        if not self._is_read or stored != self._stored:
            self._is_read, self._stored = True, stored
            self._show(stored)

    async def _change(self, make: Callable[[LineCheck | None], LineCheck]) -> LineCheck:
        """What a person does is stored before it is shown."""
        return _require(await self._replace(make))

    async def _replace(self, make: Callable[[LineCheck | None], LineCheck | None]) -> LineCheck | None:
        for _ in range(TRIES):
            await self._read()
            check = make(self._live.findings.line_check)
            if await self._checks.keep(check, before=self._stored):
                self._stored = check
                self._show(check)
                return check
        raise MicboardError(
            ErrorCode.CHANGED_SINCE, "Another program changes the line check", hint="Try it again"
        )

    async def _store(self) -> None:
        """Where another program was faster, its check is taken with the next look."""
        check = self._live.findings.line_check
        is_new = check is not None and check is not self._stored
        if check is not None and is_new and await self._checks.keep(check, before=self._stored):
            self._stored = check

    def _show(self, check: LineCheck | None) -> None:
        findings = self._live.findings
        if check is not findings.line_check:
            self._live.findings = replace(findings, line_check=check)


def _require(check: LineCheck | None) -> LineCheck:
    if check is None:
        raise invalid_value_error("No line check is on", "Start one first:  micboard-tui line-check start")
    return check
