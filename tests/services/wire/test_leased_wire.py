from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, DriverSpec, SessionOptions
from micboard_tui.contracts.wire import DIRECT, Dial, Wire
from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry
from micboard_tui.manufacturers.sennheiser.mcp.driver import make_mcp_driver
from micboard_tui.manufacturers.sennheiser.ssc.driver import make_ssc_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.strings.driver import make_strings_driver
from micboard_tui.manufacturers.shure.uhfr.driver import make_uhfr_driver
from micboard_tui.services.wire.leased_wire import LeasedWire
from tests.fakes.datagrams import SscPeer
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import StringsPeer, until
from tests.fakes.mcp import McpPeer, answer_as_em
from tests.fakes.scripted_peer import ScriptedPeer
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.receivers import ulxd4d
from tests.manufacturers.sennheiser.ssc.ssc_devices import em_2
from tests.manufacturers.shure.uhfr.test_uhfr_driver import UhfrPeer, Ur4
from tests.services.wire.test_http_recording import MakeDriver, ewdx, is_metered, is_pushed, server

pytestmark = pytest.mark.virtual_time


class Lease:
    def __init__(self) -> None:
        self.is_valid = True
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.is_valid


Linked = Callable[[Dial], SessionDriver]
LINKED: dict[str, tuple[Callable[[], ScriptedPeer[Any, Any]], Linked]] = {
    "strings": (
        lambda: StringsPeer(ulxd4d),
        lambda dial: make_strings_driver(dial, SessionOptions(), loop_time),
    ),
    "uhfr": (lambda: UhfrPeer(Ur4(2)), lambda dial: make_uhfr_driver(dial, SessionOptions(), loop_time)),
    "ssc": (lambda: SscPeer(em_2()), lambda dial: make_ssc_driver(dial, SessionOptions(), loop_time)),
    "mcp": (lambda: McpPeer(answer_as_em), lambda dial: make_mcp_driver(dial, SessionOptions(), loop_time)),
}


@pytest.mark.parametrize("name", LINKED)
async def test_a_session_says_not_another_word_once_its_lease_has_ended(name: str) -> None:
    make_peer, make_driver = LINKED[name]
    peer, lease, report = make_peer(), Lease(), ReportCollector()
    driver = make_driver(LeasedWire(DIRECT, lease).dial("10.0.0.11", 2202, peer.dial))
    async with running(driver, report) as errors:
        await until(lambda: bool(report.devices))
        lease.is_valid = False
        sent = len(peer.requests)
        with anyio.fail_after(60):
            await until(lambda: bool(errors))
    assert len(peer.requests) == sent > 0
    assert (errors[0].code, peer.is_open) == (ErrorCode.DEVICE_NOT_HELD, False)


@pytest.mark.parametrize("name", LINKED)
async def test_a_session_that_is_ended_without_a_lease_says_no_goodbye(name: str) -> None:
    make_peer, make_driver = LINKED[name]
    peer, lease, report = make_peer(), Lease(), ReportCollector()
    driver = make_driver(LeasedWire(DIRECT, lease).dial("10.0.0.11", 2202, peer.dial))
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        lease.is_valid = False
        sent = len(peer.requests)
    assert (len(peer.requests), peer.is_open) == (sent, False)


async def test_without_a_lease_no_device_is_connected() -> None:
    peer, lease = StringsPeer(ulxd4d), Lease()
    lease.is_valid = False
    driver = make_strings_driver(
        LeasedWire(DIRECT, lease).dial("10.0.0.11", 2202, peer.dial), SessionOptions(), loop_time
    )
    with pytest.raises(DeviceError, match="is not held") as raised:
        await driver.read_once(ReportCollector())
    assert (raised.value.code, peer.connections) == (ErrorCode.DEVICE_NOT_HELD, 0)


SPECS = [
    spec for code in EntryPointRegistry().codes() for spec in EntryPointRegistry().get(code).drivers.values()
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
async def test_no_driver_connects_without_a_lease(spec: DriverSpec) -> None:
    options = SessionOptions(access=Access(None, "s", "0" * 64), wire=LeasedWire(DIRECT, lambda: False))
    with pytest.raises(DeviceError) as raised:
        await spec.open("127.0.0.1", spec.default_port, options).read_once(ReportCollector())
    assert raised.value.code is ErrorCode.DEVICE_NOT_HELD


Http = Callable[[], AbstractAsyncContextManager[tuple[MakeDriver, int, Access]]]
HTTP: dict[str, tuple[Http, Callable[[ReportCollector], bool]]] = {
    "sscv2": (ewdx, is_metered),
    "system api, also over its websocket": (server, is_pushed),
}


@pytest.mark.integration
@pytest.mark.parametrize("name", HTTP)
async def test_http_ends_with_its_lease_too(name: str) -> None:
    open_peer, is_enough = HTTP[name]
    lease, report = Lease(), ReportCollector()
    wire: Wire = LeasedWire(DIRECT, lease)
    async with open_peer() as (make, _, access), running(make(wire, access), report) as errors:
        await until(lambda: bool(errors) or is_enough(report))
        assert not errors
        lease.is_valid = False
        await until(lambda: bool(errors))
        assert errors[0].code is ErrorCode.DEVICE_NOT_HELD
