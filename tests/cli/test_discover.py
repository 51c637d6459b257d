"""Devices that announce themselves on the loopback interface, found by the command."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from micboard_tui.cli.discover import announce_search, print_findings
from micboard_tui.contracts.device import Findings
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.protocols.shure_slp.codec import GROUP, PORT, Advertisement, encode
from tests.cli.conftest import Command

LOOPBACK = "127.0.0.1"
SLXD = Advertisement("SLXD4D", "Sax\x1b[31m", address="127.0.3.97")
ADTQ = Advertisement("ADTQ", "Ears", address="127.0.3.96")


@contextmanager
def announced(*advertisements: Advertisement) -> Iterator[None]:
    """Every 50 ms, in a thread of its own."""
    over = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as air:
        air.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))

        def announce() -> None:
            while not over.wait(0.05):
                for advertisement in advertisements:
                    air.sendto(encode(advertisement), (GROUP, PORT))

        thread = threading.Thread(target=announce)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(5)


@pytest.mark.integration
@pytest.mark.usefixtures("answers")
def test_devices_that_announce_themselves_are_listed_with_cause_and_cure(micboard: Command) -> None:
    with announced(SLXD, ADTQ):
        answer = micboard("devices", "discover", "--interface", "lo", "--timeout", "1")
        listed = json.loads(
            micboard("devices", "discover", "--interface", LOOPBACK, "--timeout", "1", "--json").out
        )
    assert answer.code == 0, answer.err
    assert "SLXD4D" in answer.out
    assert "Controller Access > Allow" in answer.err
    assert "System API server" in answer.err
    assert "micboard-tui devices add " in answer.err
    assert "\x1b" not in answer.out + answer.err
    # Others may announce something on this machine meanwhile.
    found = [each for each in listed["found"] if each["host"] in {SLXD.address, ADTQ.address}]
    assert [(each["host"], each["via"], each["obstacle"]["code"]) for each in found] == [
        ("127.0.3.96", "slp", "DRIVER_NOT_SUPPORTED"),
        ("127.0.3.97", "slp", "DEVICE_REFUSED"),
    ]


def test_what_is_ready_is_offered_first(capsys: pytest.CaptureFixture[str]) -> None:
    ready = FoundDevice("10.0.0.2", 45, "acme", "acme-a", None, None, answered=True)
    print_findings(Findings((FoundDevice("10.0.0.1", 0, "acme", None, "X", None), ready)), as_json=False)
    captured = capsys.readouterr()
    assert "devices add acme 10.0.0.2" in captured.err
    assert [line.split()[-1] for line in captured.out.splitlines()] == ["state", "heard", "ready"]


def test_where_is_listened_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    captured = announce_search(5.0)
    captured(Findings())
    captured(Findings())
    print_findings(Findings(), as_json=False)
    first, *rest = capsys.readouterr().err.splitlines()
    assert first == "Listening for 5 s on no interface."
    assert rest[0] == "No new device announced itself or answered."


def test_where_nothing_can_be_added_nothing_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(Findings((FoundDevice("10.0.0.1", 0, "acme", None, "X", None),)), as_json=False)
    assert capsys.readouterr().err == ""
