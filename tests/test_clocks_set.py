"""The clock of the computer of a collector, of the hub and of a board is set while a receiver is read."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.collector import run_collector
from micboard_tui.config.paths import Paths, make_directories, paths_under
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.domain.device import DEFAULT_ZONE
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.hub import run_hub
from micboard_tui.program import Options
from micboard_tui.services.steady_clock import steady_s
from micboard_tui.storage.database import open_database
from tests.fakes.collectors import open_receivers, register
from tests.fakes.links import until
from tests.fakes.memory_bus import MemoryBus

pytestmark = [pytest.mark.integration, pytest.mark.long]

REF = ChannelRef(DeviceId("d0"), 1)
HOUR_S, DAY_S = 3600.0, 86_400.0
LATE_S = 2.0
LOOKED_AT_S, LOOK_S = 2.5, 0.05
RIGHT_S = 30.0
"""So old meters may become, and so far clocks be apart, on a busy machine."""
WRONG_S = 2.0
"""So long values may look as old as the clock was set, until collectors have heard of it; half a second on a
machine that is not busy."""


class SetClock:
    """Seconds since the epoch on a computer whose clock is set."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


class Site:
    def __init__(self) -> None:
        self.bus, self.collector, self.hub, self.board = MemoryBus(), SetClock(), SetClock(), SetClock()
        self.mirror = Mirror(self.bus.connect(), Subjects(), "board", steady_s, self.board)
        self.shown: list[tuple[LinkState, float]] = []
        """The link state of the channel and the age of its meters, each time that the board looked."""

    @property
    def is_right(self) -> bool:
        """Whether the board shows the channel as it is, by the clock of the hub."""
        self.look()
        link, age_s = self.shown[-1]
        is_by_hub = abs(self.mirror.now() - self.hub()) < RIGHT_S
        return link is not LinkState.UNKNOWN and 0 <= age_s < RIGHT_S and is_by_hub

    def look(self) -> None:
        self.mirror.changed_since(0, [REF])
        state = self.mirror.channel(REF)
        age_s = None if state is None else state.age_s(self.mirror.now())
        link = LinkState.UNKNOWN if state is None else state.link_state
        self.shown.append((link, -1.0 if age_s is None else age_s))

    async def look_while(self, clock: SetClock, ahead_s: float) -> Sequence[tuple[LinkState, float]]:
        """Set a clock; what is shown in the time after that."""
        self.shown.clear()
        clock.ahead_s = ahead_s
        end, looked_at, late_s = steady_s() + LOOKED_AT_S, steady_s(), 0.0
        while looked_at < end:
            self.look()
            await asyncio.sleep(LOOK_S)
            late_s, looked_at = max(late_s, steady_s() - looked_at), steady_s()
        # Where this process stood still for seconds, nothing was heard meanwhile.
        assert late_s > LATE_S or LinkState.UNKNOWN not in [link for link, _ in self.shown]
        return self.shown


def paths_of(home: Path) -> Paths:
    paths = paths_under(home)
    make_directories(paths)
    return paths


@asynccontextmanager
async def opened(url: str, home: Path) -> AsyncIterator[Site]:
    async with open_receivers(1, "127.0.29.120") as rack:
        await register(rack, url)
        site, options = Site(), Options(url)
        # So it is seen when the collector has come to know the clock of the hub, and follows it.
        site.collector.ahead_s = -DAY_S
        identity = CollectorIdentity("left", DEFAULT_ZONE, "1.0", "1")
        works = (
            run_hub(
                options,
                paths_of(home / "hub"),
                site.bus.connect(),
                Subjects(),
                name="hub",
                active=lambda _: None,
                wall=site.hub,
            ),
            run_collector(
                options,
                paths_of(home / "left"),
                site.bus.connect(),
                Subjects(),
                identity,
                ready=lambda: None,
                wall=site.collector,
            ),
            site.mirror.run(),
        )
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await until(lambda: site.is_right)
            yield site
        finally:
            for task in reversed(tasks):
                task.cancel()
                await asyncio.wait({task})


async def test_a_clock_that_is_set_is_followed_at_once_and_no_value_is_lost(
    postgres_url: str, tmp_path: Path
) -> None:
    async with opened(postgres_url, tmp_path) as site:
        # None but that of the hub counts.
        for clock, ahead_s in ((site.collector, HOUR_S), (site.collector, -HOUR_S), (site.board, DAY_S)):
            shown = await site.look_while(clock, ahead_s)
            assert [age_s for _, age_s in shown if not 0 <= age_s < RIGHT_S] == []
        for ahead_s in (HOUR_S, -HOUR_S):
            shown = await site.look_while(site.hub, ahead_s)
            wrong = [age_s for _, age_s in shown if not 0 <= age_s < RIGHT_S]
            # Until collectors have heard of it.
            assert len(wrong) * LOOK_S < WRONG_S
            await until(lambda: site.is_right)
    async with open_database(postgres_url) as database:
        (stored,) = await database.devices.query(ALL_DEVICES)
        assert stored.state.last_seen_at is not None
        assert abs(stored.state.last_seen_at - site.hub()) < HOUR_S / 2
