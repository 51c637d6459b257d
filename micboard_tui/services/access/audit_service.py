"""Writes the audit, and reads it. Implements ``AuditContract``.

An entry is stored before the call that it is about is answered. While the database takes nothing, entries
wait in their order and are tried again; when ``MAX_WAITING`` wait, each new one drops the oldest, and how
many were dropped is an entry itself once something can be stored.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.audit import (
    CANCELLED,
    CRASHED,
    DONE,
    MAX_AUDIT_PAGE,
    MAX_AUDIT_TEXT,
    AuditEntry,
    AuditQuery,
    AuditRepository,
)
from micboard_tui.contracts.call_texts import describe_call
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.origin import Origin, current_origin
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.access.call_subject import SubjectFinder
from micboard_tui.services.access.change_texts import describe_changes
from micboard_tui.services.access.guarded_contracts import Answer, ChangingCall
from micboard_tui.services.change_trail import ChangeTrail
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.field_validation import clean_actor

TRY_AGAIN_S = 2.0
MAX_WAITING = 1000
FAREWELL_S = 2.0
"""For the entry of a call that was cancelled, and for what waits when the program ends."""
_NOT_STORED = frozenset(
    {
        ErrorCode.DATABASE_DAMAGED.value,
        ErrorCode.DATABASE_LOCKED.value,
        ErrorCode.DATABASE_ERROR.value,
        ErrorCode.DISK_FULL.value,
    }
)
"""Results of calls after which an entry waits at once: another wait for the database helps no one."""

log = structlog.get_logger(__name__)


class AuditService:
    def __init__(self, repository: AuditRepository, live: LiveContract, clock: WallClock) -> None:
        self._repository, self._clock = repository, clock
        self._subjects = SubjectFinder(live)
        self._waiting: deque[AuditEntry] = deque()
        self._writing = anyio.Lock()
        self._faults = FaultLog(log, "audit_not_stored")
        self._dropped = 0

    async def run(self) -> NoReturn:
        """Until cancelled: try again to store what waits."""
        while True:
            await anyio.sleep(TRY_AGAIN_S)
            await self._write()

    async def close(self) -> None:
        """Store what waits still, if the database takes it at once; what it does not take is logged."""
        with anyio.move_on_after(FAREWELL_S, shield=True):
            await self._write()
        if self._waiting:
            log.error("audit_entries_lost", count=len(self._waiting))

    @translate_errors
    async def list_entries(self, query: AuditQuery) -> ServiceResult[Sequence[AuditEntry]]:
        await self._write()
        limited = replace(query, limit=min(max(1, query.limit), MAX_AUDIT_PAGE))
        return Success(await self._repository.list(limited))

    async def note(self, call: ChangingCall, trail: ChangeTrail, result: str) -> None:
        """Store what became of a call; where that fails it waits."""
        try:
            entry = self._make_entry(call, trail, result)
        except Exception:  # A mistake here must not undo what was done, nor hide that it was.
            log.exception("audit_entry_cut", call=call.title)
            entry = self._make_entry(ChangingCall(call.title, {"actor": call.actor}), ChangeTrail(), result)
        self._take(entry)
        if result not in _NOT_STORED:
            await self._write()

    async def note_end(self, call: ChangingCall, trail: ChangeTrail, *, is_cancelled: bool) -> None:
        """The same for a call that ended without an answer."""
        with anyio.move_on_after(FAREWELL_S, shield=True):
            await self.note(call, trail, CANCELLED if is_cancelled else CRASHED)

    def _make_entry(self, call: ChangingCall, trail: ChangeTrail, result: str) -> AuditEntry:
        events = trail.events
        subject = next((event.subject for event in events if event.subject), None)
        before, after = describe_changes(trail.changes, self._subjects.find_title)
        actor = call.actor or next((event.actor for event in events if event.actor), "")
        return AuditEntry(
            self._clock(),
            clean_actor(actor),
            _clean_origin(current_origin()),
            call.title,
            _clean("; ".join(dict.fromkeys(event.text for event in events)) or describe_call(call.title)),
            _clean(subject or self._subjects.describe(call.title, call.arguments)),
            _clean(before),
            _clean(after),
            result,
        )

    def _take(self, entry: AuditEntry) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append(entry)

    async def _write(self) -> None:
        async with self._writing:
            if not self._waiting:
                return
            entries = [*self._waiting]
            if self._dropped:
                entries.insert(0, self._describe_dropped(entries[0].at))
            try:
                await self._repository.append(entries)
            except StorageError as error:
                self._faults.report(error.info)
                return
            self._faults.clear()
            for _ in range(len(entries) - bool(self._dropped)):
                self._waiting.popleft()
            self._dropped = 0

    def _describe_dropped(self, at: float) -> AuditEntry:
        text = f"{self._dropped} entries could not be stored, and are lost"
        return AuditEntry(at, "", Origin(), "AuditContract", text, result=CRASHED)


def result_of(answer: Answer) -> str:
    """What stands in the entry of a call that was answered."""
    return DONE if answer.success else answer.error.code.value


def _clean(text: str) -> str:
    return visible(text)[:MAX_AUDIT_TEXT]


def _clean_origin(origin: Origin) -> Origin:
    host, terminal, token, address = map(
        clean_actor, (origin.host, origin.terminal, origin.token, origin.address)
    )
    return Origin(origin.front_end, host, terminal, token, address)
