"""What is published, and what is not: entries, sweeps, signs of life, and what boards ask for."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import anyio
import pytest

from micboard_tui.bus.connection import BusError, EntryStore
from micboard_tui.bus.mirror.asked_devices import MeterPlan
from micboard_tui.bus.publishing.demand import MAX_BOARDS, Demand, DemandWatch
from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.publishing.sweep import DEVICES_A_MESSAGE, Sweep, keep_sweeps
from micboard_tui.bus.wire.compression import expand
from micboard_tui.bus.wire.interest import Interest
from micboard_tui.bus.wire.meter_frame import decode_frame
from micboard_tui.bus.wire.sign_of_life import SignOfLife
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import codec_of
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.health import DeviceHealth, HealthSnapshot
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import Transmitter
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.observation import FactsHeard
from tests.bus.attached_site import Site, attached, running, settle
from tests.bus.test_mirror import DESCRIBED, LIVE, ONE, REF, TWO, WORN, open_rack, speak
from tests.fakes.memory_bus import MemoryBus, MemoryConnection, MemoryStore
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

SUBJECTS = Subjects()
METERS = frozenset(SUBJECTS.meters(device.id) for device in (ONE, TWO))
NAMED = (("a", 1), ("b", 2))
IDS = tuple(DeviceId(f"device {number}") for number in range(40))


# Sweeps.


def sweep_for(sweep: Sweep, devices: Sequence[DeviceId], seconds: float, start: float) -> list[DeviceId]:
    """What is sent in these seconds."""
    looks = (start + look / 10 for look in range(round(seconds * 10)))
    return [device for now in looks for part in sweep.take_due(devices, now) for device in part]


def test_a_sweep_sends_every_device_once_in_its_time() -> None:
    sweep = Sweep(5)
    first = sweep_for(sweep, IDS, 5.0, 100.0)
    second = sweep_for(sweep, IDS, 5.0, 105.0)
    assert sorted(first) == sorted(second) == sorted(IDS)


def test_a_sweep_is_spread_over_its_time_in_small_messages() -> None:
    sweep = Sweep(20)
    parts = [part for look in range(200) for part in sweep.take_due(IDS, look / 10)]
    assert max(map(len, parts)) == DEVICES_A_MESSAGE
    assert len(parts) == 3


def test_for_a_board_that_comes_all_is_sent_within_a_second_but_not_for_each_of_many() -> None:
    sweep = Sweep(20)
    sweep_for(sweep, IDS, 3.0, 0.0)
    sweep.hurry(3.0)
    assert set(sweep_for(sweep, IDS, 1.0, 3.0)) == set(IDS)
    sweep.hurry(4.0)
    assert len(sweep_for(sweep, IDS, 1.0, 4.0)) <= DEVICES_A_MESSAGE


def test_there_is_a_sweep_for_each_tier_that_is_read() -> None:
    sweeps: dict[int, Sweep] = {}
    keep_sweeps(sweeps, {1: 2, 5: 1})
    kept = sweeps[5]
    keep_sweeps(sweeps, {5: 1})
    assert sweeps == {5: kept}
    assert list(kept.take_due((), 0.0)) == []


# Demand.


def test_what_boards_show_is_joined_and_ends_when_they_are_not_heard() -> None:
    watch = DemandWatch()
    watch.take("fast", Interest(IDS[:2], tier_s=5), 0.0)
    watch.take("slow", Interest(IDS[1:3], rate_hz=2, tier_s=20), 4.0)
    demand = watch.look(4.0)
    assert demand == Demand(frozenset(IDS[:2]), frozenset(IDS[2:3]), {5: 1, 20: 1})
    assert watch.look(5.0) is demand
    assert watch.look(7.0) == Demand(frozenset(), frozenset(IDS[1:3]), {20: 1})


def test_all_channels_are_needed_of_what_comes_on_a_screen_and_after_a_loss() -> None:
    watch = DemandWatch()
    assert watch.take("board", Interest(IDS[:1]), 0.0)
    assert watch.take_full() == {IDS[0]}
    assert not watch.take("board", Interest(IDS[:2]), 1.0)
    assert watch.take_full() == {IDS[1]}
    assert watch.take("board", Interest(IDS[:2], serial=1), 2.0)
    assert watch.take_full() == {IDS[0], IDS[1]}
    watch.forget()
    assert watch.look(2.0).fast == set()


def test_boards_beyond_a_limit_are_not_remembered() -> None:
    watch = DemandWatch()
    for number in range(MAX_BOARDS + 1):
        watch.take(f"board {number}", Interest((DeviceId(str(number)),)), 0.0)
    assert len(watch.look(0.0).fast) == MAX_BOARDS


# Entries.


class FailingStore(MemoryStore):
    """Refuses the first writes."""

    def __init__(self, connection: MemoryConnection, name: str, failures: Iterator[None]) -> None:
        super().__init__(connection, name)
        self._failures = failures

    async def create(self, key: str, value: bytes) -> int:
        for _ in self._failures:
            raise BusError("no answer")
        return await super().create(key, value)


async def test_what_was_not_written_is_written_later_and_only_the_newest_value() -> None:
    bus = MemoryBus()
    connection = bus.connect()
    failures = iter([None, None])

    async def open_store() -> EntryStore:
        await connection.open_store("store")
        return FailingStore(connection, "store", failures)

    writer = EntryWriter(connection, open_store)
    writer.want("a", b"old")
    writer.want("b", b"1")
    task = asyncio.create_task(writer.run())
    await settle(0.1)
    writer.want("a", b"new")
    await settle(2.0)
    assert {key: entry.value for key, entry in bus.entries["store"].items()} == {"a": b"new", "b": b"1"}
    writer.release("b")
    writer.drop("a")
    writer.drop("never there")
    await settle(0.1)
    assert {key: entry.value for key, entry in bus.entries["store"].items()} == {"a": None, "b": b"1"}
    task.cancel()


async def test_an_entry_is_written_when_anything_but_meters_has_changed_and_only_then() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle(2.0)
        written = at.site.bus.entries["mb1_rack_state"]
        before = dict(written)
        for _ in range(30):
            speak(at.site)
            await settle(0.1)
        assert written == before
        at.site.live.take_observations(ONE.id, [])
        at.site.live.place([replace(ONE, name="Other"), TWO], [])
        await settle(0.3)
        assert {key for key in written if written[key] != before[key]} == {"device.rack=20one"}


async def test_many_devices_that_change_at_once_are_all_written() -> None:
    site = Site()
    ids = [DeviceId(f"device {number}") for number in range(100)]
    site.live.place([Device(each, "shure", "shure-strings", "10.0.0.1", 2202) for each in ids], [])
    async with running(site.publisher()):
        await settle(1.0)
    keys = site.bus.entries["mb1_rack_state"].keys()
    assert len([key for key in keys if key.startswith("device.")]) == len(ids)


async def test_packs_that_drain_are_written_one_by_one_and_all_else_at_once() -> None:
    site = Site()
    devices = [replace(ONE, id=DeviceId(f"device {number}")) for number in range(20)]
    site.live.place(devices, [])
    drained = replace(WORN, transmitter=Transmitter("ULXD2", battery=Battery(percent=79)), raw=())
    for device in devices:
        site.live.take_observations(device.id, [DESCRIBED, FactsHeard(1, WORN)])
    mirror = site.mirror()
    async with running(site.publisher(), mirror):
        await settle(2.0)
        entries = site.bus.entries["mb1_rack_state"]
        before = dict(entries)
        for device in devices:
            site.live.take_observations(device.id, [FactsHeard(1, drained)])
        renamed = replace(drained, name="Other")
        site.live.take_observations(devices[-1].id, [FactsHeard(1, renamed)])
        await settle(1.0)
        changed = {key for key in entries if entries[key] != before[key]}
        assert "device.device=2019" in changed
        assert 2 <= len(changed) <= 3
        await settle(20.0)
        batteries = {state.battery for state in mirror.judge().states.values() if state.number == 1}
        assert batteries == {Battery(percent=79)}


# Signs of life.


def signs(site: Site) -> list[SignOfLife]:
    payloads = [each.payload for each in site.bus.published if each.subject == "mb1.rack.life.rack"]
    return [codec_of(SignOfLife).decode(expand(payload)) for payload in payloads]


async def test_a_sign_of_life_comes_each_second_and_at_once_when_a_walk_begins() -> None:
    site = Site()
    site.live.place([], [])
    fault = ErrorInfo(ErrorCode.DATABASE_ERROR, "No", {}, "Look")
    site.health = HealthSnapshot(tuple(map(DeviceHealth, IDS)), storage_fault=fault)
    mirror = site.mirror()
    async with running(site.publisher(), mirror):
        await settle(10.05)
        assert 10 <= len(signs(site)) <= 12
        count = len(signs(site))
        site.walk = RunningWalk((REF,), site.clock(), {1: "Stage left"})
        await settle(0.15)
        assert len(signs(site)) == count + 1
        assert mirror.running_walk == site.walk
        assert mirror.health.storage_fault == fault
        assert {device.device_id for device in mirror.health.devices} == set(IDS)
        assert max(len(sign.device_health) for sign in signs(site)) < len(IDS)


async def test_a_board_without_signs_has_no_health() -> None:
    mirror = Site().mirror()
    assert (mirror.health, mirror.running_walk, mirror.signs) == (HealthSnapshot(), None, ())


# What boards ask for.


async def test_a_board_has_the_meters_of_the_first_devices_before_it_has_asked_for_any() -> None:
    site = Site()
    open_rack(site)
    mirror = site.mirror(meters=MeterPlan(first_shown=1))
    async with running(site.publisher(), mirror):
        await mirror.wait_complete()
        with anyio.fail_after(0.05):
            await mirror.wait_followed()
        # Longer than a sweep takes, and what nobody has asked for by then comes with it alone.
        await settle(3.0)
        site.bus.published.clear()
        speak(site)
        await settle(0.2)
        assert METERS.isdisjoint(each.subject for each in site.bus.published)
        first, second = mirror.snapshot()
        assert first.channels[0].meters == LIVE
        assert second.channels[0].meters is not None


async def test_what_a_board_asks_for_first_is_followed_and_not_what_it_might_have_asked_for() -> None:
    site = Site()
    open_rack(site)
    mirror = site.mirror(meters=MeterPlan(first_shown=1))
    async with running(site.publisher(), mirror):
        mirror.changed_since(0, frozenset([ChannelRef(TWO.id, 1)]))
        await mirror.wait_complete()
        await mirror.wait_followed()
        assert METERS & {each.subject for each in site.bus.published} == {SUBJECTS.meters(TWO.id)}


async def test_a_board_over_a_slow_line_gets_meters_twice_a_second() -> None:
    site = Site()
    open_rack(site)
    mirror = site.mirror(meters=MeterPlan(rate_hz=2))
    async with running(site.publisher(), mirror):
        await mirror.wait_complete()
        shown = frozenset([REF])
        mirror.changed_since(0, shown)
        await settle()
        site.bus.published.clear()
        for _ in range(30):
            speak(site)
            mirror.changed_since(0, shown)
            await settle(0.1)
        frames = [each for each in site.bus.published if each.subject == SUBJECTS.meters(ONE.id)]
        assert 5 <= len(frames) <= 7


async def test_what_is_followed_is_awaited_as_often_as_it_comes_and_the_rest_as_swept() -> None:
    async with attached() as at:
        open_rack(at.site)
        facts = replace(at.site.live.snapshot()[0].channels[0].facts, meter_interval_s=0.1)
        for device in (ONE, TWO):
            at.site.live.take_observations(device.id, [FactsHeard(1, facts)])
        await at.mirror.wait_complete()
        other = ChannelRef(TWO.id, 1)
        for _ in range(20):
            speak(at.site)
            speak(at.site, TWO)
            at.mirror.changed_since(0, [REF])
            await settle(0.1)
        states = at.mirror.judge().states
        assert (states[REF].expected_period_s, states[other].expected_period_s) == (0.1, 1)
        await settle(8.0)
        assert at.mirror.judge().states[REF].expected_period_s == 1


async def test_what_is_not_understood_is_passed_over() -> None:
    async with attached() as at:
        open_rack(at.site)
        await at.mirror.wait_complete()
        at.mirror.channel(REF)
        at.mirror.changed_since(0, [REF])
        await settle()
        subjects = (
            SUBJECTS.interest("other"),
            SUBJECTS.meters(ONE.id),
            SUBJECTS.raw_values(ONE.id),
            SUBJECTS.sweep(1),
            SUBJECTS.sign_of_life("rack"),
        )
        for subject in subjects:
            await at.rack.publish(subject, b"\xc1 no message of ours")
        store = await at.rack.open_store("mb1_rack_state")
        await store.put("device.rack=20one", b"\xc1")
        await store.put("finding.new", b"\x01")
        await store.put("other", b"\x01")
        speak(at.site, meters=LIVE._replace(rf_dbm=-33.0))
        at.mirror.changed_since(0, [REF])
        await settle()
        state = at.mirror.channel(REF)
        assert state is not None
        assert state.meters.rf_dbm == -33.0


async def test_frames_of_a_former_owner_are_dropped() -> None:
    site = Site()
    open_rack(site)
    mirror = site.mirror()
    tokens = {"token": 7}
    async with running(site.publisher(token_of=lambda _: tokens["token"]), mirror):
        await mirror.wait_complete()
        mirror.changed_since(0, [REF])
        await settle()
        frames = [each for each in site.bus.published if each.subject == SUBJECTS.meters(ONE.id)]
        assert {decode_frame(frame.payload).token for frame in frames} == {7}
        tokens["token"] = 8
        site.live.place([ONE, TWO], [])
        await settle()
        speak(site, meters=LIVE._replace(rf_dbm=-33.0))
        mirror.changed_since(0, [REF])
        await settle(0.3)
        await site.bus.connections[0].publish(SUBJECTS.meters(ONE.id), frames[-1].payload)
        await settle(0.05)
        state = mirror.channel(REF)
        assert state is not None
        assert state.meters.rf_dbm == -33.0


async def test_a_device_that_another_program_publishes_from_now_on_stays() -> None:
    site = Site()
    open_rack(site)
    owners = {ONE.id: "a", TWO.id: "a"}
    mirror = site.mirror()

    def token_of(name: str, token: int) -> Callable[[DeviceId], int | None]:
        return lambda device: token if owners[device] == name else None

    programs = [
        site.publisher(name, token, token_of=token_of(name, token))
        for token, name in enumerate("ab", start=1)
    ]
    async with running(*programs, mirror):
        await settle()
        owners[TWO.id] = "b"
        site.live.place([ONE, TWO], [])
        await settle()
        assert [snapshot.device.id for snapshot in mirror.snapshot()] == [ONE.id, TWO.id]
        began = loop_time()
        assert {sign.publisher for sign in mirror.signs} == {"a", "b"}
        assert loop_time() == began
