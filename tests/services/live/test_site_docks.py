"""A pack in a charger that another collector reads is docked, and not lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from micboard_tui.bus.finding_reader import FindingReader
from micboard_tui.bus.wire.sign_of_life import HUB
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.services.live.published_site import PublishedSite
from micboard_tui.services.live.site_docks import SiteDocks
from micboard_tui.services.live.site_state import SiteState
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.bus.attached_site import EPOCH_S, running, settle
from tests.bus.fleet_site import DEVICES, REFS, WORN, Collector, Fleet
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

ONE, TWO, CHARGER = DEVICES[:3]
FOUND_S = 5.0
"""Until what one collector heard has come to the other by way of the hub."""
PACK = Transmitter("ULXD2", serial="0A1", name="Ada")
BAY = Bay(3, BayState.CHARGING, "ULXD2", "Ada", "0A1", raw=(("TX_MODEL", "ULXD2"),))


def wear(collector: Collector) -> None:
    """The first channel of the collector has a pack on the air."""
    facts = replace(WORN[ONE.id], transmitter=PACK)
    collector.live.take_observations(ONE.id, [FactsHeard(1, facts), MetersHeard(1, Meters(carrier=True))])


def lose(collector: Collector) -> None:
    """Its carrier is gone, and it said nothing before."""
    collector.live.take_observations(ONE.id, [MetersHeard(1, Meters(carrier=False))])


def charge(collector: Collector, bay: Bay) -> None:
    collector.live.take_observations(
        CHARGER.id, [DeviceHeard(DeviceKind.CHARGER, 0, "SBC220", bay_count=4), BayHeard(bay)]
    )


def link_of(collector: Collector) -> LinkState:
    found = collector.live.channel(REFS[0])
    assert found is not None
    return found.link_state


@asynccontextmanager
async def opened(fleet: Fleet, *collectors: Collector) -> AsyncIterator[SiteState]:
    """With a hub that looks for docked packs, and collectors that read what it finds."""
    fleet.place()
    replica = fleet.board()
    state = SiteState(replica, SteadyClock(lambda: EPOCH_S + loop_time(), loop_time))
    hub = fleet.site.publisher("hub", 1, live=PublishedSite(fleet.record, state), role=HUB)
    readers = [
        FindingReader(collector.connection, Subjects(), "docks", collector.live.take_docks)
        for collector in collectors
    ]
    publishers = [collector.publisher for collector in collectors]
    async with running(hub, replica, SiteDocks(state, replica.publisher_of), *publishers, *readers):
        await settle(3.0)
        yield state


async def test_a_pack_in_the_charger_of_another_collector_is_docked_until_it_is_taken_out() -> None:
    fleet = Fleet()
    first, second = fleet.collector("land-1", ONE, TWO), fleet.collector("land-2", CHARGER, token=2)
    async with opened(fleet, first, second) as state:
        wear(first)
        await settle(1.0)
        lose(first)
        assert link_of(first) is LinkState.RF_LOST
        charge(second, BAY)
        await settle(FOUND_S)
        assert link_of(first) is LinkState.DOCKED
        title = CHARGER.name or CHARGER.host
        assert state.findings.docks == {REFS[0]: Dock(CHARGER.id, title, replace(BAY, raw=()))}
        charge(second, Bay(3, BayState.EMPTY))
        await settle(FOUND_S)
        assert link_of(first) is LinkState.RF_LOST
        assert state.findings.docks == {}


async def test_the_next_hub_goes_on_with_what_the_one_before_had_found() -> None:
    fleet = Fleet()
    first, second = fleet.collector("land-1", ONE, TWO), fleet.collector("land-2", CHARGER, token=2)
    async with opened(fleet, first, second) as state:
        wear(first)
        await settle(1.0)
        first.live.take_observations(ONE.id, [FactsHeard(1, replace(WORN[ONE.id], transmitter=None))])
        lose(first)
        charge(second, replace(BAY, pack_name=None))
        await settle(FOUND_S)
        found = state.findings.docks
        assert list(found) == [REFS[0]]
        # Neither the pack nor its serial number is received any more.
        SiteDocks(state, {ONE.id: "land-1", CHARGER.id: "land-2"}.get).look()  # type: ignore[arg-type] # both are known
        assert state.findings.docks == found
        unknown = LiveState(fleet.site.clock)
        unknown.findings = replace(unknown.findings, docks=found)
        SiteDocks(unknown, lambda _: "").look()
        assert unknown.findings.docks == found


async def test_a_name_that_two_collectors_have_belongs_to_no_channel() -> None:
    fleet = Fleet()
    first, second = fleet.collector("land-1", ONE), fleet.collector("land-2", TWO, CHARGER, token=2)
    async with opened(fleet, first, second) as state:
        wear(first)
        facts = replace(WORN[TWO.id], transmitter=replace(PACK, serial="0A2"))
        second.live.take_observations(TWO.id, [FactsHeard(1, facts)])
        await settle(1.0)
        charge(second, replace(BAY, pack_serial=None))
        await settle(FOUND_S)
        assert state.findings.docks == {}
        charge(second, BAY)
        await settle(FOUND_S)
        assert list(state.findings.docks) == [REFS[0]]


async def test_what_a_collector_finds_itself_is_no_matter_of_the_hub() -> None:
    fleet = Fleet()
    only, other = fleet.collector("land-1", ONE, CHARGER), fleet.collector("land-2", TWO, token=2)
    async with opened(fleet, only, other) as state:
        wear(only)
        lose(only)
        charge(only, BAY)
        assert link_of(only) is LinkState.DOCKED
        await settle(FOUND_S)
        assert state.findings.docks == {}
        # What the hub found before the charger was ours does not count.
        only.live.take_docks({REFS[0]: Dock(CHARGER.id, "other", BAY)})
        charge(only, Bay(3, BayState.EMPTY))
        assert link_of(only) is LinkState.RF_LOST


async def test_with_the_collector_of_the_charger_its_packs_are_not_known_any_more() -> None:
    fleet = Fleet()
    first, second = fleet.collector("land-1", ONE, TWO), fleet.collector("land-2", CHARGER, token=2)
    async with opened(fleet, first, second) as state:
        wear(first)
        await settle(1.0)
        lose(first)
        charge(second, BAY)
        await settle(FOUND_S)
        assert link_of(first) is LinkState.DOCKED
        second.connection.cut()
        await asyncio.sleep(20.0)
        assert state.findings.docks == {}
        assert link_of(first) is LinkState.RF_LOST
