"""What services have of a site whose sessions are kept elsewhere: the same as where they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.arming import Arming
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.live.site_state import SiteState
from micboard_tui.services.steady_clock import SteadyClock
from tests.bus.attached_site import EPOCH_S, Attached, attached, settle
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

RACK = Device(DeviceId("rack-a"), "shure", "shure-strings", "10.0.0.2", 2202)
REF = ChannelRef(RACK.id, 1)
UNKNOWN = Battery()
SOUND = Meters(rf_dbm=-50.0, audio_dbfs=-20.0, carrier=True)


@asynccontextmanager
async def opened() -> AsyncIterator[Attached]:
    async with attached() as site:
        site.site.live.place([RACK], [])
        hear(site, SOUND)
        await settle()
        yield site


def hear(site: Attached, meters: Meters, battery: Battery = UNKNOWN) -> None:
    facts = ChannelFacts(transmitter=Transmitter(battery=battery))
    heard = DeviceHeard(DeviceKind.RECEIVER, 1, "ULXD4")
    site.site.live.take_observations(RACK.id, [heard, FactsHeard(1, facts), MetersHeard(1, meters)])


def state_of(site: Attached) -> SiteState:
    return SiteState(site.mirror, SteadyClock(lambda: EPOCH_S + loop_time(), loop_time))


async def test_devices_and_channels_are_as_where_the_sessions_are() -> None:
    async with opened() as site:
        state = state_of(site)
        device, channel = state.device(RACK.id), state.channel(REF)
        assert device is not None
        assert channel is not None
        assert (device.state.is_online, channel.link_state) == (True, LinkState.LIVE)
        assert device.channels == (channel,)
        assert [each.device.id for each in state.snapshot()] == [RACK.id]
        assert (state.device(DeviceId("other")), state.channel(ChannelRef(RACK.id, 9))) == (None, None)


async def test_a_link_or_a_device_that_changes_is_counted() -> None:
    async with opened() as site:
        state = state_of(site)
        before = state.link_changes.count
        await settle()
        assert state.link_changes.count == before
        hear(site, SOUND._replace(carrier=False, rf_dbm=-110.0))
        await settle()
        lost = state.link_changes.count
        assert lost == before + 1
        site.site.live.status(RACK.id, DeviceStatus.OFFLINE)
        await settle()
        assert state.link_changes.count == lost + 2
        site.site.live.place([], [])
        await settle()
        assert state.link_changes.count == lost + 2


async def test_what_is_wrong_was_judged_there_and_its_meters_come_at_once() -> None:
    async with opened() as site:
        state = state_of(site)
        hear(site, SOUND, Battery(percent=3))
        await settle()
        assert state.judge().problems == {REF: (ProblemCode.BATTERY_CRITICAL,)}
        await settle()
        hear(site, SOUND._replace(rf_dbm=-71.0), Battery(percent=3))
        await settle(0.3)
        channel = state.channel(REF)
        assert channel is not None
        assert channel.meters.rf_dbm == -71.0


async def test_what_is_concluded_stays_and_a_bus_that_is_lost_is_added() -> None:
    async with opened() as site:
        state = state_of(site)
        alarms = AlarmList(is_read=True)
        state.findings = replace(state.findings, alarms=alarms)
        assert state.findings is state.findings
        site.board.cut()
        assert state.findings.lost is not None
        assert state.findings.alarms is alarms
        site.board.restore()
        await settle()
        assert state.findings.lost is None
        assert state.findings.alarms is alarms


async def test_what_the_program_before_concluded_is_where_the_next_begins() -> None:
    async with opened() as site:
        alarms = AlarmList(is_read=True)
        site.site.live.findings = replace(site.site.live.findings, alarms=alarms)
        await settle()
        assert state_of(site).findings.alarms == alarms


async def test_for_whom_control_was_armed_ended_with_the_program_before() -> None:
    async with opened() as site:
        armed = (Arming("Ada", EPOCH_S + 600.0),)
        site.site.live.findings = replace(site.site.live.findings, armings=armed)
        await settle()
        assert site.mirror.findings.armings == armed
        assert state_of(site).findings.armings == ()


async def test_the_clock_is_that_of_this_program() -> None:
    async with opened() as site:
        ahead_s = 0.0
        clock = SteadyClock(lambda: EPOCH_S + ahead_s + loop_time(), loop_time)
        state = SiteState(site.mirror, clock)
        assert (state.now(), state.clock_set_by_s) == (EPOCH_S + loop_time(), 0.0)
        ahead_s = 60.0
        clock.follow(clock.correction_s())
        assert (state.now(), state.clock_set_by_s) == (EPOCH_S + 60.0 + loop_time(), 60.0)
