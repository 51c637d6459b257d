"""A board shows what the program with the sessions knows, over a bus in memory, in virtual time."""

import asyncio
from dataclasses import replace

import pytest

from micboard_tui.bus.publishing.entry_writer import READ_ANEW_S
from micboard_tui.bus.wire.subjects import Subjects, device_key
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bus_loss import LossReason
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from tests.bus.attached_site import EPOCH_S, Site, assert_shows, attached, comparable, running, settle
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

ONE, TWO = (
    Device(DeviceId(name), "shure", "shure-strings", f"10.0.0.{number}", 2202, position=number)
    for number, name in enumerate(("rack one", "rack-2"), start=1)
)
REF = ChannelRef(ONE.id, 1)
DESCRIBED = DeviceHeard(DeviceKind.RECEIVER, 2, "ULXD4D", "Rack A", raw=(("MODEL", "ULXD4D"),))
WORN = ChannelFacts(
    name="Lead",
    frequency_khz=578_350,
    transmitter_present=True,
    transmitter=Transmitter("ULXD2", battery=Battery(percent=80)),
    meter_interval_s=600.0,
    raw=(("CHAN_NAME", "Lead"),),
)
LIVE = Meters(-50.0, -50.0, -61.5, -20.0, "A", True, 90)


def speak(site: Site, device: Device = ONE, meters: Meters = LIVE, number: int = 1) -> None:
    site.live.take_observations(device.id, [MetersHeard(number, meters)])


def open_rack(site: Site) -> None:
    site.live.place([ONE, TWO], [])
    for device in (ONE, TWO):
        site.live.take_observations(device.id, [DESCRIBED, FactsHeard(1, WORN), MetersHeard(1, LIVE)])


async def test_nothing_is_known_until_all_has_come() -> None:
    site = Site()
    mirror = site.mirror()
    assert mirror.changed_since(-1).layout_version == 0
    assert (mirror.version, mirror.snapshot(), mirror.locations(), mirror.judge().states) == (0, (), (), {})
    assert mirror.now() == 5.0
    async with running(mirror):
        await settle()
        assert mirror.changed_since(0).layout_version == 0
        async with running(site.publisher()):
            await settle()
            assert mirror.changed_since(0).layout_version == 0
            site.live.place([], [])
            await mirror.wait_complete()
            assert mirror.changed_since(0).layout_version > 0


async def test_a_board_that_comes_shows_everything_at_once() -> None:
    site = Site()
    open_rack(site)
    async with running(site.publisher()):
        await settle(60.0)
        speak(site, meters=LIVE._replace(rf_dbm=-44.0))
        mirror = site.mirror()
        async with running(mirror):
            began = loop_time()
            await mirror.wait_complete()
            mirror.changed_since(0, [REF])
            await settle(0.05)
            assert loop_time() - began < 0.2
            assert_shows(mirror, site.live)


async def test_what_is_shown_comes_ten_times_a_second() -> None:
    async with attached() as at:
        open_rack(at.site)
        await at.mirror.wait_complete()
        await settle()
        shown = frozenset([REF])
        version = at.mirror.changed_since(0, shown).version
        await settle(0.3)
        for level in range(-60, -40):
            speak(at.site, meters=LIVE._replace(rf_dbm=float(level)))
            await settle(0.13)
            changes = at.mirror.changed_since(version, shown)
            assert [state.meters.rf_dbm for state in changes.channels] == [level]
            version = changes.version


async def test_nothing_is_sent_ten_times_a_second_that_no_board_shows() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle(30.0)
        at.site.bus.published.clear()
        for _ in range(100):
            speak(at.site)
            await settle(0.1)
        subjects = [message.subject for message in at.site.bus.published]
        assert not [subject for subject in subjects if subject.startswith("mb1.rack.m.")]
        assert 9 <= len([subject for subject in subjects if subject == "mb1.rack.s1"]) <= 11


async def test_what_is_off_the_screen_is_no_older_than_a_sweep() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        speak(at.site, TWO, LIVE._replace(audio_dbfs=-11.0))
        await settle()
        assert_shows(at.mirror, at.site.live)


async def test_a_link_state_is_shown_within_half_a_second_and_on_the_screen_within_a_tenth() -> None:
    async with attached() as at:
        open_rack(at.site)
        await at.mirror.wait_complete()
        await settle()
        at.mirror.changed_since(0, [REF])
        await settle(0.3)
        for device in (ONE, TWO):
            at.site.live.take_observations(device.id, [MetersHeard(1, Meters(carrier=False))])
        await settle(0.12)
        shown = at.mirror.channel(REF)
        assert shown is not None
        assert shown.link_state is LinkState.RF_LOST
        await settle(0.4)
        other = at.mirror.channel(ChannelRef(TWO.id, 1))
        assert other is not None
        assert (other.link_state, other.meters.rf_dbm) == (LinkState.RF_LOST, None)


