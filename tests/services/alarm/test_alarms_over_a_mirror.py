"""Alarms of a site whose devices are judged by programs elsewhere: each is raised once, as on one rack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.assembly import Adapters, ServiceSet, build_services
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.live.site_state import SiteState
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.bus.attached_site import Attached, attached, settle
from tests.fakes.plugins import Plugins, Rack, manufacturer
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import FakeSessions, fake_adapters, in_memory
from tests.fakes.virtual_time import loop_time
from tests.services.stage import HEARD, LOST, LOUD, ON, RACK

pytestmark = pytest.mark.virtual_time

KEY = AlarmKey(ProblemCode.RF_LOST, RACK.id, 1)


@dataclass
class Site:
    services: ServiceSet
    live: LiveSite
    heard: LiveState

    def receive(self, meters: Meters) -> None:
        self.heard.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, meters)])

    async def run(self, seconds: float) -> None:
        """As the tasks of the service do."""
        for _ in range(round(seconds / 0.1)):
            await settle(0.1)
            self.services.alarms.look()
        await self.services.alarms.keep_stored()

    @property
    def alarms(self) -> list[tuple[AlarmKey, bool]]:
        return [(alarm.key, alarm.is_open) for alarm in self.live.findings.alarms.alarms]


def live_of(kind: str, site: Attached, clock: SteadyClock) -> LiveSite:
    return site.site.live if kind == "rack" else SiteState(site.mirror, clock)


@asynccontextmanager
async def opened(kind: str) -> AsyncIterator[Site]:
    async with attached() as site:
        heard = site.site.live
        heard.place([RACK], [])
        await settle()
        clock = SteadyClock(site.site.clock, loop_time)
        live, sessions = live_of(kind, site, clock), FakeSessions()
        sessions.is_running = True
        plugins = Plugins(manufacturer("shure", Rack(), None))
        adapters: Adapters[Any] = fake_adapters(in_memory(InMemoryDevices(RACK)), plugins, clock=clock)
        yield Site(build_services(replace(adapters, live=live), sessions), live, heard)


@pytest.mark.parametrize("kind", ["rack", "hub"])
async def test_an_alarm_comes_once_is_acknowledged_and_clears(kind: str) -> None:
    async with opened(kind) as site:
        site.receive(LOUD)
        await site.run(0.5)
        assert site.alarms == []
        site.receive(LOST)
        await site.run(2.0)
        assert site.alarms == [(KEY, True)]
        acknowledged = await site.services.alarms.acknowledge([KEY], actor="Pia")
        assert acknowledged.success
        assert [alarm.acknowledged_by for alarm in acknowledged.data] == ["Pia"]
        site.receive(LOUD)
        await site.run(6.0)
        assert (KEY, True) not in site.alarms


async def test_the_collector_that_is_lost_stays_named_while_its_alarm_is_listed() -> None:
    loss = BusLoss(0.0, LossReason.COLLECTOR, "foh", "rack-2", 4)
    async with opened("rack") as site:
        await site.run(0.5)
        site.live.findings = replace(site.live.findings, lost=loss)
        await site.run(4.5)
        site.live.findings = replace(site.live.findings, lost=None)
        await site.run(0.5)
        assert site.alarms == [(AlarmKey(ProblemCode.COLLECTOR_LOST), True)]
        assert site.live.findings.lost_collector is loss
