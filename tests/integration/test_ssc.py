"""The driver against simulated SSC devices: over loopback with faults on, and over hours in no time."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.command import SetChannelName
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import (
    Alive,
    BayHeard,
    ClockHeard,
    DeviceHeard,
    FactsHeard,
    MetersHeard,
    Observation,
)
from micboard_tui.manufacturers.sennheiser.ssc import SPEC, probe
from micboard_tui.manufacturers.sennheiser.ssc.driver import make_ssc_driver
from micboard_tui.simulator.sennheiser.ssc.models import BLUEPRINTS
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.ssc_faults import SscFaults
from micboard_tui.simulator.stage.pack import Battery as Cell
from tests.fakes.datagrams import Air
from tests.fakes.links import until
from tests.fakes.virtual_time import loop_time
from tests.simulator.sennheiser.ssc.ssc_stage import device_of, world_of

pytestmark = pytest.mark.integration

STEP_S = 0.1


class Known:
    """The newest of everything that was reported."""

    def __init__(self) -> None:
        self.device: DeviceHeard | None = None
        self.facts: dict[int, ChannelFacts] = {}
        self.meters: dict[int, Meters] = {}
        self.bays: dict[int, Bay] = {}
        self.samples = 0
        self.clock_s: float | None = None

    def __call__(self, observations: Sequence[Observation]) -> None:
        for observation in observations:
            match observation:
                case DeviceHeard():
                    self.device = observation
                case FactsHeard(number, facts):
                    self.facts[number] = facts
                case MetersHeard(number, meters):
                    self.meters[number] = meters
                    self.samples += 1
                case BayHeard(bay):
                    self.bays[bay.number] = bay
                case ClockHeard(shows_s):
                    self.clock_s = shows_s
                case Alive():
                    pass

    def battery(self, number: int) -> Battery:
        transmitter = self.facts[number].transmitter
        return NO_BATTERY if transmitter is None else transmitter.battery


@asynccontextmanager
async def running(model: str) -> AsyncGenerator[tuple[SscDevice, int]]:
    """A device on loopback whose world goes on."""
    simulated = device_of(model)
    world = world_of(simulated)
    port = await simulated.open("127.0.0.1", 0)

    async def go_on() -> None:
        while True:
            world.step(STEP_S)
            await simulated.tick(STEP_S)
            await anyio.sleep(STEP_S)

    try:
        async with anyio.create_task_group() as group:
            group.start_soon(go_on)
            yield simulated, port
            group.cancel_scope.cancel()
    finally:
        await simulated.aclose()


@pytest.mark.parametrize("model", BLUEPRINTS)
async def test_every_model_is_found_read_and_left(model: str) -> None:
    async with running(model) as (simulated, port):
        found = await probe("127.0.0.1", port, 1.0)
        assert found is not None
        assert found.fault is None
        known = Known()
        await SPEC.open("127.0.0.1", port, SessionOptions()).read_once(known)
        assert simulated.connections == 0
    assert known.device is not None
    assert known.device.model == found.model
    assert known.device.own_name == "Rack A"
    assert known.device.kind is found.kind
    channels = BLUEPRINTS[model].channels
    assert set(known.facts) == set(known.meters) == set(range(1, channels + 1))
    for number in known.facts:
        assert known.battery(number).is_known
        assert known.meters[number].carrier is True
    if known.device.kind is DeviceKind.CHARGER:
        assert len(known.bays) == known.device.bay_count > 0
        assert {bay.state for bay in known.bays.values()} <= {
            BayState.CHARGING,
            BayState.READY,
            BayState.EMPTY,
        }


def duplicates(faults: SscFaults) -> None:
    faults.duplicate_keys = True


def newlines(faults: SscFaults) -> None:
    faults.terminator = b"\n"


def nuls(faults: SscFaults) -> None:
    faults.terminator = b"\0"


def split(faults: SscFaults) -> None:
    faults.split = True


def losses(faults: SscFaults) -> None:
    faults.drop_every = 9


def shy_meters(faults: SscFaults) -> None:
    faults.meters_by_subscription = True


@pytest.mark.parametrize("break_it", [duplicates, newlines, nuls, split, losses, shy_meters])
async def test_a_session_lives_with_what_networks_and_firmware_do(
    break_it: Callable[[SscFaults], None],
) -> None:
    async with running("EW-DX-EM4-Dante") as (simulated, port):
        break_it(simulated.faults)
        known = Known()
        async with anyio.create_task_group() as group:
            group.start_soon(SPEC.open("127.0.0.1", port, SessionOptions()).run, known)
            await until(lambda: known.samples > 20 and len(known.facts) == 4)
            await until(lambda: all(known.battery(number).is_known for number in known.facts))
            simulated.faults.clear()
            group.cancel_scope.cancel()
        await until(lambda: simulated.connections == 0)


async def test_a_pack_that_goes_off_and_comes_back_is_followed() -> None:
    async with running("EW-DX-EM2") as (simulated, port):
        known = Known()
        pack = simulated.airs[0].pack
        async with anyio.create_task_group() as group:
            group.start_soon(SPEC.open("127.0.0.1", port, SessionOptions()).run, known)
            await until(lambda: known.samples > 4 and known.battery(1).is_known)
            await until(lambda: known.clock_s is not None)
            assert known.clock_s == pytest.approx(time.time(), abs=5.0)
            pack.switch(on=False)
            await until(lambda: known.meters[1].carrier is False and not known.battery(1).is_known)
            pack.insert(Cell(charge=0.4, full_minutes=600))
            pack.switch(on=True)
            await until(lambda: known.battery(1).percent in {39, 40})
            group.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("break_it", "code", "words"),
    [
        (lambda faults: setattr(faults, "locked", True), ErrorCode.DEVICE_REFUSED, "third-party access"),
        (lambda faults: setattr(faults, "max_clients", 0), ErrorCode.DEVICE_REFUSED, "no further controller"),
        (lambda faults: faults.reboot(), ErrorCode.DEVICE_SILENT, "does not answer"),
    ],
)
async def test_a_device_that_does_not_let_us_in_says_why(
    break_it: Callable[[SscFaults], None], code: ErrorCode, words: str
) -> None:
    async with running("EM6000") as (simulated, port):
        break_it(simulated.faults)
        await anyio.sleep(0.2)
        with pytest.raises(DeviceError) as caught:
            await SPEC.open("127.0.0.1", port, SessionOptions()).run(lambda _: None)
    assert caught.value.code is code
    assert words in str(caught.value)
    assert caught.value.info.hint


async def test_a_reboot_ends_the_session_at_once() -> None:
    errors: list[DeviceError] = []

    async def watch(port: int) -> None:
        try:
            await SPEC.open("127.0.0.1", port, SessionOptions()).run(lambda _: None)
        except DeviceError as error:
            errors.append(error)

    async with running("MCR-DW4") as (simulated, port), anyio.create_task_group() as group:
        group.start_soon(watch, port)
        await until(lambda: simulated.connections == 1)
        simulated.faults.reboot()
        await until(lambda: bool(errors))
    assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE


async def test_names_are_written_and_told() -> None:
    async with running("EW-DX-EM2") as (_, port):
        confirmation = await SPEC.open("127.0.0.1", port, SessionOptions()).execute_once(
            SetChannelName(2, "Maya")
        )
        assert (confirmation.value, confirmation.adapted) == ("MAYA", False)


async def evening(
    model: str, minutes: float, prepare: Callable[[SscDevice, Known], None], lost: float
) -> tuple[SscDevice, Known]:
    """Some minutes of one session in no time, with a share of all datagrams lost both ways."""
    simulated = device_of(model)
    world = world_of(simulated)
    dice = Random(7)
    known = Known()
    air = Air(simulated, lambda: dice.random() < lost)
    driver = make_ssc_driver(air.dial, SessionOptions(), loop_time)
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, known)
        for step in range(round(minutes * 60 / STEP_S)):
            world.step(STEP_S)
            await simulated.tick(STEP_S)
            await anyio.sleep(STEP_S)
            if step == 100:
                known.samples = 0
                prepare(simulated, known)
        assert simulated.connections == 1
        group.cancel_scope.cancel()
    return simulated, known


@pytest.mark.virtual_time
@pytest.mark.parametrize("model", ["EW-DX-EM2", "EM6000", "L6000"])
@pytest.mark.no_cover
async def test_no_subscription_lapses_though_one_datagram_in_twenty_is_lost(model: str) -> None:
    simulated, known = await evening(model, 3, lambda *_: None, lost=0.05)
    assert simulated.lapsed == 0
    if simulated.airs:
        # Six renewals later ten samples a second still come, but for those that got lost.
        assert known.samples > 0.9 * len(simulated.airs) * 170 * 10


@pytest.mark.virtual_time
async def test_forgotten_subscriptions_and_lost_310_are_made_good_within_seconds() -> None:
    def forget(simulated: SscDevice, known: Known) -> None:
        assert known.facts[1].gain_db != 30
        simulated.faults.lose_310 = True
        simulated.faults.forget()
        write = simulated.tree.leaves["/rx1/gain"].write
        assert write is not None
        write(30)

    _, known = await evening("EW-DX-EM2", 0.25, forget, lost=0.0)
    # Ten seconds, and five after that: long before anything would have been renewed.
    assert known.facts[1].gain_db == 30
    assert known.samples > 2 * 2.5 * 10


@pytest.mark.virtual_time
async def test_a_device_that_tells_changes_only_is_not_pestered() -> None:
    simulated = device_of("EW-DX-EM2")
    world_of(simulated)
    air = Air(simulated)
    driver = make_ssc_driver(air.dial, SessionOptions(), loop_time)
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, Known())
        await anyio.sleep(60)
        asked = air.datagrams
        group.cancel_scope.cancel()

    # Nobody ticks, so nothing but answers and present values ever comes.
    assert asked < 200


@asynccontextmanager
async def session_with(simulated: SscDevice, minutes: float = 0.0) -> AsyncGenerator[Known]:
    """A session over a network without sockets, which has run for so many minutes; time jumps."""
    world, air, known = world_of(simulated), Air(simulated), Known()

    async def play() -> None:
        while True:
            world.step(STEP_S)
            await simulated.tick(STEP_S)
            await anyio.sleep(STEP_S)

    async with anyio.create_task_group() as group:
        group.start_soon(play)
        group.start_soon(make_ssc_driver(air.dial, SessionOptions(), loop_time).run, known)
        await anyio.sleep(minutes * 60)
        yield known
        group.cancel_scope.cancel()


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("model", "most"),
    [("EW-DX-EM4-Dante", 60), ("EM6000", 40), ("CHG70N-C", 24), ("L6000", 28)],
)
@pytest.mark.no_cover
async def test_renewals_that_are_left_unanswered_are_sent_seldom(model: str, most: int) -> None:
    simulated = device_of(model)
    simulated.faults.unconfirmed_renewals = True
    async with session_with(simulated, minutes=3.0) as known:
        before = simulated.received
        await anyio.sleep(60.0)
        assert simulated.received - before <= most
        assert known.device is not None
    assert simulated.lapsed == 0


@pytest.mark.virtual_time
@pytest.mark.parametrize(("model", "most"), [("CHG70N-C", 20), ("CHG4N", 20), ("L6000", 26)])
async def test_a_charger_is_asked_seldom(model: str, most: int) -> None:
    simulated = device_of(model)
    async with session_with(simulated, minutes=1.0) as known:
        before = simulated.received
        await anyio.sleep(60.0)
        assert simulated.received - before <= most
        assert known.bays


@pytest.mark.virtual_time
async def test_an_em_6000_that_tells_only_subscribers_is_read_once() -> None:
    simulated = device_of("EM6000")
    simulated.faults.by_subscription = ("/rx1/name", "/rx2/name", "/rx1/skx/", "/rx2/skx/")
    world_of(simulated).step(STEP_S)
    air, known = Air(simulated), Known()
    await make_ssc_driver(air.dial, SessionOptions(), loop_time).read_once(known)
    assert {known.facts[number].name for number in (1, 2)} == {"Lead Vox", "BVox 1"}
    assert known.battery(1).is_known
    assert simulated.connections == 0


@pytest.mark.virtual_time
@pytest.mark.parametrize("model", sorted(BLUEPRINTS))
async def test_a_device_that_leaves_addresses_unanswered_is_read_once(model: str) -> None:
    simulated = device_of(model)
    simulated.faults.ignores_unknown = True
    simulated.faults.unanswered = ("/device/identity/serial", "/rx1/mute", "/rx1/audio_mute")
    air, known = Air(simulated), Known()
    begun = loop_time()
    await make_ssc_driver(air.dial, SessionOptions(), loop_time).read_once(known)
    assert known.device is not None
    assert len(known.facts) == known.device.channel_count
    assert len(known.bays) == known.device.bay_count
    assert loop_time() - begun < 9.0
    assert simulated.received < 40
