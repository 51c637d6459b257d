"""Locks the show with a PIN, or unlocks it."""

from micboard_tui.contracts.access import AccessContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices


class ShowLockFlow:
    def __init__(
        self, access: AccessContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._access, self._live = access, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self) -> None:
        """Lock where it is not locked, else unlock."""
        from micboard_tui.tui.screens.pin_dialog import LOCKING, UNLOCKING, PinDialog  # noqa: PLC0415 - seldom shown

        is_locked = self._live.findings.show_lock is not None
        texts, use = (UNLOCKING, self._unlock) if is_locked else (LOCKING, self._lock)
        if await self._ask(PinDialog(texts, use)):
            self._notices.inform(
                "The show is unlocked."
                if is_locked
                else f"The show is locked. {self._notices.key('lock')} unlocks it.",
                BRIEF_S,
            )

    async def _lock(self, pin: str) -> ServiceResult[ShowLock]:
        return await self._access.lock_show(pin, actor=self._operator)

    async def _unlock(self, pin: str) -> ServiceResult[ShowLock | None]:
        return await self._access.unlock_show(pin, actor=self._operator)
