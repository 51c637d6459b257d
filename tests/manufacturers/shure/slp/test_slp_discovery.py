"""Shure devices that announce themselves: over real multicast on the loopback interface."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Self

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.shure.access_hints import CONTROLLER_ACCESS
from micboard_tui.manufacturers.shure.driver_names import STRINGS, SYSTEM_API, UHFR
from micboard_tui.manufacturers.shure.slp import listener
from micboard_tui.manufacturers.shure.slp.advertised_model import (
    found_device_of,
    model_of,
)
from micboard_tui.manufacturers.shure.slp.listener import SlpDiscovery, join
from micboard_tui.manufacturers.shure.slp.reachability import explain_silence
from micboard_tui.protocols.shure_slp.codec import GROUP, PORT, Advertisement, encode
from tests.fakes.links import until

LOOPBACK = "127.0.0.1"
ULXD = Advertisement("ULXD4D", "FOH 1", dcid="CCD1DC00-E139-11DF-0000-0015C5F3F612", address="127.0.0.2")


class Announcer:
    """Sends advertisements on the loopback interface."""

    def __init__(self, port: int) -> None:
        self._to = (GROUP, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        self._socket.bind((LOOPBACK, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self._socket.sendto(datagram, self._to)


@pytest.fixture
def port() -> int:
    """One of its own, since whatever is announced on this machine is heard on the usual one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        tried.bind((GROUP, 0))
        return int(tried.getsockname()[1])


def on(port: int) -> SlpDiscovery:
    return SlpDiscovery(lambda address: join(address, GROUP, port), lambda: ["192.0.2.99", LOOPBACK])


@asynccontextmanager
async def listening(
    discovery: SlpDiscovery, interface: str | None = LOOPBACK
) -> AsyncGenerator[list[FoundDevice]]:
    found: list[FoundDevice] = []
    async with anyio.create_task_group() as group:
        group.start_soon(discovery, found.append, interface, 5.0)
        await anyio.sleep(0.02)
        yield found
        group.cancel_scope.cancel()


@pytest.mark.integration
async def test_who_announces_itself_on_the_chosen_interface_is_found(port: int) -> None:
    async with listening(on(port)) as found:
        with Announcer(port) as announcer:
            announcer.say(
                b"junk", encode(ULXD), encode(ULXD), encode(Advertisement("ADTQ", address="10.9.9.9"))
            )
            await until(lambda: len(found) == 2)
    assert [(each.host, each.port, each.driver, each.own_name) for each in found] == [
        ("127.0.0.2", 2202, STRINGS, "FOH 1"),
        ("10.9.9.9", 10_000, SYSTEM_API, None),
    ]


@pytest.mark.integration
async def test_the_same_again_is_told_once_and_a_change_anew(port: int) -> None:
    async with listening(on(port)) as found:
        with Announcer(port) as announcer:
            announcer.say(encode(ULXD), encode(ULXD), encode(Advertisement("ULXD4D", "FOH 2")))
            await until(lambda: len(found) == 2)
    assert [(each.host, each.own_name) for each in found] == [("127.0.0.2", "FOH 1"), (LOOPBACK, "FOH 2")]


@pytest.mark.integration
async def test_all_interfaces_are_listened_to_and_one_that_will_not_is_told_to_the_log(port: int) -> None:
    with capture_logs() as events:
        async with listening(on(port), None) as found:
            with Announcer(port) as announcer:
                announcer.say(encode(ULXD))
                await until(lambda: len(found) == 1)
    assert [(each["event"], each["address"]) for each in events] == [("not_listening", "192.0.2.99")]


async def test_without_any_multicast_it_ends_in_time_and_quietly() -> None:
    def no_multicast(address: str) -> socket.socket:
        raise OSError(19, "No such device")

    with capture_logs() as events:
        await SlpDiscovery(no_multicast, lambda: [LOOPBACK])(lambda _: None, None, 0.01)
    assert {each["event"] for each in events} == {"not_listening"}


async def test_nothing_grows_beyond_its_limit() -> None:
    reported: list[FoundDevice] = []
    ears = listener._Receiver(reported.append)
    for number in range(listener.MAX_SOURCES + 20):
        ears.datagram_received(encode(ULXD), (f"10.0.{number // 250}.{number % 250 + 1}", PORT))
    assert len(reported) == listener.MAX_SOURCES


@pytest.mark.integration
def test_a_socket_that_cannot_join_is_closed() -> None:
    with pytest.raises(OSError, match=r"."):
        join("192.0.2.99")


