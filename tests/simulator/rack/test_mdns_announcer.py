"""Simulated Sennheiser devices as a search finds them: over multicast DNS, on this machine only."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace

import anyio
import pytest
from zeroconf import NotRunningException
from zeroconf.asyncio import AsyncZeroconf

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.sennheiser.mdns_discovery import discover
from micboard_tui.simulator.rack.mdns_announcer import (
    LOOPBACK,
    MAX_ANNOUNCED,
    announce_by_mdns,
    open_on_loopback,
)
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from tests.fakes.links import until

pytestmark = pytest.mark.integration

DEVICES = [
    each
    for each in plan(RackOptions(receivers=6, rig="sennheiser", address="127.0.6.2", chargers=1))
    if each.driver != "sennheiser-mcp"
]


async def heard(street: str, count: int) -> list[FoundDevice]:
    """What is found at addresses that begin so, by address; at once when it is so many."""
    found: dict[str, FoundDevice] = {}
    async with anyio.create_task_group() as group:

        def keep(device: FoundDevice) -> None:
            # Others may announce something on this machine meanwhile.
            if device.host.startswith(street):
                found[device.host] = device
            if len(found) >= count:
                group.cancel_scope.cancel()

        group.start_soon(discover, keep, LOOPBACK, 6.0)
    return sorted(found.values(), key=lambda each: int(each.host.rpartition(".")[2]))


async def test_devices_are_found_with_address_port_model_and_driver_until_they_are_gone() -> None:
    before = asyncio.all_tasks()
    async with announce_by_mdns(DEVICES):
        found = await heard("127.0.6.", len(DEVICES))
    assert [(each.host, each.port, each.driver, each.model, each.own_name) for each in found] == [
        (device.host, device.port, device.driver, device.model, device.name) for device in DEVICES
    ]
    assert asyncio.all_tasks() == before


async def test_a_second_rack_of_the_same_names_is_found_beside_the_first() -> None:
    def rack(street: int) -> list[RackDevice]:
        return [replace(DEVICES[0], name="Twin", host=f"127.0.{street}.2")]

    async with announce_by_mdns(rack(7)):
        assert len(await heard("127.0.7.", 1)) == 1
        async with announce_by_mdns(rack(8)):
            (second,) = await heard("127.0.8.", 1)
    assert (second.own_name, second.port) == ("Twin-2", DEVICES[0].port)


async def test_nothing_can_leave_by_another_interface() -> None:
    responder = open_on_loopback()
    try:
        await responder.zeroconf.async_wait_for_start()
        sockets = [each.sock for each in responder.zeroconf.engine.senders]
        assert sockets
        for sender in sockets:
            assert sender.getsockname()[0] == LOOPBACK
            leaves_by = sender.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4)
            assert leaves_by == socket.inet_aton(LOOPBACK)
    finally:
        await responder.async_close()


@pytest.mark.parametrize("error", [OSError("no multicast"), RuntimeError("no interface")])
async def test_where_there_is_no_multicast_nothing_is_announced(error: Exception) -> None:
    def opened() -> AsyncZeroconf:
        raise error

    before = asyncio.all_tasks()
    async with announce_by_mdns(DEVICES, opened):
        await anyio.sleep(0.01)
    assert asyncio.all_tasks() == before


class Registering(AsyncZeroconf):
    """Counts what is registered, and announces none of it."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__(interfaces=[LOOPBACK])
        self.registered: list[object] = []
        self._error = error

    async def async_register_service(self, info: object, *_: object, **__: object) -> asyncio.Future[None]:
        self.registered.append(info)
        if self._error is not None:
            raise self._error
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


async def test_no_more_than_a_limited_number_is_announced() -> None:
    many: Sequence[RackDevice] = [replace(DEVICES[0], host=f"127.0.9.{number}") for number in range(1, 200)]
    responder = Registering()
    async with announce_by_mdns(many, lambda: responder):
        await until(lambda: len(responder.registered) == MAX_ANNOUNCED)
    assert responder.zeroconf.done


async def test_a_responder_that_does_not_get_going_is_closed_at_the_end() -> None:
    responder = Registering(NotRunningException())
    async with announce_by_mdns(DEVICES, lambda: responder):
        await until(lambda: bool(responder.registered))
    assert responder.zeroconf.done


async def test_where_nobody_speaks_ssc_nothing_is_opened() -> None:
    async with announce_by_mdns(plan(RackOptions(receivers=2)), lambda: pytest.fail("opened")):
        pass