async def test_facts_that_are_equal_stay_the_same_object() -> None:
    async with attached() as at:
        open_rack(at.site)
        await at.mirror.wait_complete()
        await settle()
        before = at.mirror.snapshot()[0].channels[0]
        at.site.live.take_observations(
            ONE.id, [FactsHeard(1, replace(WORN)), MetersHeard(1, Meters(carrier=False))]
        )
        await settle()
        after = at.mirror.snapshot()[0].channels[0]
        assert after.link_state is LinkState.RF_LOST
        assert after.facts is before.facts
        assert after.thresholds is before.thresholds


async def test_devices_that_go_are_gone() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        version = at.mirror.changed_since(0).layout_version
        at.site.live.place([TWO], [])
        await settle()
        assert [snapshot.device.id for snapshot in at.mirror.snapshot()] == [TWO.id]
        assert at.mirror.changed_since(0).layout_version > version
        entries = at.site.bus.entries["mb1_rack_state"]
        assert entries["device.rack=20one"].value is None


async def test_a_program_that_starts_again_cleans_up_after_the_last_one() -> None:
    site = Site()
    open_rack(site)
    async with running(site.publisher(run=1)):
        await settle()
    site.live.place([TWO], [])
    mirror = site.mirror()
    async with running(site.publisher(run=2), mirror):
        await settle()
        assert site.bus.entries["mb1_rack_state"]["device.rack=20one"].value is None
        assert_shows(mirror, site.live)


async def test_raw_values_come_for_what_is_looked_at_closely() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        assert at.mirror.snapshot()[0].channels[0].facts.raw == ()
        at.mirror.channel(REF)
        await settle(0.1)
        state, device = at.mirror.channel(REF), at.mirror.device(ONE.id)
        assert state is not None
        assert device is not None
        assert (state.facts.raw, device.state.raw) == (WORN.raw, DESCRIBED.raw)
        assert device.channels[0].facts.raw == WORN.raw
        at.site.bus.published.clear()
        for _ in range(10):
            at.mirror.channel(REF)
            await settle(1.0)
        assert not [each for each in at.site.bus.published if each.subject.startswith("mb1.rack.raw.")]
        at.site.live.take_observations(ONE.id, [FactsHeard(1, replace(WORN, raw=(("CHAN_NAME", "Lea"),)))])
        at.mirror.channel(REF)
        await settle(2.5)
        state = at.mirror.channel(REF)
        assert state is not None
        assert state.facts.raw == (("CHAN_NAME", "Lea"),)


async def test_findings_come_part_by_part() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        assert at.mirror.findings == at.site.live.findings
        before = at.mirror.findings
        at.site.live.findings = replace(at.site.live.findings, alarms=AlarmList(rate=3))
        await settle(0.3)
        assert at.mirror.findings == at.site.live.findings
        assert at.mirror.findings is not before
        assert at.mirror.findings.forecasts is before.forecasts


async def test_a_lost_connection_is_told_at_once() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        heard = at.mirror.now()
        before = comparable(at.mirror.snapshot()[0].channels[0])
        at.board.cut()
        loss = at.mirror.findings.lost
        assert loss is not None
        assert loss.reason is LossReason.CONNECTION
        assert heard - 1.1 <= loss.since <= heard
        await settle(3.5)
        assert comparable(at.mirror.snapshot()[0].channels[0]) == before


async def test_a_connection_that_the_server_refuses_is_told_as_such() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        at.board.is_refused = True
        at.board.cut()
        assert at.mirror.findings.lost is not None
        assert at.mirror.findings.lost.reason is LossReason.REFUSED
        at.board.restore()
        await settle()
        assert at.mirror.findings.lost is None


async def test_five_seconds_after_anything_was_heard_nothing_is_live() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        at.board.cut()
        await settle(5.5)
        device = at.mirror.snapshot()[0]
        state = device.channels[0]
        assert (state.link_state, state.battery, state.meters) == (LinkState.UNKNOWN, None, Meters())
        assert state.last_battery is not None
        assert state.last_battery.battery == Battery(percent=80)
        assert device.state.status is DeviceStatus.UNKNOWN
        assert not state.is_stale(at.mirror.now())
        assert at.mirror.judge().problems == {}


