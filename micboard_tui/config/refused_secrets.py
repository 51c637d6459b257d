"""Which password or key a device refused last, so that no program of ours tries it again by itself.

Wrong tries lock the accounts of some devices (docs/reference/protocols/sennheiser.md 6.1), and a poll that
a timer starts
would try for ever. The file holds no secret: only what a slow hash makes of it, for this user only.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from anyio import to_thread

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError
from micboard_tui.domain.identity import DeviceId

HELD_S = 24 * 3600.0
"""A refusal counts for this long; the device may have been given the refused password since."""
_COST, _BLOCK = 2**14, 8

log = structlog.get_logger(__name__)


class RefusedKeys:
    """Implements ``RefusalMemory``. A file that cannot be read or written is as good as none."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        return await to_thread.run_sync(self._find, device_id, key)

    async def note(self, device_id: DeviceId, key: str) -> None:
        await to_thread.run_sync(self._write, device_id, key)

    def _find(self, device_id: DeviceId, key: str) -> float | None:
        entry = self._entries().get(device_id)
        if entry is None:
            return None
        salt, mark = str(entry.get("salt")), str(entry.get("mark"))
        at = self._time_of(entry)
        return at if at is not None and hmac.compare_digest(mark_of(key, salt), mark) else None

    def _write(self, device_id: DeviceId, key: str) -> None:
        salt = secrets.token_hex(16)
        kept = {name: entry for name, entry in self._entries().items() if self._time_of(entry) is not None}
        kept[device_id] = {"salt": salt, "mark": mark_of(key, salt), "at": self._clock()}
        try:
            write_new(self._file, json.dumps(kept, indent=2) + "\n", force=True)
        except ConfigError as error:
            log.warning("refusal_not_kept", reason=str(error))

    def _time_of(self, entry: Mapping[str, object]) -> float | None:
        """When it was; None when that is too long ago, or in a time that has not come."""
        at = entry.get("at")
        is_told = isinstance(at, int | float) and 0 <= self._clock() - at < HELD_S
        return float(at) if is_told and isinstance(at, int | float) else None

    def _entries(self) -> dict[str, Mapping[str, object]]:
        try:
            content = json.loads(read_small(self._file))
        except (OSError, ValueError, RecursionError):
            return {}
        entries = content.items() if isinstance(content, dict) else ()
        return {name: entry for name, entry in entries if isinstance(entry, dict)}


def mark_of(key: str, salt: str) -> str:
    """What stands for a key, alike on every computer. Takes a thirtieth of a second, on purpose."""
    return hashlib.scrypt(key.encode(), salt=salt.encode(), n=_COST, r=_BLOCK, p=1).hex()
