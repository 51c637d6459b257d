"""Services announced by zeroconf itself, on the loopback interface only."""

import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest
from structlog.testing import capture_logs
from zeroconf import IPVersion, ServiceInfo, ServiceStateChange
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.driver_names import SSC, SSCV2
from micboard_tui.manufacturers.sennheiser.mdns_discovery import discover, explain_silence, found_device_of
from micboard_tui.manufacturers.transport.mdns import (
    Service,
    _resolve_service,
    _Resolver,
    _service_of,
    browse,
)

pytestmark = pytest.mark.integration

LOOPBACK = "127.0.0.1"
UDP, TCP = "_ssc._udp.local.", "_ssc._tcp.local."
EM4 = ServiceInfo(
    UDP,
    f"EWDX_A.{UDP}",
    port=45,
    properties={"txtvers": "1", "version": "1.0", "id": "af01", "model": "EWDXEM4"},
    server="ewdx-a.local.",
    addresses=[socket.inet_aton("127.0.0.45")],
)
NAMELESS = ServiceInfo(
    TCP, f"Speaker.{TCP}", port=45, server="kh.local.", addresses=[socket.inet_aton("127.0.0.46")]
)


@asynccontextmanager
async def announced(*services: ServiceInfo) -> AsyncGenerator[None]:
    responder = AsyncZeroconf(interfaces=[LOOPBACK], ip_version=IPVersion.V4Only)
    try:
        for service in services:
            # Without cooperating, zeroconf spends a second on finding out whether the name is free.
            await responder.async_register_service(service, cooperating_responders=True)
        yield
    finally:
        await responder.async_close()


async def heard(*services: ServiceInfo) -> list[FoundDevice]:
    """What is found, at once when all of it is."""
    found: list[FoundDevice] = []
    hosts = {address for each in services for address in each.parsed_addresses()}
    async with announced(*services), anyio.create_task_group() as group:

        def keep(device: FoundDevice) -> None:
            # Others may announce something on this machine meanwhile.
            found.extend([device] if device.host in hosts else [])
            if len(found) == len(services):
                group.cancel_scope.cancel()

        group.start_soon(discover, keep, LOOPBACK, 4.0)
    return sorted(found, key=lambda each: each.host)


async def test_what_announces_itself_is_found_with_address_port_and_model() -> None:
    assert await heard(EM4, NAMELESS) == [
        FoundDevice("127.0.0.45", 45, "sennheiser", SSC, "EWDXEM4", "EWDX_A", DeviceKind.RECEIVER, "mdns"),
        FoundDevice("127.0.0.46", 45, "sennheiser", SSC, None, "Speaker", None, "mdns"),
    ]


async def test_listening_ends_in_time_and_leaves_nothing_open() -> None:
    begun = time.monotonic()
    await discover(lambda _: None, LOOPBACK, 0.1)
    assert time.monotonic() - begun < 20


async def test_an_address_that_is_not_ours_is_told_to_the_log_only() -> None:
    with capture_logs() as events:
        await discover(lambda _: None, "192.0.2.99", 0.1)
    assert [(each["event"], each["address"]) for each in events] == [("not_listening", "192.0.2.99")]


async def test_no_more_services_than_fit_are_resolved() -> None:
    found: list[Service] = []
    async with announced(EM4, NAMELESS):
        await browse([UDP, TCP], found.append, LOOPBACK, 0.7, limit=1)
    assert len(found) == 1


async def test_a_name_that_cannot_be_one_and_one_that_nobody_answers_for_are_passed_over() -> None:
    responder = AsyncZeroconf(interfaces=[LOOPBACK], ip_version=IPVersion.V4Only)
    resolver = _Resolver(lambda _: None, 4)
    try:
        for name in ("nonsense", "nonsense", f"Gone.{UDP}"):
            resolver.service_changed(responder.zeroconf, UDP, name, ServiceStateChange.Added)
        with anyio.move_on_after(0.3):
            await resolver.resolve(responder)
        resolver.service_changed(responder.zeroconf, UDP, f"Late.{UDP}", ServiceStateChange.Added)
    finally:
        await responder.async_close()


@pytest.mark.parametrize(
    ("addresses", "port", "address"),
    [
        ([], 45, None),
        ([socket.inet_aton("10.0.0.1")], 0, None),
        ([socket.inet_pton(socket.AF_INET6, "fd00::1"), socket.inet_aton("10.0.0.1")], 45, "10.0.0.1"),
    ],
)
def test_only_what_has_an_address_and_a_port_is_a_service(
    addresses: list[bytes], port: int, address: str | None
) -> None:
    found = _service_of(UDP, f"A.{UDP}", AsyncServiceInfo(UDP, f"A.{UDP}", port=port, addresses=addresses))
    assert (None if found is None else found.address) == address


async def test_a_name_that_nobody_answers_for_is_no_service() -> None:
    responder = AsyncZeroconf(interfaces=[LOOPBACK], ip_version=IPVersion.V4Only)
    try:
        assert await _resolve_service(responder, UDP, f"Gone.{UDP}", 0.2) is None
        assert await _resolve_service(responder, UDP, "nonsense", 0.2) is None
    finally:
        await responder.async_close()


@pytest.mark.parametrize(
    ("text_record", "driver", "kind"),
    [
        ({"version": "1.0", "model": "CHG 70N-C"}, SSC, DeviceKind.CHARGER),
        ({"version": "2.3", "model": "Spectera"}, SSCV2, DeviceKind.RECEIVER),
        ({"model": "L 6000"}, SSC, DeviceKind.CHARGER),
        ({"model": "  "}, SSC, None),
        ({}, SSC, None),
    ],
)
def test_the_text_record_says_how_it_is_spoken_to(
    text_record: dict[str, str], driver: str, kind: DeviceKind | None
) -> None:
    found = found_device_of(Service(UDP, "A", "10.0.0.1", 45, text_record))
    assert (found.driver, found.kind, found.via) == (driver, kind, "mdns")


@pytest.mark.parametrize(
    ("model", "code", "cure"),
    [
        ("EWDXEM2", ErrorCode.DEVICE_REFUSED, "third-party access"),
        ("EM 6000", ErrorCode.DEVICE_SILENT, "isolation"),
        (None, ErrorCode.DEVICE_SILENT, "isolation"),
    ],
)
async def test_a_device_that_keeps_us_out_gets_its_cause_and_cure(
    model: str | None, code: ErrorCode, cure: str
) -> None:
    fault = await explain_silence(FoundDevice("10.0.0.1", 45, "sennheiser", SSC, model, None), 1.0)
    assert fault is not None
    assert fault.code == code
    assert cure in fault.hint
