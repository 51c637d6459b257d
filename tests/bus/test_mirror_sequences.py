"""Whatever happens on a site and to the bus, a board shows the same as the program with the sessions."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceFault, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from tests.bus.attached_site import Attached, assert_shows, attached, settle
from tests.fakes.virtual_time import VirtualTimeLoop

Step: TypeAlias = Callable[[Attached], None]
STAGE = Location(LocationId("stage"), "Stage")
DEVICES = tuple(
    Device(DeviceId(f"device {number}"), "shure", "shure-strings", f"10.0.0.{number}", 2202, position=number)
    for number in range(3)
)
REFS = tuple(ChannelRef(device.id, number) for device in DEVICES for number in (1, 2))
ADA = Performer(PerformerId("ada"), "Ada")

DEVICE = st.sampled_from(DEVICES)
NUMBER = st.integers(1, 2)


def meters(rf_dbm: float | None, audio_dbfs: float | None, carrier: bool | None) -> Meters:
    return Meters(rf_dbm=rf_dbm, audio_dbfs=audio_dbfs, carrier=carrier)


BATTERIES = st.builds(
    Battery, percent=st.none() | st.integers(0, 100), minutes=st.none() | st.integers(0, 60)
)
LEVELS = st.none() | st.integers(-240, 0).map(lambda half: half / 2) | st.just(-41.3)
OBSERVATIONS: st.SearchStrategy[Observation] = st.one_of(
    st.builds(
        MetersHeard,
        NUMBER,
        st.builds(meters, LEVELS, LEVELS, st.none() | st.booleans()),
    ),
    st.builds(
        FactsHeard,
        NUMBER,
        st.builds(
            ChannelFacts,
            name=st.none() | st.sampled_from(["Lead", "Choir"]),
            frequency_khz=st.none() | st.just(578_350),
            transmitter_present=st.none() | st.booleans(),
            transmitter=st.none() | st.builds(Transmitter, serial=st.just("1234567"), battery=BATTERIES),
            # Nothing is overdue within a second: when it is judged so would be a matter of moments.
            meter_interval_s=st.none() | st.just(3600.0),
            raw=st.sampled_from([(), (("A", "1"),), (("A", "2"),)]),
        ),
    ),
    st.builds(
        DeviceHeard,
        st.just(DeviceKind.RECEIVER),
        st.integers(0, 2),
        own_name=st.none() | st.just("Rack"),
        bay_count=st.integers(0, 2),
    ),
    st.builds(
        BayHeard,
        st.builds(Bay, NUMBER, st.sampled_from(BayState), pack_serial=st.none() | st.just("1234567")),
    ),
)


def observe(device: Device, observations: Sequence[Observation]) -> Step:
    return lambda at: at.site.live.take_observations(device.id, observations)


def change_status(device: Device, status: DeviceStatus, code: str | None) -> Step:
    fault = None if code is None else DeviceFault(code, "No", "Look")
    return lambda at: at.site.live.status(device.id, status, fault)


def place(devices: Sequence[Device], name: str, *, has_location: bool) -> Step:
    location_id = STAGE.id if has_location else None
    placed = [replace(device, name=name, location_id=location_id) for device in devices]
    return lambda at: at.site.live.place(placed, [replace(STAGE, name=name)])


def cast(refs: Sequence[ChannelRef], *, expected_off: bool) -> Step:
    assignments = [Assignment(ref, ADA, expected_off=expected_off) for ref in refs]
    return lambda at: at.site.live.cast([ADA], assignments)


def judge_by(rf_low_dbm: float) -> Step:
    numbers = ThresholdSet(replace(DEFAULT_THRESHOLDS, rf_low_dbm=rf_low_dbm))
    return lambda at: at.site.live.judge_by(numbers, ShowProfile.SHOW)


def set_clock(seconds: float) -> Step:
    def step(at: Attached) -> None:
        at.site.clock.ahead_s += seconds
        at.site.live.shift_clock(seconds)

    return step


def show(refs: Sequence[ChannelRef]) -> Step:
    def step(at: Attached) -> None:
        at.mirror.changed_since(0, refs)

    return step


def cut(name: str) -> Step:
    return lambda at: (at.rack if name == "rack" else at.board).cut()


def restart(*, loses_disk: bool) -> Step:
    def step(at: Attached) -> None:
        at.site.bus.stop()
        at.site.bus.start(loses_disk=loses_disk)

    return step


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(observe, DEVICE, st.lists(OBSERVATIONS, min_size=1, max_size=3)),
    st.builds(change_status, DEVICE, st.sampled_from(DeviceStatus), st.none() | st.just("DEVICE_SILENT")),
    st.builds(
        place,
        st.lists(DEVICE, unique=True),
        st.sampled_from(["A", "B"]),
        has_location=st.booleans(),
    ),
    st.builds(cast, st.lists(st.sampled_from(REFS), unique=True), expected_off=st.booleans()),
    st.builds(judge_by, st.sampled_from([-85.0, -60.0])),
    st.builds(set_clock, st.sampled_from([3600.0, -3600.0])),
    st.builds(show, st.lists(st.sampled_from(REFS), unique=True)),
    st.builds(cut, st.sampled_from(["rack", "board"])),
    st.builds(restart, loses_disk=st.booleans()),
)


@given(st.lists(st.tuples(STEPS, st.sampled_from([0.0, 0.05, 7.0])), max_size=12))
def test_a_board_shows_what_there_is(steps: Sequence[tuple[Step, float]]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(play(steps))


async def play(steps: Sequence[tuple[Step, float]]) -> None:
    async with attached() as at:
        at.site.live.place(DEVICES, [STAGE])
        await at.mirror.wait_complete()
        for step, pause_s in steps:
            step(at)
            if pause_s:
                await settle(pause_s)
            if pause_s > 1.0:
                await look(at)
        await look(at)


async def look(at: Attached) -> None:
    """All connections come back, and two seconds later all is right."""
    at.board.restore()
    at.rack.restore()
    await settle(2.0)
    assert at.mirror.findings == at.site.live.findings
    assert_shows(at.mirror, at.site.live)
