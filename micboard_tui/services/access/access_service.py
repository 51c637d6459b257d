"""The lock of the show. Implements ``AccessContract``, and is asked by the guard whether it is locked.

The guard asks the database before each change, since another process may have locked it a moment ago; boards
are shown what the last look found. While the database does not answer, what was known last holds, and where
nothing is known yet, the show counts as locked: the error of the database is the answer.
"""

from dataclasses import replace
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.access import LockRepository, StoredLock
from micboard_tui.contracts.access_errors import describe_early_try, describe_lock, describe_wrong_pin
from micboard_tui.contracts.errors import StorageError, invalid_value_error
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.contracts.users import PasswordHasher
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.show_lock import MAX_PIN, MIN_PIN, ShowLock, is_possible_pin, wait_after
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.field_validation import clean_actor
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.user.control_arming import ControlArming

LOOK_S = 1.0
GUARD_LOOK_S = 2.0
"""So long the guard waits for the database, where something is known; the change itself waits, too."""
_DISARMED = "the show was locked"

log = structlog.get_logger(__name__)


class AccessService:
    def __init__(
        self,
        locks: LockRepository,
        hasher: PasswordHasher,
        arming: ControlArming,
        live: LiveSite,
        events: EventSink,
        clock: WallClock,
    ) -> None:
        self._locks, self._hasher, self._arming = locks, hasher, arming
        self._live, self._events, self._clock = live, events, clock
        self._is_known = False
        self._faults = FaultLog(log, "show_lock_not_read")

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled: take up what other processes lock and unlock."""
        await self._faults.repeat(self.look, interval_s)

    async def look(self) -> None:
        """Read the lock, and show it. Raises StorageError."""
        stored = await self._locks.find()
        await self._take(None if stored is None else stored.lock)

    async def find_for_guard(self) -> ShowLock | None:
        """The lock as it is now. Raises StorageError where it cannot be read and never was."""
        try:
            with anyio.move_on_after(GUARD_LOOK_S if self._is_known else float("inf")):
                await self.look()
        except StorageError as error:
            if not self._is_known:
                raise
            self._faults.report(error.info)
        return self._live.findings.show_lock

    @translate_errors
    async def find_lock(self) -> ServiceResult[ShowLock | None]:
        await self.look()
        return Success(self._live.findings.show_lock)

    @translate_errors
    async def lock_show(self, pin: str, *, actor: str) -> ServiceResult[ShowLock]:
        if not is_possible_pin(pin):
            raise invalid_value_error("This cannot be a PIN", f"Give {MIN_PIN} to {MAX_PIN} digits")
        lock = ShowLock(clean_actor(actor), self._clock())
        stored = StoredLock(lock, await self._hasher.hash_password(pin))
        if (present := await self._locks.add(stored)) is not None:
            return Failure(describe_lock(present.lock))
        await self._store_event("Show locked", actor, "locked")
        await self._take(lock)
        return Success(lock)

    @translate_errors
    async def unlock_show(self, pin: str, *, actor: str) -> ServiceResult[ShowLock | None]:
        counted = await self._locks.count_try()
        if counted is None:
            await self._take(None)
            return Success(None)
        if counted.wait_s:
            return Failure(describe_early_try(counted.wait_s))
        stored = counted.stored
        if not await self._hasher.check_password(pin, stored.pin_hash) or not is_possible_pin(pin):
            await self._store_event("Show not unlocked: the PIN was wrong", actor, "refused")
            return Failure(describe_wrong_pin(wait_after(counted.failures)))
        await self._locks.remove(stored.pin_hash)
        await self._store_event("Show unlocked", actor, "unlocked")
        await self.look()
        return Success(stored.lock)

    async def _take(self, lock: ShowLock | None) -> None:
        self._is_known = True
        if lock == self._live.findings.show_lock:
            return
        self._live.findings = replace(self._live.findings, show_lock=lock)
        log.info("show_lock_changed", locked_by=None if lock is None else lock.locked_by)
        if lock is not None:
            await self._arming.disarm_all(_DISARMED)

    async def _store_event(self, text: str, actor: str, outcome: str) -> None:
        event = Event(
            self._clock(), EventKind.STEP, text, actor=clean_actor(actor), details={"lock": outcome}
        )
        await store_act(self._events, event)
