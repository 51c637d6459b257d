"""What Prometheus gets, written at most once a second for each location, however many scrapes come."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

import anyio
import anyio.lowlevel
import anyio.to_thread

from micboard_tui.api.metrics.device_series import add_device
from micboard_tui.api.metrics.families import SeriesLines
from micboard_tui.api.metrics.program_series import add_alarms, add_problems, add_program, add_sessions
from micboard_tui.contracts.services import Services
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import LocationId

MAX_AGE_S = 1.0
DEVICES_AT_ONCE = 25
"""Between so many the event loop gets its turn."""
GZIP_LEVEL = 1

Locations = frozenset[LocationId] | None
"""None: everywhere."""


@dataclass(frozen=True, slots=True)
class ScrapeFormat:
    """How an answer is written."""

    is_openmetrics: bool
    """Else it is the older text format of Prometheus."""
    is_compressed: bool


@dataclass(slots=True)
class _Scrape:
    made_at: float
    lines: SeriesLines
    bodies: dict[ScrapeFormat, bytes]


class Scrapes:
    """``clock`` gives seconds that only grow."""

    def __init__(self, services: Services, clock: Callable[[], float]) -> None:
        self._services, self._clock = services, clock
        self._newest: dict[Locations, _Scrape] = {}
        self._lock = anyio.Lock()

    async def read(self, locations: Locations, wanted: ScrapeFormat) -> bytes:
        """What there is at some locations now, or was less than a second ago."""
        async with self._lock:
            scrape = self._newest.get(locations)
            if scrape is None or self._clock() - scrape.made_at >= MAX_AGE_S:
                scrape = await self._collect(locations)
            if (body := scrape.bodies.get(wanted)) is None:
                body = await anyio.to_thread.run_sync(_encode, scrape.lines, wanted)
                scrape.bodies[wanted] = body
            return body

    async def _collect(self, locations: Locations) -> _Scrape:
        made_at, live, health = self._clock(), self._services.live, self._services.health.snapshot()
        now, findings, judgement = live.now(), live.findings, live.judge(MAX_AGE_S)
        snapshots = [each for each in live.snapshot() if _is_at(each, locations)]
        known = {each.device.id for each in snapshots}
        sessions = [each for each in health.devices if each.device_id in known]
        lines = SeriesLines()
        for number, snapshot in enumerate(snapshots, 1):
            add_device(lines, snapshot, now)
            if number % DEVICES_AT_ONCE == 0:
                await anyio.lowlevel.checkpoint()

        def takes(alarm: Alarm) -> bool:
            key = alarm.key
            return locations is None or key.device_id in known or key.location_id in locations

        add_problems(lines, judgement, known.__contains__)
        add_alarms(lines, findings.alarms, takes)
        add_sessions(lines, sessions)
        add_program(lines, health, now)
        scrape = _Scrape(made_at, lines, {})
        self._newest = {
            each: kept for each, kept in self._newest.items() if made_at - kept.made_at < MAX_AGE_S
        }
        self._newest[locations] = scrape
        return scrape


def _is_at(snapshot: DeviceSnapshot, locations: Locations) -> bool:
    return locations is None or snapshot.device.location_id in locations


def _encode(lines: SeriesLines, wanted: ScrapeFormat) -> bytes:
    body = lines.write(is_openmetrics=wanted.is_openmetrics)
    return gzip.compress(body, GZIP_LEVEL, mtime=0) if wanted.is_compressed else body
