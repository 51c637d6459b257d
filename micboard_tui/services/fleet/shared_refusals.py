"""Which keys devices refused, for all collectors. Implements ``RefusalMemory``.

A refusal is kept in the file of this computer and in the database, and both are asked: while the database is
away, what this computer saw counts, and is entered when the database is back.
"""

import secrets
from collections import OrderedDict
from typing import NamedTuple

import anyio
import structlog
from anyio import to_thread

from micboard_tui.config.refused_secrets import HELD_S, mark_of
from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.sealed_secrets import RefusedKeyRepository
from micboard_tui.contracts.secrets import RefusalMemory
from micboard_tui.domain.identity import DeviceId

RETRY_S = 2.0
MOST_WAITING = 1000

log = structlog.get_logger(__name__)


class SaltedMark(NamedTuple):
    salt: str
    mark: str


class SharedRefusals:
    def __init__(self, local: RefusalMemory, repository: RefusedKeyRepository) -> None:
        self._local, self._repository = local, repository
        self._waiting: OrderedDict[DeviceId, SaltedMark] = OrderedDict()
        """What the database does not know yet."""
        self._asked_again_at = float("-inf")
        """Until then the database counts as away: each of many sessions would wait for it."""

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        at = await self._local.since(device_id, key)
        return at if at is not None else await self._find_shared(device_id, key)

    async def note(self, device_id: DeviceId, key: str) -> None:
        salt = secrets.token_hex(16)
        mark = await to_thread.run_sync(mark_of, key, salt)
        self._waiting[device_id] = SaltedMark(salt, mark)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        await self._local.note(device_id, key)
        await self._enter_waiting()

    async def run(self) -> None:
        """Enter what could not be entered at once, until this is cancelled."""
        while True:
            await anyio.sleep(RETRY_S)
            if self._waiting:
                await self._enter_waiting()

    async def _enter_waiting(self) -> None:
        for device_id, refused in list(self._waiting.items()):
            try:
                await self._repository.add(device_id, refused.salt, refused.mark, HELD_S)
            except StorageError as error:
                log.warning("refusal_waits", code=error.code.value, reason=error.info.message)
                return
            if self._waiting.get(device_id) == refused:
                del self._waiting[device_id]

    async def _find_shared(self, device_id: DeviceId, key: str) -> float | None:
        if anyio.current_time() < self._asked_again_at:
            return None
        try:
            marks = await self._repository.read_marks(device_id, HELD_S)
        except StorageError as error:
            self._asked_again_at = anyio.current_time() + RETRY_S
            log.warning("refusals_not_read", code=error.code.value, reason=error.info.message)
            return None
        for refused in marks:
            if secrets.compare_digest(await to_thread.run_sync(mark_of, key, refused.salt), refused.mark):
                return refused.at
        return None
