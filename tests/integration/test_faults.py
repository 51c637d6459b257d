"""A whole rack in session, and trouble at all receivers but one: that one must not notice."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.link_state import LinkState
from micboard_tui.simulator.rack.rack import Rack, RackOptions, open_rack
from micboard_tui.simulator.shure.strings.strings_faults import Access, StringsFaults, Writes
from tests.fakes.links import until
from tests.simulator.simulated_devices import receivers_in, strings_faults_in

pytestmark = pytest.mark.integration

SESSION = SessionOptions(silence_limit_s=4.0, connect_timeout_s=4.0)
UNREACHED = frozenset({LinkState.OFFLINE, LinkState.REFUSED})


@asynccontextmanager
async def watched(home: Path, rack: Rack) -> AsyncGenerator[Container]:
    """Sessions with every receiver, all of them heard."""
    paths = paths_under(home)
    make_directories(paths)
    async with open_container(Options(session=SESSION), paths) as container:
        for device in rack.devices:
            added = await container.devices.register(
                device.manufacturer, device.host, port=device.port, actor="Pia"
            )
            assert added.success
        assert (await container.synchronization.start()).success
        await until(lambda: all(map(is_well, container.live.snapshot())))
        yield container


def is_well(device: DeviceSnapshot) -> bool:
    return (
        device.state.is_online
        and bool(device.channels)
        and not {channel.link_state for channel in device.channels} & {*UNREACHED, LinkState.UNKNOWN}
    )


async def hear_updates(container: Container, place: int, count: int) -> None:
    """Wait until the first channel of a device was heard so often."""
    device_id = container.live.snapshot()[place].device.id
    times: set[float | None] = set()

    def is_heard() -> bool:
        device = container.live.device(device_id)
        assert device is not None
        times.add(device.channels[0].observed_at)
        return len(times) > count

    await until(is_heard)


def flood(faults: StringsFaults) -> None:
    faults.flood = True


def freeze(faults: StringsFaults) -> None:
    faults.freeze = True


def rubbish(faults: StringsFaults) -> None:
    faults.garbage = faults.line_ends = True


def bytewise(faults: StringsFaults) -> None:
    faults.writes = Writes.BYTES


def errors(faults: StringsFaults) -> None:
    faults.err_storm = True


def reboots(faults: StringsFaults) -> None:
    faults.reboot(1.0)


def half_opens(faults: StringsFaults) -> None:
    faults.half_open()


def locks_out(faults: StringsFaults) -> None:
    faults.access = Access.REFUSED
    faults.reboot(0.5)


TROUBLES: tuple[Callable[[StringsFaults], None], ...] = (
    *(flood, freeze, rubbish, bytewise, errors, reboots, half_opens, locks_out),
)


@pytest.mark.long
async def test_one_receivers_trouble_is_nobody_elses(tmp_path: Path) -> None:
    options = RackOptions(
        receivers=len(TROUBLES) + 1, scenario="calm", port=0, address="127.0.5.2", model="ULXD4D"
    )
    async with open_rack(options) as rack, watched(tmp_path, rack) as container:
        for trouble, faults in zip(TROUBLES, strings_faults_in(rack), strict=False):
            trouble(faults)
        await hear_updates(container, len(TROUBLES), 20)
        report = await container.health.check()
        assert report.success
        by_trouble = {trouble.__name__: place for place, trouble in enumerate(TROUBLES)}

        def is_so(trouble: str, well: bool) -> bool:
            return is_well(container.live.snapshot()[by_trouble[trouble]]) is well

        for name in ("flood", "rubbish", "bytewise"):
            await until(partial(is_so, name, well=True))
        for name in ("freeze", "locks_out"):
            await until(partial(is_so, name, well=False))
        for faults in strings_faults_in(rack):
            faults.clear()
        await until(lambda: all(map(is_well, container.live.snapshot())))


@pytest.mark.parametrize("model", ["ULXD4D", "AD4D-A", "SLXD4D", "QLXD4"])
async def test_whoever_leaves_switches_metering_off_and_hangs_up(tmp_path: Path, model: str) -> None:
    options = RackOptions(receivers=1, scenario="calm", port=0, address="127.0.5.30", model=model)
    async with open_rack(options) as rack:
        async with watched(tmp_path, rack):
            channels = receivers_in(rack)[0].channels
            await until(lambda: all(channel.meter_rate_ms > 0 for channel in channels))
            assert rack.connections == (1,)
        await until(lambda: rack.connections == (0,))
        assert [channel.meter_rate_ms for channel in channels] == [0] * len(channels)


@pytest.mark.no_cover
async def test_another_controllers_meter_rate_is_set_back(tmp_path: Path) -> None:
    options = RackOptions(receivers=1, scenario="calm", port=0, address="127.0.5.40", model="ULXD4D")
    async with open_rack(options) as rack, watched(tmp_path, rack):
        change, channels = strings_faults_in(rack)[0].change_meter_rate, receivers_in(rack)[0].channels
        await until(lambda: all(channel.meter_rate_ms == 100 for channel in channels))
        change(5000)
        # It may be set back sooner than anyone looks.
        await until(lambda: not change.is_pending)
        await until(lambda: all(channel.meter_rate_ms == 100 for channel in channels))


async def test_a_rack_that_goes_is_offline_within_six_seconds_and_comes_back_by_itself(
    tmp_path: Path,
) -> None:
    options = RackOptions(receivers=3, scenario="calm", port=22021, address="127.0.5.50")
    async with AsyncExitStack() as sessions:
        async with open_rack(options) as rack:
            container = await sessions.enter_async_context(watched(tmp_path, rack))
        await until(lambda: all(map(is_gone, container.live.snapshot())), 6.0)
        for device in container.live.snapshot():
            assert device.channels[0].facts.name
            assert device.channels[0].meters.rf_dbm is None
        # Longer than the first attempts to connect take, which are refused.
        await anyio.sleep(3.0)
        assert all(map(is_gone, container.live.snapshot()))
        async with open_rack(options):
            await until(lambda: all(map(is_well, container.live.snapshot())))


def is_gone(device: DeviceSnapshot) -> bool:
    return device.state.status is DeviceStatus.OFFLINE and {
        channel.link_state for channel in device.channels
    } == {LinkState.OFFLINE}
