"""Which hub of a site is the active one: a lease in an entry store, which ends by itself.

All hubs try to create the one entry; who did holds the lease, and renews it twice a second by
compare-and-set, so that a loop which stands still for less than two seconds keeps it.
It counts for ``HOLD_S`` after the last renewal that succeeded was *sent*, by a clock that counts through
sleep, and the server keeps the entry for ``LIFETIME_S`` after it came. So a hub that was frozen, or is cut
off, has given it up before another can have it, and knows that in the moment when it wakes.

A server that lost its content has no entry of a lease that still counts. But it cannot have lost it while
a connection to it stood: so a hub takes the lease only when its connection has stood for ``HOLD_S``, by which
time the lease that it may have missed counts no more.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection, EntryChangedError, EntryStore
from micboard_tui.bus.ownership.send_lease import HOLD_S, RENEW_EVERY_S, SendLease
from micboard_tui.bus.ownership.wake import Wake
from micboard_tui.bus.site_stores import open_hub_store
from micboard_tui.bus.wire.subjects import HUB_KEY, Subjects

RENEW_AGAIN_S = 0.25
"""After a renewal that failed."""
TRY_EVERY_S = 0.5
WRITE_TIMEOUT_S = 0.8
LOOK_S = 0.1
"""How late it is noticed that the lease lapsed; what is sent asks each time."""

log = structlog.get_logger(__name__)


class HubLease:
    """Of one hub. ``run`` it; ``is_held`` says whether this hub is the active one at this moment."""

    def __init__(
        self, connection: Connection, subjects: Subjects, holder: str, steady: Callable[[], float]
    ) -> None:
        """``holder``: who we are, another one for each run. ``steady``: seconds, also while we sleep."""
        self._connection, self._subjects, self._steady = connection, subjects, steady
        self._holder = holder.encode()
        self._lease = SendLease(steady)
        self._store: EntryStore | None = None
        self._revision = 0
        self._stands_since = self._not_before = steady()
        self._changed = anyio.Event()
        self._was_held = False
        self._wake = Wake()
        connection.on_change(self._take_change)

    @property
    def is_held(self) -> bool:
        return self._lease.is_valid

    async def wait_held(self) -> None:
        """Until this hub is the active one."""
        await self._wait(is_held=True)

    async def wait_lost(self) -> None:
        """Until it is not any more."""
        await self._wait(is_held=False)

    async def step_down(self, seconds: float) -> None:
        """Give it back, and leave it to others for so long."""
        self._not_before = self._steady() + seconds
        await self._give_back()

    async def run(self) -> NoReturn:
        """Until cancelled: try to have the lease, and keep it. In the end give it back."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch)
                while True:
                    await self._wake.wait(await self._step())
        finally:
            await self._give_back()
        raise AssertionError

    async def _step(self) -> float:
        """Renew it or try to have it; how long to wait then."""
        try:
            with anyio.fail_after(WRITE_TIMEOUT_S):
                if self._lease.is_valid:
                    return await self._renew()
                return await self._try_to_take()
        except (BusError, TimeoutError) as error:
            log.debug("hub_lease_not_written", reason=str(error))
            return RENEW_AGAIN_S

    async def _renew(self) -> float:
        store, sent_at = await self._open(), self._steady()
        try:
            self._revision = await store.update(HUB_KEY, self._holder, self._revision)
        except EntryChangedError:
            entry = await store.get(HUB_KEY)
            if entry is not None and entry.value == self._holder:
                # A renewal arrived whose answer did not.
                self._revision = entry.revision
                return 0.0
            self._lease.end()
            log.warning("hub_lease_lost")
            return TRY_EVERY_S
        self._lease.extend(sent_at)
        return RENEW_EVERY_S

    async def _try_to_take(self) -> float:
        wait_s = max(self._stands_since + HOLD_S, self._not_before) - self._steady()
        if self._connection.lost_since is not None or wait_s > 0:
            return max(wait_s, TRY_EVERY_S)
        store, stood_since = await self._open(), self._stands_since
        entry = await store.get(HUB_KEY)
        if entry is not None and entry.value != self._holder:
            return TRY_EVERY_S
        sent_at = self._steady()
        with suppress(EntryChangedError):
            if entry is None:
                revision = await store.create(HUB_KEY, self._holder)
            else:
                # We created it, and the answer did not come.
                revision = await store.update(HUB_KEY, self._holder, entry.revision)
            if stood_since == self._stands_since:
                self._revision = revision
                self._lease.extend(sent_at)
                return RENEW_EVERY_S
        return TRY_EVERY_S

    async def _open(self) -> EntryStore:
        if self._store is None:
            self._store = await open_hub_store(self._connection, self._subjects)
        return self._store

    async def _give_back(self) -> None:
        was_held = self._lease.is_valid
        self._lease.end()
        self._look()
        if was_held and self._store is not None:
            with anyio.move_on_after(WRITE_TIMEOUT_S, shield=True), suppress(BusError):
                await self._store.delete(HUB_KEY)

    async def _watch(self) -> NoReturn:
        while True:
            self._look()
            await anyio.sleep(LOOK_S)

    def _look(self) -> None:
        self._lease.find_lapse()
        if self._was_held is not self._lease.is_valid:
            self._was_held = self._lease.is_valid
            self._changed.set()
            self._changed = anyio.Event()

    async def _wait(self, *, is_held: bool) -> None:
        while self._lease.is_valid is not is_held:
            await self._changed.wait()

    def _take_change(self) -> None:
        if self._connection.lost_since is None:
            self._stands_since = self._steady()
        self._wake.call()
