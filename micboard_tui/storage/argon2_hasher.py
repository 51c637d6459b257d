"""Hashes of passwords with argon2id: implements ``PasswordHasher``.

Each takes some tenths of a second of a core and 64 MiB, which is what makes guessing dear. They run in a
thread, one at a time, so that many logins at once cost neither memory nor the event loop; more than a few
that wait are sent away.
"""

from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from micboard_tui.contracts.errors import ErrorCode, MicboardError

if TYPE_CHECKING:
    from argon2 import PasswordHasher as Argon2

# RFC 9106, section 4: the second recommended option, for where memory is scarce.
TIME_COST, MEMORY_KIB, PARALLELISM = 3, 64 * 1024, 4
SALT_BYTES, HASH_BYTES = 16, 32
MAX_WAITING = 10
"""So many wait for a few seconds at most."""


def _encode(value: bytes) -> str:
    return b64encode(value).decode().rstrip("=")


class Argon2Hasher:
    """The costs are arguments so that tests are fast."""

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        self._time_cost, self._memory_kib = time_cost, memory_kib
        self.no_password = (
            f"$argon2id$v=19$m={memory_kib},t={time_cost},p={PARALLELISM}"
            f"${_encode(bytes(SALT_BYTES))}${_encode(bytes(HASH_BYTES))}"
        )
        """A hash that no password is known for: to check against it takes as long as against any other."""
        self._lock = anyio.Lock()

    async def hash_password(self, password: str) -> str:
        async with self._turn():
            return await anyio.to_thread.run_sync(self._argon2().hash, password)

    async def check_password(self, password: str, known: str | None) -> bool:
        async with self._turn():
            check = partial(_check, self._argon2(), password, self.no_password if known is None else known)
            return await anyio.to_thread.run_sync(check) and known is not None

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Raises MicboardError TOO_MANY_REQUESTS."""
        if self._lock.statistics().tasks_waiting >= MAX_WAITING:
            raise MicboardError(
                ErrorCode.TOO_MANY_REQUESTS,
                "Too many passwords are being checked",
                hint="Try again in a few seconds",
            )
        async with self._lock:
            yield

    def _argon2(self) -> "Argon2":
        from argon2 import PasswordHasher  # noqa: PLC0415 - few processes need it

        return PasswordHasher(self._time_cost, self._memory_kib, PARALLELISM, HASH_BYTES, SALT_BYTES)


def _check(argon2: "Argon2", password: str, known: str) -> bool:
    from argon2.exceptions import Argon2Error  # noqa: PLC0415 - few processes need it

    try:
        return argon2.verify(known, password)
    except (Argon2Error, ValueError):
        # What is stored and is no hash opens nothing.
        return False
