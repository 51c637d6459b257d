"""Who is listened to, what is probed, how carefully, and what is left out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.device import LISTEN, DeviceContract, Findings, Search
from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.domain.device import Device, DeviceFault
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.assembly import build_services, build_synchronization
from micboard_tui.services.discovery.device_search import ignore_findings
from micboard_tui.services.discovery.found_devices import Registered
from micboard_tui.services.discovery.network_search import MAX_FOUND, search_network
from micboard_tui.services.discovery.own_networks import OwnNetworks
from micboard_tui.services.host_names import Resolve
from tests.fakes.plugins import Announcements, Checks, Plugins, Rack, ScriptedProbe, manufacturer
from tests.fakes.services import NO_NETWORKS, fake_adapters, in_memory, no_name_service
from tests.services.memory import WatchedDevices
from tests.services.stage import RACK

LO, ETH = Interface("127.0.0.1", 8, "lo"), Interface("10.0.0.5", 8, "eth0")
REFUSES = DeviceFault(ErrorCode.DEVICE_REFUSED, "It refuses", "Let us in")


def found(host: str, maker: str = "shure", port: int = 2202) -> FoundDevice:
    return FoundDevice(host, port, maker, f"{maker}-strings", "MODEL", "Name", answered=True)


def heard(host: str, **fields: object) -> FoundDevice:
    return replace(found(host), **{"via": "slp", "answered": False, **fields})  # type: ignore[arg-type] # FoundDevice's names


async def look(
    plugins: Plugins,
    *targets: str,
    registered: Sequence[Device] = (),
    timeout_s: float = 0.2,
    on: Sequence[str] = (),
) -> Findings:
    search = Search(targets, tuple(on), timeout_s)
    return await search_network(
        plugins, search, Registered((each.host, each.port) for each in registered), [ETH, LO], ignore_findings
    )


async def test_what_answers_is_found_by_address_and_what_is_registered_left_out() -> None:
    shure = ScriptedProbe(found("127.0.0.10"), found("127.0.0.2"), found("127.0.0.9"), found("rack.local"))
    acme = ScriptedProbe(found("127.0.0.10", "acme", 4000))
    plugins = Plugins(
        manufacturer("shure", Rack(), shure), manufacturer("acme", Rack(), acme, 4000), broken=["worn"]
    )
    registered = [RACK, replace(RACK, host="127.0.0.9", port=1)]
    findings = await look(plugins, "rack.local", "127.0.0.0/28", registered=registered)
    assert [(each.host, each.manufacturer) for each in findings.devices] == [
        ("127.0.0.9", "shure"),
        ("127.0.0.10", "shure"),
        ("127.0.0.10", "acme"),
        ("rack.local", "shure"),
    ]
    assert RACK.host not in shure.probed
    assert RACK.host in acme.probed
    assert (findings.asked, findings.to_ask) == (29, 29)


async def test_twelve_doors_at_most_are_probed_at_once() -> None:
    probe = ScriptedProbe()
    await look(Plugins(manufacturer("shure", Rack(), probe)), "10.0.0.0/24", timeout_s=1.0)
    assert len(probe.probed) == 254
    assert 1 < probe.most_at_once <= 12


async def test_without_targets_nothing_is_probed() -> None:
    probe, air = ScriptedProbe(found("10.0.0.1")), Announcements()
    findings = await look(Plugins(manufacturer("shure", Rack(), probe, discover=air)))
    assert findings == Findings((), (ETH, LO))
    assert (probe.probed, air.listened) == ([], [None])


async def test_chosen_interfaces_are_listened_on_one_by_one() -> None:
    air = Announcements()
    findings = await look(Plugins(manufacturer("shure", Rack(), discover=air)), on=["lo", "10.0.0.5"])
    assert sorted(map(str, air.listened)) == ["10.0.0.5", "127.0.0.1"]
    assert findings.interfaces == (ETH, LO)


async def test_what_is_heard_of_is_asked_once_and_told_as_it_comes() -> None:
    closed = heard("10.0.0.2", fault=REFUSES)
    air, checks = Announcements(heard("10.0.0.2"), heard("10.0.0.2"), heard("10.0.0.1")), Checks(closed)
    plugins = Plugins(manufacturer("shure", Rack(), discover=air, check=checks))
    fields: list[Findings] = []
    findings = await search_network(plugins, Search(timeout_s=0.2), Registered([]), [ETH], fields.append)
    assert findings.devices == (replace(heard("10.0.0.1"), answered=True), closed)
    assert checks.checked == ["10.0.0.2", "10.0.0.1"]
    assert (findings.asked, findings.to_ask) == (2, 2)
    assert fields[-1] == findings
    assert [len(each.devices) for each in fields] == sorted(len(each.devices) for each in fields)
    assert not fields[1].devices[0].answered


async def test_what_no_driver_speaks_to_or_is_registered_is_not_asked() -> None:
    lone = heard("10.0.0.3", driver=None, fault=DeviceFault(ErrorCode.DRIVER_NOT_SUPPORTED, "-", "-"))
    air, checks = Announcements(lone, heard(RACK.host)), Checks()
    plugins = Plugins(manufacturer("shure", Rack(), discover=air, check=checks))
    assert (await look(plugins, registered=[RACK])).devices == (lone,)
    assert checks.checked == []


async def test_what_answered_when_it_was_called_is_not_asked_again() -> None:
    checks, air = Checks(), Announcements(heard("10.0.0.3", answered=True))
    (device,) = (await look(Plugins(manufacturer("shure", Rack(), discover=air, check=checks)))).devices
    assert device.answered
    assert checks.checked == []


async def test_where_nobody_can_check_it_stays_heard() -> None:
    air = Announcements(heard("10.0.0.3"), heard("192.0.2.1"))
    near, far = (await look(Plugins(manufacturer("shure", Rack(), discover=air)))).devices
    assert (near.answered, near.fault) == (False, None)
    assert far.fault is not None
    assert "none of this machine's networks" in far.fault.message


async def test_who_answers_a_probe_is_not_asked_again_and_who_does_not_is() -> None:
    air = Announcements()
    closed = heard("10.0.0.2", fault=REFUSES)
    checks = Checks(closed)

    async def slow(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        assert air.tell is not None
        air.tell(heard(host))
        await anyio.sleep(0.02)
        return found(host) if host == "10.0.0.1" else None

    plugins = Plugins(manufacturer("shure", Rack(), slow, discover=air, check=checks))
    findings = await look(plugins, "10.0.0.1", "10.0.0.2")
    assert [(each.host, each.answered, each.fault) for each in findings.devices] == [
        ("10.0.0.1", True, None),
        ("10.0.0.2", False, REFUSES),
    ]
    assert checks.checked == ["10.0.0.2"]


async def test_one_host_is_never_asked_twice_at_a_time() -> None:
    busy: set[str] = set()

    async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        assert host not in busy
        busy.add(host)
        await anyio.sleep(0.01)
        busy.discard(host)
        return None

    async def check(found: FoundDevice, timeout_s: float) -> FoundDevice:
        await probe(found.host, None, timeout_s)
        return found

    air = Announcements(*(heard(f"10.0.0.{number}") for number in range(1, 15)))
    with capture_logs() as events:
        findings = await look(
            Plugins(manufacturer("shure", Rack(), probe, discover=air, check=check)), "10.0.0.0/28"
        )
    assert len(findings.devices) == 14
    assert findings.asked == findings.to_ask == 28
    assert events == []


async def test_no_more_than_fit_are_told_of() -> None:
    many = [heard(f"10.0.{number // 250}.{number % 250 + 1}") for number in range(MAX_FOUND + 10)]
    plugins = Plugins(manufacturer("shure", Rack(), discover=Announcements(*many), check=Checks()))
    findings = await look(plugins)
    assert (len(findings.devices), findings.is_complete) == (MAX_FOUND, False)
    assert findings.asked == findings.to_ask == MAX_FOUND


async def test_a_plugin_that_breaks_is_told_to_the_log_and_the_others_go_on() -> None:
    async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        raise ZeroDivisionError

    async def listen(found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float) -> None:
        raise ZeroDivisionError

    worn = manufacturer("worn", Rack(), probe, 1, discover=listen)
    sound = manufacturer("shure", Rack(), ScriptedProbe(found("10.0.0.1")), discover=Announcements())
    with capture_logs() as events:
        findings = await look(Plugins(worn, sound), "10.0.0.1")
    assert [each.host for each in findings.devices] == ["10.0.0.1"]
    assert [(each["event"], each["manufacturer"]) for each in events] == [("plugin_failed", "worn")] * 2


async def test_a_maker_that_cannot_be_probed_is_left_out() -> None:
    assert (await look(Plugins(manufacturer("shure", Rack())), "10.0.0.1")).devices == ()


@pytest.mark.virtual_time
async def test_a_probe_that_never_ends_is_given_up() -> None:
    async def endless(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        await anyio.sleep_forever()
        return None

    assert (await look(Plugins(manufacturer("shure", Rack(), endless)), "10.0.0.1")).devices == ()


async def test_a_search_can_be_broken_off() -> None:
    air = Announcements(heard("10.0.0.1"))
    with anyio.move_on_after(0.05) as scope:
        await look(Plugins(manufacturer("shure", Rack(), discover=air, check=Checks())), timeout_s=60.0)
    assert scope.cancelled_caught


@pytest.mark.parametrize("timeout_s", [0.1, 60.1, math.nan, math.inf, -1.0])
async def test_a_timeout_that_cannot_be_is_refused(timeout_s: float) -> None:
    with pytest.raises(MicboardError) as refused:
        await look(Plugins(), timeout_s=timeout_s)
    assert refused.value.code is ErrorCode.INVALID_VALUE


def service_with(
    plugins: Plugins,
    *registered: Device,
    networks: OwnNetworks = NO_NETWORKS,
    resolve: Resolve = no_name_service,
) -> DeviceContract:
    records = in_memory(WatchedDevices(*registered))
    adapters = fake_adapters(records, plugins, networks=networks, resolve=resolve)
    return build_services(adapters, build_synchronization(adapters).service).devices


async def test_the_service_leaves_out_what_it_knows_by_name_too() -> None:
    named = replace(RACK, id=DeviceId("named"), host="rack-a.local")
    air = Announcements(heard("127.0.0.3"), heard("127.0.0.4"))

    async def addresses_of(host: str) -> Sequence[str]:
        return ["127.0.0.4", "fd00::4"]

    plugins = Plugins(manufacturer("shure", Rack(), ScriptedProbe(), discover=air))
    service = service_with(plugins, RACK, named, networks=OwnNetworks(lambda: [LO], addresses_of))
    assert await service.list_interfaces() == Success([LO])
    answer = await service.discover(Search(timeout_s=0.2))
    assert answer == Success(Findings((heard("127.0.0.3"),), (LO,)))
    assert isinstance(await service.discover(Search(("10.0.0.0/8",))), Failure)
    assert LISTEN.targets == ()


async def test_the_service_says_that_there_are_more() -> None:
    many = [heard(f"127.0.{number // 250}.{number % 250 + 1}") for number in range(MAX_FOUND + 1)]
    service = service_with(Plugins(manufacturer("shure", Rack(), discover=Announcements(*many))))
    answer = await service.discover(Search(timeout_s=0.2))
    assert answer.warning == "There are more than 256; these were first"


async def test_a_target_whose_name_has_no_address_is_said_before_anything_is_probed() -> None:
    async def resolve(host: str) -> None:
        if host == "typo.local":
            raise DeviceError(ErrorCode.HOST_NOT_RESOLVED, f"No address is known for {host}", hint="Spell it")

    probe = ScriptedProbe()
    service = service_with(Plugins(manufacturer("shure", Rack(), probe)), resolve=resolve)
    answer = await service.discover(Search(("127.0.0.9", "typo.local"), timeout_s=0.2))
    assert answer.error is not None
    assert answer.error.code is ErrorCode.HOST_NOT_RESOLVED
    assert probe.probed == []
    assert (await service.discover(Search(("rack-a.local",), timeout_s=0.2))).success
    assert (await service.check_host("rack-a.local")).success
    assert await service.check_host("typo.local") == answer
