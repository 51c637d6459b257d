"""Which devices of its zone a collector holds, by agreement with the other collectors over the bus.

Two entry stores. *Signs*: each collector writes two a second, which ends by itself after three
(``lease_keeper``). *Owners*: one record a device, kept, written by compare-and-set only: who holds it, or to
whom it was given.

A device is sent to only while it is held **and** the lease is valid (``send_lease``), which a collector gives
up 0.6 s before any other may take its devices. Its records are then void for itself, too: it takes them anew,
by another compare-and-set, so that a rival that decided on the former revision fails. With each look:

1. Lapsed: everything is let go, without goodbye, since others may have it.
2. The connection was lost and is back: both stores are read anew, then what we hold is *confirmed*: a record
   that is still ours goes on, one that a rival changed is let go, one that is missing is written again.
3. A renewed lease: devices without a living owner are taken (``take_over``), what is not ours to hold is
   given back, and when the zone was quiet for a while the most loaded collector gives some to the least
   loaded one (``rebalance``): goodbye to the device, and the record afterwards. When that cannot be written
   the record before it still names us, and the device is taken anew.

The one exception: a collector that saw no other in its zone keeps its devices while the bus is away. One that
comes meanwhile, and has the bus, takes them after its wait; it cannot know whether the first one is alive.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import anyio
import structlog
from anyio.abc import TaskGroup

from micboard_tui.bus.connection import BusError, Connection, EntryChangedError
from micboard_tui.bus.ownership.holdings import Hold, Holdings
from micboard_tui.bus.ownership.lease_keeper import TICK_S, LeaseKeeper
from micboard_tui.bus.ownership.load_balance import load_of
from micboard_tui.bus.ownership.owner_records import OwnerRecords
from micboard_tui.bus.ownership.owner_view import OwnerView
from micboard_tui.bus.ownership.ownership_records import (
    FREE,
    CollectorIdentity,
    CollectorSign,
    CollectorToken,
)
from micboard_tui.bus.ownership.rebalance import Rebalance
from micboard_tui.bus.ownership.store_watch import follow_store
from micboard_tui.bus.ownership.take_over import TakeOver
from micboard_tui.bus.ownership.wake import Wake
from micboard_tui.bus.site_stores import open_collector_store, open_owner_store
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.identity import DeviceId

OPEN_AGAIN_S = 1.0
RELEASES_AT_ONCE = 32
RELEASE_LIMIT_S = 5.0
"""A session that is not closed by then stays with us."""
RELEASE_AGAIN_S = 10.0
ACT_PAUSE_S = 0.02
"""Changes that come one upon the other are looked at together."""

log = structlog.get_logger(__name__)


class DeviceOwnership:
    def __init__(
        self,
        identity: CollectorIdentity,
        connection: Connection,
        subjects: Subjects,
        release: Callable[[DeviceId], Awaitable[None]],
        *,
        steady: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        """``release`` says goodbye to a device and returns when its session is closed; it raises nothing.

        It is cancelled when it takes too long, and when the device is not ours any more.

        ``steady`` counts seconds through the machine's sleep, ``wall`` those since 1970.
        """
        self._own = identity.token
        self._connection, self._subjects, self._release, self._steady = connection, subjects, release, steady
        self._signs = connection.find_store(subjects.collector_store)
        self._keeper = LeaseKeeper(identity, steady)
        self.holdings = self._holdings = Holdings(self._keeper.lease)
        view = OwnerView(steady, wall)
        self._records = OwnerRecords(
            connection.find_store(subjects.owner_store), view, self._check_hold, lambda: self._keeper.losses
        )
        self._take_over = TakeOver(self._own, view, self._keeper.collectors, steady)
        self._rebalance = Rebalance(self._own, steady)
        self._known = self._keeper.candidates, False
        """The collectors of the zone, and whether our lease is renewed, at the last look at the signs."""
        self._devices: Mapping[DeviceId, int] = {}
        self._busy: set[DeviceId] = set()
        self._release_from: dict[DeviceId, float] = {}
        self._release_scopes: dict[DeviceId, anyio.CancelScope] = {}
        self._releases = anyio.CapacityLimiter(RELEASES_AT_ONCE)
        self._wake = Wake()
        self._end, self._ended = anyio.Event(), anyio.Event()
        self._holdings.on_change(self._end_releases)
        connection.on_change(self._take_connection_change)

    # What others ask.

    @property
    def owned(self) -> Mapping[DeviceId, int]:
        """The devices with which this collector is to have a session, and the fencing token of each."""
        return self._holdings.owned

    def may_send(self, device_id: DeviceId) -> bool:
        """Whether something may be sent to a device at this moment; to be asked before every send."""
        return self._holdings.may_send(device_id)

    def on_change(self, call: Callable[[], None]) -> None:
        """Call this whenever ``owned`` changed. It must not wait.

        A session with a device that is no longer in it, and is not being released, is to be closed at once,
        without goodbye.
        """
        self._holdings.on_change(call)

    @property
    def collectors(self) -> Mapping[CollectorToken, CollectorSign]:
        """All that are alive, of every zone, as far as this one knows."""
        return self._keeper.collectors.signs

    @property
    def holders(self) -> Mapping[DeviceId, CollectorToken]:
        """By whom each device is held, as far as this one knows; those that are free are missing."""
        entries = self._records.entries
        return {found: entry.holder for found, entry in entries.items() if entry.holder != FREE}

    def set_devices(self, channels: Mapping[DeviceId, int]) -> None:
        """All devices of the zone, and how many channels each has."""
        self._devices = dict(channels)
        self._wake.call()

    # How it runs.

    async def run(self) -> None:
        """Until ``leave`` is done. Raises nothing; a bus that is not there is sought for ever."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._work)
                await self._end.wait()
                group.cancel_scope.cancel()
            await self._remove_sign()
        finally:
            self._keeper.lease.end()
            self._holdings.drop_lapsed()
            self._ended.set()

    async def leave(self) -> None:
        """Say goodbye to all devices, give them to the other collectors, and have ``run`` end."""
        self._keeper.is_leaving = True
        self._keeper.hurry()
        # What is being taken while the first are given is given in the second round.
        for _ in range(2):
            async with anyio.create_task_group() as group:
                for device_id in self._holdings.devices - self._busy:
                    self._begin(group, device_id, partial(self._give, device_id, FREE))
            while self._busy:
                await self._wake.wait(TICK_S)
        self._end.set()
        await self._ended.wait()

    async def _work(self) -> None:
        await self._open_stores()
        async with anyio.create_task_group() as group:
            group.start_soon(follow_store, self._signs, self._keeper, self._look_at_signs)
            group.start_soon(follow_store, self._records.store, self._records, self._look)
            group.start_soon(self._keeper.run, self._signs, self._look_at_signs)
            while True:
                if self._is_known and not self._keeper.is_confirmed:
                    await self._confirm()
                self._act(group)
                await anyio.sleep(ACT_PAUSE_S)
                await self._wake.wait(TICK_S)

    async def _open_stores(self) -> None:
        while True:
            try:
                await open_collector_store(self._connection, self._subjects)
                await open_owner_store(self._connection, self._subjects)
            except BusError as error:
                log.info("ownership_not_opened", reason=str(error))
                await anyio.sleep(OPEN_AGAIN_S)
            else:
                return

    async def _remove_sign(self) -> None:
        try:
            await self._keeper.leave(self._signs)
        except BusError as error:
            log.debug("sign_not_removed", reason=str(error))

    def _look(self) -> None:
        self._drop_lapsed()
        self._wake.call()

    def _drop_lapsed(self) -> None:
        if self._holdings.drop_lapsed():
            log.warning("lease_lapsed")

    def _look_at_signs(self) -> None:
        """Most of them are renewals, which change nothing."""
        self._drop_lapsed()
        known = self._keeper.candidates, self._keeper.lease.is_renewed
        if known != self._known or not self._keeper.is_confirmed or self._take_over.needs_fresh_view:
            self._known = known
            self._wake.call()

    def _take_connection_change(self) -> None:
        if self._connection.lost_since is not None:
            self._keeper.note_loss()
        self._keeper.hurry()
        self._wake.call()

    @property
    def _is_known(self) -> bool:
        return self._keeper.is_complete and self._records.is_complete

    def _check_hold(self, device_id: DeviceId) -> None:
        """A record has changed: what another one holds is not ours, however that came."""
        self._look()
        hold, entry = self._holdings.find(device_id), self._records.entries.get(device_id)
        if hold is None or (entry is not None and entry.revision <= hold.revision):
            return
        if entry is None or entry.holder != self._own:
            log.warning("device_lost", device=device_id)
            self._holdings.let_go(device_id)

    # After the connection was lost.

    async def _confirm(self) -> None:
        losses = self._keeper.losses
        failed: list[DeviceId] = []
        async with anyio.create_task_group() as group:
            for device_id in tuple(self._holdings.devices):
                group.start_soon(self._confirm_device, device_id, failed)
        if not failed and losses == self._keeper.losses and self._is_known:
            self._keeper.confirm()

    async def _confirm_device(self, device_id: DeviceId, failed: list[DeviceId]) -> None:
        hold, entry = self._holdings.find(device_id), self._records.entries.get(device_id)
        is_renewed = self._keeper.lease.is_renewed
        if hold is None or (entry is not None and is_renewed and hold.is_by(entry, self._own)):
            return
        if entry is not None and entry.holder not in {FREE, self._own}:
            self._holdings.let_go(device_id)
        elif not is_renewed and not self._records.is_settled(device_id):
            # We were alone, and the store lost what another may have written since.
            failed.append(device_id)
        elif not await self._write_anew(device_id, hold, None if entry is None else entry.revision):
            failed.append(device_id)

    async def _write_anew(self, device_id: DeviceId, hold: Hold, revision: int | None) -> bool:
        """Whether it is known afterwards who holds the device."""
        try:
            written = await self._records.write(device_id, revision, self._own)
        except EntryChangedError:
            self._holdings.let_go(device_id)
        except BusError:
            return False
        else:
            if written is not None and self._holdings.find(device_id) == hold:
                self._holdings.hold(device_id, written, hold.generation)
        return True

    # What is taken and given.

    def _act(self, group: TaskGroup) -> None:
        self._look_for_load()
        if not self._is_known or self._keeper.is_leaving or not self._keeper.lease.is_renewed:
            return
        held = self._holdings.devices | self._busy
        for device_id in self._take_over.choose(self._devices, self._keeper.candidates, held):
            self._begin(group, device_id, partial(self._take, device_id))
        if self._take_over.needs_fresh_view:
            self._keeper.hurry()
        self._give_back(group)
        movable = self._holdings.devices - self._busy
        for move in self._rebalance.choose(
            self._devices, self._keeper.candidates, self.holders, movable if not self._busy else ()
        ):
            self._begin(group, move.device_id, partial(self._give, *move))

    def _look_for_load(self) -> None:
        owned = self._holdings.owned
        self._keeper.load = sum(load_of(self._devices.get(device_id, 0)) for device_id in owned)

    def _give_back(self, group: TaskGroup) -> None:
        """What is no longer a device of our zone, or is ours by a record only."""
        now = self._steady()
        for device_id in self._holdings.devices - self._devices.keys() - self._busy:
            if now >= self._release_from.pop(device_id, now):
                self._begin(group, device_id, partial(self._give, device_id, FREE))
        for device_id, entry in self._records.entries.items():
            is_unwanted = device_id not in self._devices and entry.holder == self._own
            if is_unwanted and device_id not in self._busy and self._holdings.find(device_id) is None:
                self._begin(group, device_id, partial(self._free, device_id, entry.revision))

    def _begin(self, group: TaskGroup, device_id: DeviceId, change: Callable[[], Awaitable[None]]) -> None:
        self._busy.add(device_id)
        group.start_soon(self._change, device_id, change)

    async def _change(self, device_id: DeviceId, change: Callable[[], Awaitable[None]]) -> None:
        """One change at a time of a device."""
        try:
            await change()
        except BusError as error:
            # The record is as it was, or as another one wrote it: the next look goes on from there.
            log.debug("owner_not_written", device=device_id, reason=str(error))
        finally:
            self._busy.discard(device_id)
            self._wake.call()

    async def _take(self, device_id: DeviceId) -> None:
        generation = self._keeper.lease.find_lapse()
        entry = self._records.entries.get(device_id)
        written = await self._records.write(device_id, None if entry is None else entry.revision, self._own)
        if written is not None:
            self._holdings.hold(device_id, written, generation)

    async def _give(self, device_id: DeviceId, successor: CollectorToken) -> None:
        async with self._releases:
            if self._holdings.find(device_id) is None:
                return
            self._holdings.begin_leaving(device_id)
            try:
                if await self._close_session(device_id) and (hold := self._holdings.let_go(device_id)):
                    await self._records.write(device_id, hold.revision, FREE, successor)
            finally:
                self._holdings.end_leaving(device_id)

    async def _close_session(self, device_id: DeviceId) -> bool:
        with anyio.move_on_after(RELEASE_LIMIT_S) as scope:
            self._release_scopes[device_id] = scope
            try:
                await self._release(device_id)
            finally:
                del self._release_scopes[device_id]
        if scope.cancelled_caught and self._holdings.find(device_id):
            log.warning("session_not_closed", device=device_id)
            self._release_from[device_id] = self._steady() + RELEASE_AGAIN_S
        return not scope.cancelled_caught

    def _end_releases(self) -> None:
        """Without a lease there is no goodbye, and no time for one."""
        for device_id, scope in self._release_scopes.items():
            if self._holdings.find(device_id) is None:
                scope.cancel()

    async def _free(self, device_id: DeviceId, revision: int) -> None:
        await self._records.write(device_id, revision, FREE)
