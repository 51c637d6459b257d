"""A rack of all kinds of devices in session: what is lost of it is lost alone, and all are left clean."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.secret import SecretPlace, owner_device
from micboard_tui.simulator.device.fault_switchboard import DatagramFaults, FaultSwitchboard
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.rack import Rack, RackDevice, RackOptions, open_rack
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.shure.strings.strings_faults import StringsFaults
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults
from micboard_tui.simulator.shure.system_api.system_api_server import SystemApiServer
from tests.fakes.links import until

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("answers")]

SESSION = SessionOptions(silence_limit_s=4.0, connect_timeout_s=1.0)
RECEIVERS, CHARGERS = 16, 2
"""Sixteen places of the mixed rack have every driver; one of each model is enough here."""
WATCHED = (
    *("ULXD4Q", "EW-DX-EM4-Dante", "EM 300-500 G4", "EWDX2CHS", "EM6000", "UR4D", "SR IEM G4"),
    *("SBC220", "CHG70N-C"),
)
SERVER = "SystemAPI"
"""It takes its time until it has told everything, so it is not there in every test."""
AWAY = frozenset({LinkState.OFFLINE, LinkState.REFUSED})
OFF_FOR_S = 600.0
WATCH_S = 2.0
MOST_METERS_S = 1.0
"""Channels with a longer period need not have spoken while they are watched."""
LOSSES = {
    "shure-strings": "ULXD4Q",
    "shure-uhfr": "UR4D",
    "shure-system-api": SERVER,
    "sennheiser-ssc": "EW-DX-EM4-Dante",
    "sennheiser-sscv2": "EWDX2CHS",
    "sennheiser-mcp": "EM 300-500 G4",
}


class Stage:
    """A rack, and sessions with its devices, all of them well."""

    def __init__(self, rack: Rack, container: Container, ids: Mapping[DeviceId, int]) -> None:
        self.container = container
        self.rack = rack
        self.ids = ids
        """Place in the rack, by device."""

    @property
    def snapshot(self) -> Sequence[DeviceSnapshot]:
        return self.container.live.snapshot()

    def simulated(self, device: DeviceSnapshot) -> RackDevice:
        return self.rack.devices[self.ids[device.device.id]]

    def switches(self, device: DeviceSnapshot) -> FaultSwitchboard:
        return self.rack.simulated[self.ids[device.device.id]].faults

    def of_model(self, model: str) -> DeviceSnapshot:
        return next(each for each in self.snapshot if self.simulated(each).model == model)

    def of_maker(self, manufacturer: str) -> list[DeviceSnapshot]:
        return [each for each in self.snapshot if each.device.manufacturer == manufacturer]


@asynccontextmanager
async def opened(home: Path, street: str, *more: str) -> AsyncGenerator[tuple[Rack, list[int]]]:
    options = RackOptions(
        RECEIVERS, scenario="calm", address=f"{street}.2", port=0, rig="mixed", chargers=CHARGERS
    )
    paths = paths_under(home)
    make_directories(paths)
    async with open_rack(options) as rack:
        models = [each.model for each in rack.devices]
        yield rack, [models.index(model) for model in (*WATCHED, *more)]


@asynccontextmanager
async def sessions(home: Path, rack: Rack, places: Sequence[int]) -> AsyncGenerator[Stage]:
    async with open_container(Options(session=SESSION), paths_under(home)) as container:
        ids = {await added(container, rack.devices[place]): place for place in places}
        assert (await container.synchronization.start()).success
        stage = Stage(rack, container, ids)
        await until(lambda: all(is_well(each) for each in stage.snapshot))
        yield stage


@asynccontextmanager
async def staged(home: Path, street: str, *more: str) -> AsyncGenerator[Stage]:
    async with opened(home, street, *more) as (rack, places), sessions(home, rack, places) as stage:
        yield stage


async def added(container: Container, device: RackDevice) -> DeviceId:
    registered = await container.devices.register(
        device.manufacturer,
        device.host,
        driver=device.driver,
        port=device.port,
        fingerprint=device.fingerprint,
        actor="Pia",
    )
    assert registered.success
    if device.secret is not None:
        owner = owner_device(registered.data.id)
        kept = await container.secrets.keep(
            owner, device.secret, user=device.user, place=SecretPlace.FILE, actor="Pia"
        )
        assert kept.success
    return registered.data.id


def is_well(device: DeviceSnapshot) -> bool:
    """On the air, and all that it tells is told."""
    if not device.state.is_online:
        return False
    if device.device.driver == "shure-system-api":
        # It does not say whether the carrier of a receiver's channel is there.
        return all(channel.observed_at for channel in device.channels) and bool(device.state.bays)
    links = {channel.link_state for channel in device.channels}
    return bool(device.channels or device.state.bays) and not links & {*AWAY, LinkState.UNKNOWN}


def lose(faults: FaultSwitchboard) -> None:
    """The plug is pulled."""
    match faults:
        case StringsFaults() | DatagramFaults() | Sscv2Faults():
            faults.reboot(OFF_FOR_S)
        case SystemApiFaults():
            faults.no_websocket = faults.failing = True
        case _:
            raise AssertionError(faults)


async def nobody_else_notices(stage: Stage, lost: Sequence[DeviceSnapshot]) -> None:
    """Watch while these go: all the others stay as they are, and go on speaking."""
    gone = {each.device.id for each in lost}
    before = {each.device.id: each for each in stage.snapshot if each.device.id not in gone}
    assert before
    heard: dict[ChannelRef, set[float | None]] = {}
    with anyio.move_on_after(WATCH_S):
        while True:
            for device_id, device in before.items():
                now = stage.container.live.device(device_id)
                assert now is not None
                assert now.state.status is device.state.status, now
                assert now.state.status_since == device.state.status_since
                assert [each.link_state for each in now.channels] == [
                    each.link_state for each in device.channels
                ], now.state.model
                assert not any(each.is_stale(stage.container.live.now()) for each in now.channels)
                for channel in now.channels:
                    heard.setdefault(channel.ref, set()).add(channel.observed_at)
            await anyio.sleep(0.05)
    metered = [
        channel.ref
        for device in before.values()
        for channel in device.channels
        if channel.expected_period_s is not None and channel.expected_period_s <= MOST_METERS_S
    ]
    assert metered
    assert all(len(heard[ref]) > WATCH_S for ref in metered)
    await until(lambda: all(is_gone(stage, each) for each in gone))


def is_gone(stage: Stage, device_id: DeviceId) -> bool:
    device = stage.container.live.device(device_id)
    return device is not None and not device.state.is_online


@pytest.mark.long
@pytest.mark.no_cover
async def test_the_loss_of_one_device_is_nobody_elses(tmp_path: Path) -> None:
    """One after the other goes, and is off for longer than the test."""
    async with staged(tmp_path, "127.0.41", SERVER) as stage:
        lost: list[DeviceSnapshot] = []
        for driver, model in LOSSES.items():
            lost.append(stage.of_model(model))
            assert lost[-1].device.driver == driver
            lose(stage.switches(lost[-1]))
            await nobody_else_notices(stage, lost)


@pytest.mark.parametrize("manufacturer", ["shure", "sennheiser"])
@pytest.mark.no_cover
async def test_the_loss_of_all_of_one_maker_is_not_the_others(tmp_path: Path, manufacturer: str) -> None:
    async with staged(tmp_path, "127.0.42", SERVER) as stage:
        lost = stage.of_maker(manufacturer)
        assert len(lost) > 3
        for device in lost:
            lose(stage.switches(device))
        await nobody_else_notices(stage, lost)


@pytest.mark.no_cover
async def test_one_datagram_in_twenty_may_get_lost(tmp_path: Path) -> None:
    async with staged(tmp_path, "127.0.43") as stage:
        links = {each.device.id: [channel.link_state for channel in each.channels] for each in stage.snapshot}
        for simulated in stage.rack.simulated:
            simulated.faults.lose_datagrams(0.05)
        with anyio.move_on_after(4.0):
            while True:
                for device in stage.snapshot:
                    assert device.state.is_online
                    assert [each.link_state for each in device.channels] == links[device.device.id]
                    assert not any(each.is_stale(stage.container.live.now()) for each in device.channels)
                await anyio.sleep(0.05)
        assert not any(stage.rack.lapsed)


@pytest.mark.parametrize("dropped", [0.0, 0.05])
async def test_whoever_leaves_says_goodbye_to_all(tmp_path: Path, dropped: float) -> None:
    async with opened(tmp_path, "127.0.44", SERVER) as (rack, places):
        async with sessions(tmp_path, rack, places):
            busy = [rack.connections[place] for place in places]
            assert all(busy)
            for place in places:
                rack.simulated[place].faults.lose_datagrams(dropped)
        await until(lambda: not any(rack.connections))
        for device in rack.simulated:
            assert left_in(device) == 0, device


def left_in(device: SimulatedDevice) -> int:
    """What a device would still do for us."""
    match device:
        case StringsDevice(unit=Receiver(channels=channels)):
            return sum(channel.meter_rate_ms for channel in channels)
        case SscDevice():
            return len(device.subscribers)
        case Sscv2Device():
            return device.sessions
        case SystemApiServer():
            return device.push_sockets.subscribed.total()
        case _:
            return device.connections
