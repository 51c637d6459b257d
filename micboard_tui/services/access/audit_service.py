"""Writes the audit, and reads it. Implements ``AuditContract``.

An entry is stored before the call that it is about is answered. While the database takes nothing, entries
wait in their order and are tried again; when ``MAX_WAITING`` wait, each new one drops the oldest, and how
many were dropped is an entry itself once something can be stored. Refusals that come again and again are
counted together (``repeated_refusals``).
"""

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn, TypeAlias

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
from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.origin import Origin, current_origin
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.storage_cures import STORAGE_CODES
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.access.call_subject import SubjectFinder
from micboard_tui.services.access.change_texts import describe_changes
from micboard_tui.services.access.guarded_contracts import Answer, ChangingCall
from micboard_tui.services.access.repeated_refusals import RepeatedRefusals
from micboard_tui.services.change_trail import ChangeTrail
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.field_validation import clean_actor

TRY_AGAIN_S = 2.0
MAX_WAITING = 1000
FAREWELL_S = 2.0
"""For the entry of a call that was cancelled, and for what waits when the program ends."""
MAX_LOGGED = 100
"""So many entries that are lost stand in the log, one a line."""
FindTitles: TypeAlias = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""What is stored of the names of devices, performers and locations, by their ids."""

log = structlog.get_logger(__name__)


class AuditService:
    def __init__(
        self, repository: AuditRepository, live: LiveContract, clock: WallClock, find_titles: FindTitles
    ) -> None:
        self._repository, self._live, self._clock = repository, live, clock
        self._find_titles = find_titles
        self._refusals = RepeatedRefusals()
        self._waiting: deque[AuditEntry] = deque()
        self._writing = anyio.Lock()
        self._faults = FaultLog(log, "audit_not_stored")
        self._dropped = 0

    async def run(self) -> NoReturn:
        """Until cancelled: try again to store what waits."""
        while True:
            await anyio.sleep(TRY_AGAIN_S)
            self._take(*self._refusals.end_old(self._clock()))
            await self._write()

    async def close(self) -> None:
        """Store what waits still, if the database takes it at once; what it does not take is logged.

        It is kept nowhere else: entries in a file beside the database would be outside the chain, where more
        of them could be written by anyone.
        """
        self._take(*self._refusals.end_all())
        with anyio.move_on_after(FAREWELL_S, shield=True):
            await self._write()
        if self._waiting:
            log.error("audit_entries_lost", count=len(self._waiting))
            for entry in [*self._waiting][-MAX_LOGGED:]:
                log.error(
                    "audit_entry_lost",
                    at=entry.at,
                    actor=entry.actor,
                    call=entry.call,
                    what=entry.text,
                    about=entry.subject,
                    result=entry.result,
                )

    @translate_errors
    async def list_entries(self, query: AuditQuery) -> ServiceResult[Sequence[AuditEntry]]:
        await self._write()
        limited = replace(query, limit=min(max(1, query.limit), MAX_AUDIT_PAGE))
        return Success(await self._repository.list(limited))

    async def note(self, call: ChangingCall, trail: ChangeTrail, result: str) -> None:
        """Store what became of a call; where that fails it waits."""
        is_away = result in STORAGE_CODES
        try:
            entry = await self._make_named_entry(call, trail, result, look_up=not is_away)
        except Exception:  # A mistake here must not undo what was done, nor hide that it was.
            log.exception("audit_entry_cut", call=call.title)
            cut = ChangingCall(call.title, {"actor": call.actor})
            entry = self._make_entry(cut, ChangeTrail(), result, SubjectFinder(self._live, {}))
        self._take(*self._refusals.take(entry))
        # Where the call failed for the database, another wait for it helps no one.
        if not is_away:
            await self._write()

    async def note_end(self, call: ChangingCall, trail: ChangeTrail, *, is_cancelled: bool) -> None:
        """The same for a call that ended without an answer."""
        with anyio.move_on_after(FAREWELL_S, shield=True):
            await self.note(call, trail, CANCELLED if is_cancelled else CRASHED)

    async def _make_named_entry(
        self, call: ChangingCall, trail: ChangeTrail, result: str, *, look_up: bool
    ) -> AuditEntry:
        """With the names that only the database knows."""
        subjects = SubjectFinder(self._live, {})
        entry = self._make_entry(call, trail, result, subjects)
        if not subjects.unknown or not look_up:
            return entry
        stored = await self._find_titles(subjects.unknown)
        return self._make_entry(call, trail, result, SubjectFinder(self._live, stored)) if stored else entry

    def _make_entry(
        self, call: ChangingCall, trail: ChangeTrail, result: str, subjects: SubjectFinder
    ) -> AuditEntry:
        events = trail.events
        subject = next((event.subject for event in events if event.subject), None)
        before, after = describe_changes(trail.changes, subjects.find_title)
        actor = call.actor or next((event.actor for event in events if event.actor), "")
        return AuditEntry(
            self._clock(),
            clean_actor(actor),
            _clean_origin(current_origin()),
            call.title,
            _clean("; ".join(dict.fromkeys(event.text for event in events)) or describe_call(call.title)),
            _clean(subject or subjects.describe(call.title, call.arguments)),
            _clean(before),
            _clean(after),
            result,
        )

    def _take(self, *entries: AuditEntry) -> None:
        for entry in entries:
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
