"""One rack: the place where its implementations are chosen and given to each other."""

import gc
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib import import_module

import anyio
import anyio.to_thread

from micboard_tui.config.paths import Paths
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, PEAK_HOLD_S, Thresholds
from micboard_tui.program import Container, Options
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock

__all__ = ["Container", "LiveAndClock", "Options", "installed_codes", "open_container"]


class LiveAndClock:
    """The live state and its clock, still empty: cheap, so that a screen can be painted before all else."""

    def __init__(self, peak_hold_s: float = PEAK_HOLD_S, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> None:
        self.clock = SteadyClock()
        self.live = LiveState(self.clock, peak_hold_s, thresholds)


@asynccontextmanager
async def open_container(
    options: Options, paths: Paths, live_and_clock: LiveAndClock | None = None
) -> AsyncGenerator[Container]:
    """Open the database and join everything; in the end say goodbye to all devices and close.

    Raises StorageError. The libraries for the database are loaded here, in a thread, since they cost
    more processor time than all the rest of the start.
    """
    with _collector_stopped():
        await anyio.to_thread.run_sync(import_module, "micboard_tui.storage.database")
        from micboard_tui.record import SiteServices, open_record
        from micboard_tui.services.assembly import build_services, build_synchronization
        from micboard_tui.services.health_service import Activity

    now = live_and_clock or LiveAndClock(thresholds=options.thresholds)
    live, clock = now.live, now.clock

    def find_storage_fault() -> ErrorInfo | None:
        database, recorder = record.database, services.recorder
        return database.find_fault() or lease.fault or sessions.saver.error or recorder.state.fault

    async with open_record(options, paths) as record:
        adapters = record.adapters_of(live, clock, find_storage_fault=find_storage_fault)
        lease, background = adapters.lease, record.background
        sessions = build_synchronization(adapters)
        services = build_services(adapters, sessions.service)
        site = SiteServices(record, adapters, services, devices=services.devices, recorder=services.recorder)
        activity = Activity(
            sessions.service.sessions,
            live,
            sessions.saver,
            record.loop,
            clock,
            lambda: services.recorder.state,
            background.find_fault,
        )
        background.start(record.loop.run, "loop monitor")
        background.start(sessions.service.run, "session lease")
        background.start(sessions.link_watch.run, "link events")
        background.start(services.recorder.run, "flight recorder")
        site.start()
        freeze_what_is_loaded()
        try:
            yield site.offer(sessions.service, record.make_health(activity))
        finally:
            background.cancel()
            await sessions.service.stop()
            record.close()
            # A step that is being stored ends before the database is closed.
            await background.end()
            await site.close()
            sessions.link_watch.close()
            await services.recorder.close()
            await adapters.events.close()


def installed_codes() -> Sequence[str]:
    """The codes of all manufacturers whose plugins are installed; loads none."""
    from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry

    return EntryPointRegistry().codes()


@contextmanager
def _collector_stopped() -> Iterator[None]:
    """For loading: what is loaded stays, and looking for garbage in it would take a tenth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@cache
def freeze_what_is_loaded() -> None:
    """Leave what is loaded by now out of all collections.

    It stays to the end, and the collector would walk over all of it now and then, for 60 ms in which nothing
    is received and nothing drawn. Only once in a process: what was garbage when it froze is never freed.
    """
    gc.freeze()
