"""Finds another collector of the same name, which none may have beside us.

By its name a collector is called, heard and shown, so two with one name are taken for each other. A sign
that is there proves nothing: after a kill that of our run before lasts for ``LIFETIME_S``. One that is
renewed does. ``find`` looks before we show ourselves; who begins at the same moment is found by
``wait_for_elder``, after which only one of the two has to go.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import anyio

from micboard_tui.bus.connection import BusError, Connection, EntryStore
from micboard_tui.bus.ownership.ownership_records import (
    CollectorIdentity,
    CollectorSign,
    CollectorToken,
    read_sign,
)
from micboard_tui.bus.ownership.send_lease import LIFETIME_S
from micboard_tui.bus.site_stores import open_collector_store
from micboard_tui.bus.wire.subjects import Subjects

WATCH_AGAIN_S = 1.0


class NamesakeGuard:
    def __init__(self, identity: CollectorIdentity, connection: Connection, subjects: Subjects) -> None:
        self._identity, self._connection, self._subjects = identity, connection, subjects
        self._numbers: dict[CollectorToken, int] = {}
        """Of the first sign of each that has our name."""

    async def find(self) -> CollectorSign | None:
        """One that runs already; None: there is none, or the bus does not tell."""
        with suppress(BusError), anyio.move_on_after(LIFETIME_S + WATCH_AGAIN_S):
            store = await open_collector_store(self._connection, self._subjects)
            async with aclosing(self._watch(store)) as found:
                async for renewed in found:
                    if renewed is not None:
                        return renewed[1]
                    if not self._numbers:
                        return None
        return None

    async def wait_for_elder(self) -> CollectorSign:
        """Until another one has our name and is to keep it."""
        store = self._connection.find_store(self._subjects.collector_store)
        while True:
            with suppress(BusError):
                async with aclosing(self._watch(store)) as found:
                    async for renewed in found:
                        if renewed is not None and renewed[0] < self._identity.token:
                            return renewed[1]
            await anyio.sleep(WATCH_AGAIN_S)

    async def _watch(self, store: EntryStore) -> AsyncGenerator[tuple[CollectorToken, CollectorSign] | None]:
        """Renewed signs of others with our name; None when all that were there are known, and one is gone."""
        is_complete = False
        async with aclosing(store.watch()) as entries:  # type: ignore[type-var] # all of them can be closed
            async for entry in entries:
                if entry is None:
                    is_complete = True
                    yield None
                elif (sign := read_sign(entry)) is None or sign.is_leaving:
                    if self._numbers.pop(entry.key, None) is not None and is_complete:
                        yield None
                elif self._is_namesake(entry.key, sign) and self._is_renewed(entry.key, sign.number):
                    yield entry.key, sign

    def _is_namesake(self, token: CollectorToken, sign: CollectorSign) -> bool:
        return sign.name == self._identity.name and token != self._identity.token

    def _is_renewed(self, token: CollectorToken, number: int) -> bool:
        return number > self._numbers.setdefault(token, number)
