"""Follows an entry store for ever, from the start again after each loss of the connection."""

from collections.abc import Callable
from contextlib import aclosing
from typing import Protocol, cast

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Entry, EntryStore

FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 0.25

log = structlog.get_logger(__name__)


class StoreReader(Protocol):
    """Takes what a watch brings, in this order."""

    def begin(self) -> None: ...

    def take(self, entry: Entry) -> object: ...

    def complete(self) -> None: ...


async def follow_store(store: EntryStore, reader: StoreReader, changed: Callable[[], None]) -> None:
    """Does not return. ``changed`` is called after all that is read at once."""
    wait_s = FIRST_WAIT_S
    while True:
        try:
            reader.begin()
            async with aclosing(cast("_Watch", store.watch())) as entries:
                async for entry in entries:
                    if entry is None:
                        reader.complete()
                        wait_s = FIRST_WAIT_S
                    else:
                        reader.take(entry)
                    changed()
        except BusError as error:
            log.debug("store_not_watched", reason=str(error))
        await anyio.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


class _Watch(Protocol):
    def __aiter__(self) -> "_Watch": ...

    async def __anext__(self) -> Entry | None: ...

    async def aclose(self) -> None: ...
