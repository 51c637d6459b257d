import socket
from pathlib import Path

import pytest

from micboard_tui.outputs.service_manager import ServiceManager


def test_outside_of_systemd_nothing_is_sent() -> None:
    manager = ServiceManager({}, 7)
    manager.tell_ready("Serving")
    assert manager.watchdog_s is None


@pytest.mark.posix
def test_systemd_hears_that_we_are_ready_alive_and_stopping(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(address))
        manager = ServiceManager({"NOTIFY_SOCKET": str(address)}, 7)
        manager.tell_ready("Serving")
        manager.tell_alive()
        manager.tell_stopping()
        heard = [listener.recv(200).decode() for _ in range(3)]
    assert heard == ["READY=1\nSTATUS=Serving", "WATCHDOG=1", "STOPPING=1"]


def test_a_manager_that_is_gone_does_no_harm(tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}, 7).tell_alive()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "2000000"}, 2.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "7"}, 2.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_that_of_this_process(environment: dict[str, str], seconds: float | None) -> None:
    assert ServiceManager(environment, 7).watchdog_s == seconds