async def test_two_seconds_after_the_connection_is_back_all_is_right() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        at.board.cut()
        at.site.live.take_observations(
            ONE.id, [FactsHeard(1, replace(WORN, name="Other")), MetersHeard(1, LIVE)]
        )
        await settle(60.0)
        at.board.restore()
        await settle(2.0)
        assert at.mirror.findings.lost is None
        assert_shows(at.mirror, at.site.live)


async def test_a_publisher_that_sends_no_sign_is_lost_after_three_seconds() -> None:
    site = Site()
    open_rack(site)
    mirror = site.mirror()
    async with running(mirror):
        async with running(site.publisher()):
            await settle()
            assert mirror.findings.lost is None
        await settle(2.5)
        assert mirror.snapshot()[0].channels[0].link_state is LinkState.LIVE
        await settle(1.0)
        assert mirror.findings.lost is not None
        assert mirror.findings.lost.reason is LossReason.SILENCE
        await settle(2.0)
        assert mirror.snapshot()[0].channels[0].link_state is LinkState.UNKNOWN
        async with running(site.publisher(run=2)):
            await settle()
            assert mirror.findings.lost is None
            assert_shows(mirror, site.live)


async def test_a_board_that_comes_while_nothing_is_heard_shows_nothing_as_live() -> None:
    site = Site()
    open_rack(site)
    async with running(site.publisher()):
        await settle()
    mirror = site.mirror()
    async with running(mirror):
        await mirror.wait_complete()
        assert {state.link_state for state in mirror.judge().states.values()} == {LinkState.UNKNOWN}
        await settle(4.0)
        loss = mirror.findings.lost
        assert loss is not None
        assert (loss.reason, round(mirror.now() - loss.since)) == (LossReason.SILENCE, 4)


async def test_what_another_client_has_put_in_the_place_of_an_entry_is_ignored_and_put_right_again() -> None:
    async with attached() as at:
        open_rack(at.site)
        await at.mirror.wait_complete()
        await settle()
        other = at.site.bus.connect()
        store = other.find_store(Subjects().state_store)
        await store.put(device_key(ONE.id), b'{"type":"io.nats.jetstream.api"}')
        await settle()
        assert_shows(at.mirror, at.site.live)
        await settle(READ_ANEW_S + 1.0)
        late = at.site.mirror("late")
        async with running(late):
            await late.wait_complete()
            late.changed_since(0, [REF])
            await settle()
            assert_shows(late, at.site.live)


async def test_a_server_that_has_lost_its_disk_is_told_all_again_and_nothing_vanishes() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        at.site.bus.stop()
        await settle(8.0)
        speak(at.site, TWO, LIVE._replace(rf_dbm=-70.0))
        at.site.bus.start(loses_disk=True)
        for _ in range(40):
            assert len(at.mirror.snapshot()) == 2
            await settle(0.05)
        assert at.mirror.findings.lost is None
        assert_shows(at.mirror, at.site.live)


async def test_a_clock_that_was_set_is_followed() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        for seconds in (3600.0, -7200.0):
            at.site.clock.ahead_s += seconds
            at.site.live.shift_clock(seconds)
            await settle()
            assert abs(at.mirror.now() - at.site.clock()) < 0.01
            assert_shows(at.mirror, at.site.live)


async def test_one_of_two_publishers_is_lost_alone() -> None:
    site = Site()
    open_rack(site)
    mirror = site.mirror()
    async with running(mirror, site.publisher("a", token_of=lambda device: 1 if device == ONE.id else None)):
        async with running(site.publisher("b", token_of=lambda device: 4 if device == TWO.id else None)):
            await settle()
            assert_shows(mirror, site.live)
        await settle(6.0)
        links = {
            ref.device_id: state.link_state for ref, state in mirror.judge().states.items() if ref.number == 1
        }
        assert links == {ONE.id: LinkState.LIVE, TWO.id: LinkState.UNKNOWN}
        assert mirror.findings.lost is not None
        assert (mirror.findings.lost.collector, mirror.findings.lost.channels) == ("b", 2)


async def test_the_clock_never_goes_back() -> None:
    async with attached() as at:
        open_rack(at.site)
        last = 0.0
        await settle()
        for _ in range(200):
            await asyncio.sleep(0.031)
            assert last <= at.mirror.now()
            last = at.mirror.now()
        assert last > EPOCH_S


async def test_each_judgement_is_another_object_though_nothing_changed() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        first = at.mirror.judge()
        await settle(0.5)
        assert at.mirror.judge(1.0) is first
        second = at.mirror.judge()
        assert second.problems is not first.problems
        assert second.starts.at > first.starts.at
