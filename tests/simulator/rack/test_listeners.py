"""Addresses and ports that can and cannot be had."""

import errno
import os
import socket

import pytest

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.rack.listeners import open_listeners
from micboard_tui.simulator.rack.rack_layout import RackOptions, plan
from micboard_tui.simulator.shure.strings.network_device import listening


class Machine:
    """Opens real sockets on any free port, as a machine with few addresses would."""

    def __init__(self, problem: int = 0, *, allowed: str = "127.0.0.1", after: int = 0) -> None:
        self.problem = problem
        self.allowed = allowed
        self.after = after
        self.asked: list[tuple[str, int]] = []
        self.opened: list[socket.socket] = []

    def listen(self, host: str, port: int) -> socket.socket:
        self.asked.append((host, port))
        if self.problem and host != self.allowed and len(self.opened) >= self.after:
            raise OSError(self.problem, os.strerror(self.problem))
        self.opened.append(listening("127.0.0.1", 0))
        return self.opened[-1]

    @property
    def open(self) -> list[socket.socket]:
        return [each for each in self.opened if each.fileno() >= 0]


@pytest.mark.integration
def test_where_only_one_address_exists_ports_count_up() -> None:
    machine = Machine(errno.EADDRNOTAVAIL)
    devices, sockets = open_listeners(plan(RackOptions(receivers=3, port=2202)), machine.listen)
    for each in sockets:
        each.close()
    assert machine.asked[-3:] == [("127.0.0.1", 2202), ("127.0.0.1", 2203), ("127.0.0.1", 2204)]
    assert {each.host for each in devices} == {"127.0.0.1"}


@pytest.mark.integration
def test_any_port_stays_any_port_there() -> None:
    machine = Machine(errno.EADDRNOTAVAIL)
    devices, sockets = open_listeners(plan(RackOptions(receivers=3, port=0)), machine.listen)
    assert [each.port for each in devices] == [each.getsockname()[1] for each in sockets]
    assert machine.asked[-3:] == [("127.0.0.1", 0)] * 3
    for each in sockets:
        each.close()


def test_ports_that_would_count_beyond_the_last_are_refused() -> None:
    machine = Machine(errno.EADDRNOTAVAIL)
    with pytest.raises(StartError, match="not 3 ports") as refused:
        open_listeners(plan(RackOptions(receivers=3, port=65534)), machine.listen)
    assert refused.value.info.hint
    assert machine.open == []


def test_a_machine_without_any_loopback_address_says_so() -> None:
    machine = Machine(errno.EADDRNOTAVAIL, allowed="nowhere")
    with pytest.raises(StartError, match=r"127\.0\.0\.1:2202 is no address of this machine"):
        open_listeners(plan(RackOptions(receivers=2)), machine.listen)


def test_an_address_elsewhere_is_not_replaced_by_another() -> None:
    machine = Machine(errno.EADDRNOTAVAIL)
    with pytest.raises(StartError, match=r"192\.0\.2\.1:2202 is no address of this machine"):
        open_listeners(plan(RackOptions(receivers=2, address="192.0.2.1")), machine.listen)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("problem", "told"),
    [(errno.EADDRINUSE, "is taken"), (errno.EACCES, "may not be used"), (errno.EIO, "cannot be used")],
)
def test_what_cannot_be_opened_is_told_and_nothing_stays_open(problem: int, told: str) -> None:
    machine = Machine(problem, after=2)
    with pytest.raises(StartError, match=told) as refused:
        open_listeners(plan(RackOptions(receivers=3)), machine.listen)
    assert refused.value.code is ErrorCode.SIMULATOR_FAILED
    assert refused.value.info.hint
    assert refused.value.info.details == {"host": "127.0.0.4", "port": "2202"}
    assert len(machine.opened) == 2
    assert machine.open == []
