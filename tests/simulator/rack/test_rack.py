"""The whole rack: opened, moved by its own task, and closed without a trace."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.rack.rack import Rack, RackDevice, RackOptions, open_rack, plan
from micboard_tui.simulator.sennheiser.ssc.ssc_faults import SscFaults
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults
from micboard_tui.simulator.shure.strings.strings_device import open_listener
from micboard_tui.simulator.shure.strings.strings_faults import Access
from tests.fakes.links import until
from tests.simulator.simulated_devices import strings_faults_in
from tests.simulator.strings_clients import PATIENCE_S, Sample, StringsClient, connect, message_of

pytestmark = pytest.mark.integration


def options(third: int, **more: object) -> RackOptions:
    """Each test has a street of its own; the port is any that is free."""
    given: dict[str, object] = {"address": f"127.42.{third}.2", "port": 0, "receivers": 2, **more}
    return RackOptions(**given)  # type: ignore[arg-type] # the tests below pass what fits


async def visit(device: RackDevice) -> StringsClient:
    return await connect(device.host, device.port)


async def test_everything_planned_listens() -> None:
    chosen = options(1, receivers=10)
    async with open_rack(chosen) as rack, AsyncExitStack() as leaving:
        assert [each.host for each in rack.devices] == [each.host for each in plan(chosen)]
        assert all(each.port for each in rack.devices)
        assert len(rack.simulated) == len(rack.devices)
        assert len(rack.world.airs) == sum(each.channels for each in rack.devices)
        for device in rack.devices:
            caller = await visit(device)
            leaving.push_async_callback(caller.aclose)
            (name,) = await caller.ask("GET DEVICE_ID")
            assert device.name in str(name)
        assert rack.connections == (1,) * 10


async def test_a_given_port_is_the_same_for_all() -> None:
    with open_listener("127.42.2.1", 0) as free:
        port = free.getsockname()[1]
    async with open_rack(options(2, port=port)) as rack:
        assert {each.port for each in rack.devices} == {port}
        assert tuple(replace(each, mac=None) for each in rack.devices) == plan(options(2, port=port))


async def test_meters_come_by_themselves_and_the_world_moves() -> None:
    async with open_rack(options(3)) as rack:
        caller = await visit(rack.devices[0])
        caller.say("SET 0 METER_RATE 100")
        await caller.hear(4)
        started_s = rack.world.now_s
        heard = [each for each in await caller.hear(12) if isinstance(each, Sample)]
        assert {each.channel for each in heard} == {1, 2, 3, 4}
        assert rack.world.now_s > started_s
        await caller.aclose()


async def test_afterwards_no_task_and_no_socket_is_left() -> None:
    before = asyncio.all_tasks()
    async with open_rack(options(4)) as rack:
        callers = [await visit(each) for each in rack.devices]
        strings_faults_in(rack)[0].half_open()
        await until(lambda: rack.connections[0] == 0)
    assert asyncio.all_tasks() == before
    for caller, device in zip(callers, rack.devices, strict=True):
        assert await caller.is_left()
        await caller.aclose()
        with pytest.raises(ConnectionRefusedError):
            await visit(device)


async def test_even_when_cancelled() -> None:
    racks: list[Rack] = []

    async def stay() -> None:
        async with open_rack(options(5)) as rack:
            racks.append(rack)
            await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        group.start_soon(stay)
        await until(lambda: bool(racks))
        group.cancel_scope.cancel()
    with pytest.raises(ConnectionRefusedError):
        await visit(racks[0].devices[0])


async def test_a_taken_address_is_told_and_nothing_stays_open() -> None:
    with open_listener("127.42.6.3", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"127\.42\.6\.3:{port} is taken") as refused:
            async with open_rack(options(6, port=port)):
                pass
        assert refused.value.code is ErrorCode.SIMULATOR_FAILED
        assert refused.value.info.hint
        open_listener("127.42.6.2", port).close()


async def test_options_that_make_no_rack_open_nothing() -> None:
    with pytest.raises(StartError) as refused:
        async with open_rack(options(7, scenario="panic")):
            pass
    assert refused.value.code is ErrorCode.INVALID_VALUE


async def test_in_a_disaster_one_slxd_lets_nobody_in() -> None:
    async with open_rack(options(8, receivers=6, scenario="disaster")) as rack:
        locked = [device.model for device, each in zip(rack.devices, strings_faults_in(rack), strict=True)
                  if each.access is Access.SILENT]  # fmt: skip
        assert locked == ["SLXD4D"]
        caller = await visit(rack.devices[4])
        caller.say("GET MODEL")
        await until(lambda: rack.world.now_s > 0.3)
        assert caller.raw == b""
        await caller.aclose()


async def test_a_rack_without_slxd_locks_nobody_out() -> None:
    async with open_rack(options(9, scenario="disaster", model="AD4D-A")) as rack:
        assert all(each.access is Access.ALLOWED for each in strings_faults_in(rack))


async def test_a_device_that_is_to_be_locked_is_locked_in_any_scenario_and_stays_so() -> None:
    for scenario in ("calm", "disaster"):
        chosen = options(12, receivers=6, rig="mixed", chargers=1, scenario=scenario, locked=(2, 5))
        async with open_rack(chosen) as rack:
            ssc, sscv2 = rack.simulated[1].faults, rack.simulated[4].faults
            assert isinstance(ssc, SscFaults)
            assert isinstance(sscv2, Sscv2Faults)
            assert ssc.silent
            assert sscv2.password
    with pytest.raises(StartError, match="no device 9 in the rack"):
        plan(options(12, locked=(9,)))


async def test_datagrams_get_lost_where_devices_speak_in_datagrams() -> None:
    async with open_rack(options(13, receivers=8, rig="mixed", dropped=0.25)) as rack:
        lost = [getattr(each.faults, "drop", None) for each in rack.simulated]
        assert lost == [None, 0.25, None, 0.25, None, None, 0.25, 0.25]
        assert rack.lapsed == (0,) * 8
    with pytest.raises(StartError, match="share of 1 cannot"):
        plan(options(13, dropped=1.0))


async def test_an_announced_rack_leaves_no_task_either() -> None:
    before = asyncio.all_tasks()
    async with open_rack(options(14, receivers=2, rig="mixed", announced=True)):
        await asyncio.sleep(0.1)
        assert {"dns-sd"} < {each.get_name() for each in asyncio.all_tasks()}
    assert asyncio.all_tasks() == before


async def test_faults_can_be_switched_while_it_runs() -> None:
    async with open_rack(options(10)) as rack:
        caller = await visit(rack.devices[0])
        strings_faults_in(rack)[0].reboot(0.2)
        assert await caller.is_left()
        await caller.aclose()
        again = await back(rack.devices[0])
        assert await again.ask("GET 1 METER_RATE") == [message_of("REP 1 METER_RATE 00000")]
        await again.aclose()


async def test_a_mistake_of_ours_does_not_stay_hidden() -> None:
    async def break_the_stage() -> None:
        async with open_rack(options(11)) as rack:
            rack.world.airs[0].pack = None  # type: ignore[assignment] # what no stage has
            await until(lambda: len(asyncio.all_tasks()) == before)

    before = len(asyncio.all_tasks())
    with pytest.raises(AttributeError):
        await break_the_stage()


async def back(device: RackDevice) -> StringsClient:
    """A connection as soon as the device is there again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await visit(device)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
