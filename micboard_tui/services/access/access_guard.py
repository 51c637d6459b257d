"""Decides whether a call that changes something is carried out: the one place where that is decided.

Checked in this order: whether this program only reads, whether the show is locked, whether who acts has
armed control. The right that a method needs is checked before, where it is known who asks: by the API, and by
the server of the bus. Whatever becomes of a call is written to the audit before it is answered.
"""

from collections.abc import Awaitable, Callable

import anyio
import structlog

from micboard_tui.contracts.access_errors import describe_lock, describe_reading_only, describe_unarmed
from micboard_tui.contracts.call_rights import (
    DECIDED_BY_SERVICE,
    NEEDS_ARMED_CONTROL,
    is_kept_by_lock,
    is_kept_by_reading,
)
from micboard_tui.contracts.errors import ErrorInfo, MicboardError
from micboard_tui.contracts.result import Failure
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.services.access.audit_service import AuditService, result_of
from micboard_tui.services.access.guarded_contracts import Answer, ChangingCall
from micboard_tui.services.change_trail import ChangeTrail, collecting

IDLE_WITHOUT_DATA = frozenset(
    {"HandoverContract.take_new", "UserContract.disarm_control", "AccessContract.unlock_show"}
)
"""Methods that are called to be on the safe side, and answer nothing where there was nothing to do."""

log = structlog.get_logger(__name__)


class AccessGuard:
    """Implements ``CallGuard``."""

    def __init__(
        self,
        *,
        is_read_only: bool,
        find_lock: Callable[[], Awaitable[ShowLock | None]],
        is_armed: Callable[[str], bool],
        audit: AuditService,
    ) -> None:
        """``find_lock``: the lock of the show; None: it is not locked. Raises StorageError."""
        self._is_read_only, self._find_lock, self._is_armed = is_read_only, find_lock, is_armed
        self._audit = audit

    async def run(self, call: ChangingCall, work: Callable[[], Awaitable[Answer]]) -> Answer:
        trail = ChangeTrail()
        try:
            with collecting(trail):
                answer = await self._answer(call, work)
        except BaseException as end:
            is_cancelled = isinstance(end, anyio.get_cancelled_exc_class())
            await self._audit.note_end(call, trail, is_cancelled=is_cancelled)
            raise
        if not _did_nothing(call, answer):
            await self._audit.note(call, trail, result_of(answer))
        return answer

    async def _answer(self, call: ChangingCall, work: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            refusal = await self._find_refusal(call)
            if refusal is None:
                return await work()
        except MicboardError as error:
            return Failure.of(error)
        log.info("change_refused", call=call.title, code=refusal.code.value, actor=call.actor)
        return Failure(refusal)

    async def _find_refusal(self, call: ChangingCall) -> ErrorInfo | None:
        title = call.title
        if self._is_read_only and is_kept_by_reading(title):
            return describe_reading_only()
        is_kept = is_kept_by_lock(title)
        # Reading the lock shows it to the services, too, as it is at this moment.
        if (is_kept or title in DECIDED_BY_SERVICE) and (lock := await self._find_lock()) and is_kept:
            return describe_lock(lock)
        if title in NEEDS_ARMED_CONTROL and not self._is_armed(call.actor):
            return describe_unarmed(call.actor)
        return None


def _did_nothing(call: ChangingCall, answer: Answer) -> bool:
    """Whether there was nothing to do, and the answer says so."""
    return answer.success and not answer.data and call.title in IDLE_WITHOUT_DATA
