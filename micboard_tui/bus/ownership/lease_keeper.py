"""Keeps the lease of a collector: writes its sign twice a second, and sees those of the others.

A renewal extends the lease only while it is *confirmed* that the records of what we hold are as we know them:
after the connection was lost the server may have another store, or none. So the lease of a collector that did
not look at its records since then ends by itself.
"""

from collections.abc import Callable

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Entry, EntryStore
from micboard_tui.bus.ownership.collector_view import CollectorView
from micboard_tui.bus.ownership.ownership_records import (
    CollectorIdentity,
    CollectorSign,
    CollectorToken,
    write_sign,
)
from micboard_tui.bus.ownership.send_lease import RENEW_EVERY_S, SendLease
from micboard_tui.bus.ownership.wake import Wake

RENEW_TIMEOUT_S = 0.8
SOONEST_S = 0.1
"""Between two signs, however much a newer one is wanted."""
TICK_S = 0.25

log = structlog.get_logger(__name__)


class LeaseKeeper:
    """Reads the store of signs (``begin``, ``take``, ``complete``), and writes our own into it."""

    def __init__(self, identity: CollectorIdentity, steady: Callable[[], float]) -> None:
        self._identity, self._steady = identity, steady
        self._number = 0
        self._wake = Wake()
        self._losses = 0
        self._begun_at_loss = -1
        self._is_complete = False
        self._is_confirmed = False
        self.load = 0
        """Channels of the devices that we hold."""
        self.is_leaving = False
        self.lease = SendLease(steady)
        self.collectors = CollectorView(identity.token, steady)

    @property
    def is_confirmed(self) -> bool:
        return self._is_confirmed

    @property
    def is_complete(self) -> bool:
        """Whether all signs are known, since the connection stands."""
        return self._is_complete

    @property
    def losses(self) -> int:
        """How often the connection was lost."""
        return self._losses

    @property
    def candidates(self) -> frozenset[CollectorToken]:
        """The collectors of our zone, and ourselves, that may get devices."""
        return frozenset(
            token
            for token, sign in self.collectors.signs.items()
            if not sign.is_leaving and self._is_near(sign)
        ) | ({self._identity.token} if not self.is_leaving else set())

    def note_loss(self) -> None:
        """The connection was lost."""
        self._losses += 1
        self._is_complete = self._is_confirmed = False

    def confirm(self) -> None:
        """The records of all that we hold are as we know them."""
        self._is_confirmed = True
        self.hurry()

    def hurry(self) -> None:
        """Write a sign now: something depends on it."""
        self._wake.call()

    async def run(self, store: EntryStore, changed: Callable[[], None]) -> None:
        """Renew for ever."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._tick, changed)
            while True:
                await self._renew(store)
                changed()
                await anyio.sleep(SOONEST_S)
                await self._wake.wait(RENEW_EVERY_S - SOONEST_S)

    async def leave(self, store: EntryStore) -> None:
        """Take our sign away. Raises BusError."""
        await store.delete(self._identity.token)

    def begin(self) -> None:
        self._begun_at_loss = self._losses
        self._is_complete = False
        self.collectors.begin()

    def take(self, entry: Entry) -> None:
        self.collectors.take(entry)

    def complete(self) -> None:
        self.collectors.complete()
        self._is_complete = self._begun_at_loss == self._losses

    async def _renew(self, store: EntryStore) -> None:
        self._number += 1
        sent_at = self._steady()
        self.collectors.note_sent(self._number, sent_at)
        identity = self._identity
        sign = CollectorSign(
            identity.name, identity.zone, identity.version, self._number, self.load, self.is_leaving
        )
        try:
            with anyio.fail_after(RENEW_TIMEOUT_S):
                await store.put(identity.token, write_sign(sign))
        except (BusError, TimeoutError) as error:
            log.debug("lease_not_renewed", reason=str(error))
            return
        if self._is_confirmed:
            self.lease.extend(sent_at)

    async def _tick(self, changed: Callable[[], None]) -> None:
        while True:
            if self.lease.is_overdue and not self._has_rivals:
                self.lease.stay_alone()
            changed()
            await anyio.sleep(TICK_S)

    @property
    def _has_rivals(self) -> bool:
        signs = self.collectors.possible_signs
        return any(token != self._identity.token and self._is_near(signs[token]) for token in signs)

    def _is_near(self, sign: CollectorSign) -> bool:
        return sign.zone == self._identity.zone
