"""Addresses and ports that can and cannot be had."""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.device.fault_switchboard import FaultSwitchboard
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.listeners import NoAddressError, count_up, open_devices
from micboard_tui.simulator.rack.rack import open_rack
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from micboard_tui.simulator.stage.air import Air


@dataclass
class Machine:
    """Opens devices without sockets, as a machine with few addresses would."""

    problem: int = 0
    allowed: str = "127.0.0.1"
    after: int = 0
    """So many devices are opened before there is a problem."""
    opened: list[tuple[str, int]] = field(default_factory=list)

    def open(self, host: str, port: int) -> int:
        if self.problem and host != self.allowed and len(self.opened) >= self.after:
            raise OSError(self.problem, os.strerror(self.problem))
        self.opened.append((host, port))
        return port or 40_000 + len(self.opened)


class OpenedDevice:
    """Only opens."""

    airs: Sequence[Air] = ()
    connections = lapsed = 0
    fingerprint: str | None = None
    mac: str | None = None

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @property
    def faults(self) -> FaultSwitchboard:
        raise NotImplementedError

    async def open(self, host: str, port: int) -> int:
        return self._machine.open(host, port)

    async def tick(self, seconds: float) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError


def devices_on(machine: Machine, layout: Sequence[RackDevice]) -> list[SimulatedDevice]:
    return [OpenedDevice(machine) for _ in layout]


async def test_where_only_one_address_exists_ports_count_up() -> None:
    machine = Machine(errno.EADDRNOTAVAIL)
    layout = count_up(plan(RackOptions(receivers=3, port=2202)))
    opened = await open_devices(layout, devices_on(machine, layout))
    assert machine.opened == [("127.0.0.1", 2202), ("127.0.0.1", 2203), ("127.0.0.1", 2204)]
    assert [(device.host, device.port) for device in opened] == machine.opened


async def test_any_port_stays_any_port_there() -> None:
    machine = Machine(errno.EADDRNOTAVAIL)
    layout = count_up(plan(RackOptions(receivers=3, port=0)))
    opened = await open_devices(layout, devices_on(machine, layout))
    assert [device.port for device in opened] == [40_001, 40_002, 40_003]
    assert machine.opened == [("127.0.0.1", 0)] * 3


def test_ports_that_would_count_beyond_the_last_are_refused() -> None:
    with pytest.raises(StartError, match="not 3 ports") as refused:
        count_up(plan(RackOptions(receivers=3, port=65534)))
    assert refused.value.info.hint


@pytest.mark.parametrize(
    ("address", "can_count_up"), [("127.0.0.2", True), ("127.0.0.1", False), ("192.0.2.1", False)]
)
async def test_only_another_loopback_address_is_replaced_by_the_first(
    address: str, *, can_count_up: bool
) -> None:
    layout = plan(RackOptions(receivers=2, address=address))
    machine = Machine(errno.EADDRNOTAVAIL, allowed="nowhere")
    with pytest.raises(NoAddressError) as refused:
        await open_devices(layout, devices_on(machine, layout))
    assert refused.value.device == layout[0]
    assert refused.value.can_count_up is can_count_up


@pytest.mark.integration
async def test_an_address_elsewhere_is_named_when_it_cannot_be_had() -> None:
    with pytest.raises(StartError, match=r"192\.0\.2\.1:2202 is no address of this machine"):
        async with open_rack(RackOptions(receivers=2, address="192.0.2.1")):
            pass


@pytest.mark.parametrize(
    ("problem", "reason"),
    [(errno.EADDRINUSE, "is taken"), (errno.EACCES, "may not be used"), (errno.EIO, "cannot be used")],
)
async def test_what_cannot_be_opened_is_named_with_a_cure(problem: int, reason: str) -> None:
    machine = Machine(problem, after=2)
    layout = plan(RackOptions(receivers=3))
    with pytest.raises(StartError, match=reason) as refused:
        await open_devices(layout, devices_on(machine, layout))
    assert refused.value.code is ErrorCode.SIMULATOR_FAILED
    assert refused.value.info.hint
    assert refused.value.info.details == {"host": "127.0.0.4", "port": "2202"}
