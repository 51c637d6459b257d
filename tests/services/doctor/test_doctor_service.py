"""Whom the doctor looks at, in full and in short, and whom it leaves alone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from micboard_tui.contracts.doctor import CheckResult, CheckStatus, ok
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import Neighbour, RouteFacts, TcpAnswer
from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import NO_METER_RATES, DriverSpec, Manufacturer, SessionOptions
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.meter_rate_watch import MeterRateWatch
from micboard_tui.services.doctor.check_groups import CheckGroup
from micboard_tui.services.doctor.device_examiner import DeviceExaminer, ExaminerTools
from micboard_tui.services.doctor.doctor_service import DeviceSources, DoctorService, split_host
from micboard_tui.services.doctor.wire_sample import WireSample
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.wire.wire_recorder import WireRecorder
from tests.fakes.plugins import Rack
from tests.fakes.secrets import InMemorySecrets
from tests.services.doctor.device_cases import NOW, ROUTE

HOLDER = "serve, process 7"


class ScriptedHosts:
    """Implements ``HostProbes``: every host answers at every port."""

    def __init__(self) -> None:
        self.connected: list[tuple[str, int]] = []

    async def find_addresses(self, host: str) -> Sequence[str]:
        if host.endswith(".invalid"):
            raise DeviceError(ErrorCode.HOST_NOT_RESOLVED, f"No address is known for {host}")
        return [host]

    def find_route(self, address: str) -> RouteFacts:
        del address
        return ROUTE

    async def connect(self, address: str, port: int, timeout_s: float) -> TcpAnswer:
        del timeout_s
        self.connected.append((address, port))
        return TcpAnswer.REFUSED

    def find_neighbour(self, address: str) -> Neighbour:
        del address
        return Neighbour.PRESENT

    async def find_certificate_end(self, host: str, port: int, timeout_s: float) -> float | None:
        del host, port, timeout_s
        return None


async def no_rates(*_: object) -> MeterRateWatch:
    """Implements ``WatchRates``."""
    return MeterRateWatch()


def find_rate(facts: ChannelFacts) -> int | None:
    """As the device spells it."""
    rate = dict(facts.raw).get("R")
    return None if rate is None else int(rate)


class OneManufacturer:
    """Implements ``ManufacturerRegistry``."""

    def __init__(self, rack: Rack) -> None:
        spec = DriverSpec("acme", "Acme", 7, rack.open, watch_rates=no_rates, find_rate=find_rate)
        self._acme = Manufacturer("acme", "Acme", {"acme": spec})

    def codes(self) -> Sequence[str]:
        return ["acme"]

    def get(self, code: str) -> Manufacturer:
        if code != "acme":
            raise MicboardError(ErrorCode.MANUFACTURER_NOT_SUPPORTED, f"There is no driver for '{code}'")
        return self._acme


class Known:
    """Implements ``KnownDevices``."""

    def __init__(self, *devices: DeviceSnapshot) -> None:
        self.devices = devices

    async def list_devices(self) -> Sequence[DeviceSnapshot]:
        return self.devices


class NoRefusals:
    """Implements ``RefusalMemory``."""

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        del device_id, key
        return None

    async def note(self, device_id: DeviceId, key: str) -> None:
        """Nothing is refused here."""


def device(number: int, status: DeviceStatus = DeviceStatus.UNKNOWN) -> DeviceSnapshot:
    id_ = DeviceId(f"{number}{number}{number}{number}")
    known = Device(id_, "acme", "acme", f"192.168.1.{number}", 7, name=f"Rack {number}")
    return DeviceSnapshot(known, DeviceState(id_, status=status))


def make(*known: DeviceSnapshot, holder: str = "") -> tuple[DoctorService, ScriptedHosts]:
    hosts, manufacturers = ScriptedHosts(), OneManufacturer(Rack())
    opener = DriverOpener(
        manufacturers, SessionOptions(), InMemorySecrets(), NoRefusals(), lambda _, __: NO_METER_RATES
    )
    examiner = DeviceExaminer(ExaminerTools(hosts, manufacturers, opener))

    async def check() -> Sequence[CheckResult]:
        return [ok("computer", "Well")]

    async def load() -> None:
        """All is loaded."""

    service = DoctorService(
        [CheckGroup("computer", check)],
        DeviceSources(Known(*known), manufacturers, lambda: holder, load),
        examiner,
        examiner,
        lambda: NOW,
        lambda: WireSample(WireRecorder(), opener, lambda: None),
    )
    return service, hosts


async def results_of(service: DoctorService, host: str | None = None) -> Sequence[CheckResult]:
    answer = await service.find_causes(host)
    assert answer.success
    return answer.data.results


async def test_without_a_host_each_device_has_what_was_found_and_no_more() -> None:
    service, hosts = make(device(1), device(2))
    first, *others = await results_of(service)
    assert first.subject == "this computer"
    assert [result.subject for result in others] == ["Rack 1 (192.168.1.1:7)", "Rack 2 (192.168.1.2:7)"]
    assert {result.cause for result in others} == {Cause.PORT_REFUSED}
    assert sorted(hosts.connected) == [("192.168.1.1", 7), ("192.168.1.2", 7)]


@pytest.mark.parametrize("name", ["Rack 1", "111", "192.168.1.1", "192.168.1.1:7"])
async def test_a_device_is_found_by_whatever_names_it(name: str) -> None:
    service, _ = make(device(1), device(2))
    assert {result.subject for result in (await results_of(service, name))[1:]} == {"Rack 1 (192.168.1.1:7)"}


async def test_an_address_that_is_not_registered_is_looked_at_as_well() -> None:
    service, _ = make(device(1))
    results = await results_of(service, "nowhere.invalid")
    assert [result.cause for result in results if result.cause] == [Cause.NAME_UNKNOWN]


async def test_a_device_that_another_program_reads_is_not_connected_to() -> None:
    lost = device(2)
    fault = DeviceFault(ErrorCode.DEVICE_UNREACHABLE, "It does not answer", "Check it")
    lost = replace(lost, state=replace(lost.state, status=DeviceStatus.OFFLINE, fault=fault))
    service, hosts = make(device(1, DeviceStatus.ONLINE), lost, holder=HOLDER)
    well, gone = (await results_of(service))[1:]
    assert well.status is CheckStatus.OK
    assert gone.cause is Cause.DEVICE_OFF
    full = await results_of(service, "Rack 1")
    assert any(HOLDER in result.message for result in full)
    assert hosts.connected == []


async def test_the_meter_rate_of_a_device_that_another_program_reads_is_what_that_knows_of_it() -> None:
    known = device(1, DeviceStatus.ONLINE)
    channels = tuple(
        ChannelState(known.device.id, number, facts=ChannelFacts(meter_interval_s=0.1, raw=(("R", rate),)))
        for number, rate in ((1, "100"), (2, "5000"))
    )
    service, hosts = make(replace(known, channels=channels), holder=HOLDER)
    (rates,) = (each for each in await results_of(service, "Rack 1") if each.title == "meter rate")
    assert rates.cause is Cause.METER_RATE_CONTESTED
    assert "channel 2" in rates.message
    assert hosts.connected == []


async def test_a_recording_is_refused_where_it_would_be_a_second_session_or_of_nothing() -> None:
    held, _ = make(device(1), holder=HOLDER)
    service, _ = make(device(1))
    answers = [
        await held.make_recording("Rack 1", 2),
        await service.make_recording("Rack 1", 3600),
        await service.make_recording("192.168.1.77", 2),
        await service.find_causes("a b"),
        await service.find_causes("192.168.1.77", manufacturer="other"),
    ]
    assert [answer.error and answer.error.code for answer in answers] == [
        ErrorCode.DEVICE_NOT_HELD,
        ErrorCode.INVALID_VALUE,
        ErrorCode.DEVICE_NOT_FOUND,
        ErrorCode.INVALID_VALUE,
        ErrorCode.MANUFACTURER_NOT_SUPPORTED,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rack", ("rack", None)),
        ("10.0.0.1:2202", ("10.0.0.1", 2202)),
        ("fe80::1", ("fe80::1", None)),
        ("[fe80::1]:45", ("fe80::1", 45)),
        ("[fe80::1]", ("fe80::1", None)),
    ],
)
def test_host_and_port_are_told_apart(text: str, expected: tuple[str, int | None]) -> None:
    assert split_host(text) == expected


@pytest.mark.parametrize("text", ["", ":45", "rack:0", "rack:65536", "rack:x", "a b", "http://rack"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(MicboardError) as refused:
        split_host(text)
    assert refused.value.code is ErrorCode.INVALID_VALUE