@pytest.mark.parametrize(
    ("said", "model", "driver", "kind", "band"),
    [
        (
            Advertisement("QLXD4", dcid="CCEAC054-E139-11DF-84BA-0015C5F3F612"),
            "QLXD4",
            STRINGS,
            DeviceKind.RECEIVER,
            "K51",
        ),
        (
            Advertisement("ULX-D", dcid="046F8560-FD5A-11E3-84A4-0015C5F3F612"),
            "ULX-D",
            STRINGS,
            DeviceKind.RECEIVER,
            "AB",
        ),
        (
            Advertisement(dcid="CCCED3F8-E139-11DF-9A61-0015C5F3F612"),
            "ULXD4",
            STRINGS,
            DeviceKind.RECEIVER,
            "AB",
        ),
        (
            Advertisement("SBC220", dcid="04232760-FD5A-11E3-B7F2-0015C5F3F612"),
            "SBC220",
            STRINGS,
            DeviceKind.CHARGER,
            None,
        ),
        (
            Advertisement(dcid="CCC93646-E139-11DF-81B4-0015C5F3F612"),
            "P10T",
            STRINGS,
            DeviceKind.IEM_TRANSMITTER,
            "A24",
        ),
        (
            Advertisement(dcid="CCB8DB5C-E139-11DF-8A4C-0015C5F3F612"),
            "UR4D",
            UHFR,
            DeviceKind.RECEIVER,
            None,
        ),
        (Advertisement("SLXD4D"), "SLXD4D", STRINGS, DeviceKind.RECEIVER, None),
        (Advertisement("ANX4"), "ANX4", STRINGS, DeviceKind.RECEIVER, None),
        (Advertisement("MXA910"), "MXA910", None, None, None),
        (Advertisement(dcid="CD0C3BF8-E139-11DF-9C94-0015C5F3F612"), "SHA900", None, None, None),
        (
            Advertisement(dcid="00000000-E139-11DF-0000-0015C5F3F612"),
            "",
            None,
            None,
            None,
        ),
    ],
)
def test_the_driver_follows_from_the_model(
    said: Advertisement, model: str, driver: str | None, kind: DeviceKind | None, band: str | None
) -> None:
    reported = model_of(said)
    assert (reported.name, reported.driver, reported.kind, reported.band) == (model, driver, kind, band)


@pytest.mark.parametrize(
    ("model", "cause", "cure"),
    [
        ("ADTQ", "Shure System API server", "--driver shure-system-api"),
        ("AXT400", "this AXT400 can be read", "Wireless Workbench"),
    ],
)
def test_what_no_driver_speaks_to_says_so(model: str, cause: str, cure: str) -> None:
    found = found_device_of(Advertisement(model), "10.0.0.1")
    assert not found.can_be_added
    assert found.fault is not None
    assert (cause in found.fault.message, cure in found.fault.hint) == (True, True)


def test_the_table_says_where_it_comes_from_and_holds_every_entry_once() -> None:
    text = files("micboard_tui.manufacturers.shure.slp").joinpath("dcid.toml").read_text(encoding="utf-8")
    assert "Origin: 321 entries" in text
    codes = [line.split(" = ")[0] for line in text.splitlines() if line.count("-") == 4 and " = " in line]
    assert len(codes) == len(set(codes)) == 321


@pytest.mark.integration
@pytest.mark.parametrize(
    ("model", "driver", "listens", "code", "cure"),
    [
        ("SLXD4", STRINGS, False, ErrorCode.DEVICE_REFUSED, CONTROLLER_ACCESS),
        ("ULXD4", STRINGS, False, ErrorCode.DEVICE_REFUSED, "Close other programs"),
        ("SLXD4D", STRINGS, True, ErrorCode.DEVICE_SILENT, CONTROLLER_ACCESS),
        (None, STRINGS, True, ErrorCode.DEVICE_SILENT, "restart it; on SLX-D"),
        ("UR4D", UHFR, False, ErrorCode.DEVICE_SILENT, "in its network"),
    ],
)
async def test_why_a_device_does_not_answer(
    model: str | None, driver: str, listens: bool, code: ErrorCode, cure: str
) -> None:
    with socket.socket() as door:
        door.bind((LOOPBACK, 0))
        if listens:
            door.listen()
        found = FoundDevice(LOOPBACK, door.getsockname()[1], "shure", driver, model, None, via="slp")
        fault = await explain_silence(found, 1.0)
    assert fault is not None
    assert fault.code == code
    assert cure in fault.hint


@pytest.mark.integration
async def test_an_address_that_cannot_be_reached_says_so() -> None:
    fault = await explain_silence(FoundDevice("255.255.255.255", 2202, "shure", STRINGS, "ULXD4", None), 0.5)
    assert fault is not None
    assert fault.code == ErrorCode.DEVICE_UNREACHABLE


def test_nothing_that_a_closing_device_says_matters() -> None:
    from micboard_tui.manufacturers.shure.slp.reachability import _IgnoringListener

    _IgnoringListener().data_received(b"x")
    _IgnoringListener().link_lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone"))
