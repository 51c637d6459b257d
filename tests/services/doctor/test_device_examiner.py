"""Faults planted in simulated devices and networks, over real sockets: the cause is named, and no other."""

import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from itertools import cycle

import anyio
import pytest

from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.ports import NO_METER_RATES, SessionOptions
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.secret import Secret, owner_device
from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry
from micboard_tui.manufacturers.transport.host_probes import SystemHostProbes
from micboard_tui.services.doctor.device_examiner import (
    DeviceExaminer,
    ExaminerLimits,
    ExaminerTools,
    Subject,
)
from micboard_tui.services.doctor.device_judgement import judge_device
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.simulator.device.fault_switchboard import FaultSwitchboard
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD
from tests.fakes.secrets import InMemorySecrets
from tests.services.doctor.device_cases import NOW
from tests.simulator.simulated_devices import HOST, build_plan, running

pytestmark = pytest.mark.integration
asks_all = pytest.mark.usefixtures("answers")
"""By MCP, too, which one test does at a time. Networks of their own have the port of their own."""

ID = DeviceId("0f0f0f0f-0000-0000-0000-000000000000")
QUICK = ExaminerLimits(connect_s=1.0, answer_s=0.2, read_s=2.0, probe_s=2.5, watch_s=0.8)


class NoRefusals:
    """Implements ``RefusalMemory``."""

    def __init__(self) -> None:
        self.noted = 0

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        del device_id, key
        return None

    async def note(self, device_id: DeviceId, key: str) -> None:
        del device_id, key
        self.noted += 1

    async def forget(self, device_id: DeviceId) -> None:
        del device_id


def examiner(
    password: str | None = None,
    refusals: NoRefusals | None = None,
    secrets: InMemorySecrets | None = None,
) -> DeviceExaminer:
    manufacturers = EntryPointRegistry()
    secrets = secrets or InMemorySecrets({} if password is None else {owner_device(ID): Secret(password)})
    options = SessionOptions(meter_interval_s=0, connect_timeout_s=1.0)
    opener = DriverOpener(
        manufacturers, options, secrets, refusals or NoRefusals(), lambda _, __: NO_METER_RATES
    )
    return DeviceExaminer(ExaminerTools(SystemHostProbes(), manufacturers, opener), QUICK)


def registered(model: str, port: int, driver: str | None = None, fingerprint: str | None = None) -> Subject:
    blueprint = BLUEPRINTS[model]
    device = Device(
        ID, blueprint.manufacturer, driver or blueprint.driver, HOST, port, fingerprint=fingerprint
    )
    known = DeviceSnapshot(device, DeviceState(ID, model=model))
    return Subject("it", HOST, port, blueprint.manufacturer, known)


@asynccontextmanager
async def simulated(
    model: str, plant: Callable[[FaultSwitchboard], None] = lambda _: None
) -> AsyncGenerator[tuple[SimulatedDevice, int]]:
    """A device with a fault, and its port."""
    device = BLUEPRINTS[model].build(build_plan(model))
    plant(device.faults)
    async with running(device) as port:
        yield device, port


async def causes_of(subject: Subject, using: DeviceExaminer | None = None) -> list[Cause]:
    facts = await (using or examiner()).examine(subject)
    return [result.cause for result in judge_device(facts, NOW) if result.cause is not None]


def switch(name: str) -> Callable[[FaultSwitchboard], None]:
    def plant(faults: FaultSwitchboard) -> None:
        setattr(faults, name, True)

    return plant


@asks_all
@pytest.mark.parametrize(
    ("model", "fault", "cause"),
    [
        ("SLXD4D", "freeze", Cause.ACCESS_OFF),
        ("QLXD4", "freeze", Cause.FIRMWARE_FROZEN),
        ("ULXD4D", "freeze", Cause.DEVICE_SILENT),
        ("ULXD4D", "warns", Cause.SELF_TEST_FAILED),
        ("EM6000", "locked", Cause.ACCESS_OFF),
        ("EM6000", "silent", Cause.ACCESS_OFF),
        ("EM 300-500 G4", "control_off", Cause.ACCESS_OFF),
    ],
)
async def test_a_fault_of_a_device_is_the_cause(model: str, fault: str, cause: Cause) -> None:
    async with simulated(model, switch(fault)) as (_, port):
        assert await causes_of(registered(model, port)) == [cause]


@asks_all
async def test_a_device_that_is_well_has_no_cause_registered_or_not() -> None:
    async with simulated("ULXD4D") as (_, port):
        assert await causes_of(registered("ULXD4D", port)) == []
        assert await causes_of(Subject("it", HOST, port)) == []


@asks_all
async def test_a_keyring_that_does_not_answer_is_no_missing_password() -> None:
    secrets = InMemorySecrets({owner_device(ID): Secret("right")})
    secrets.delay_s = 60.0
    async with simulated("EWDX2CHS") as (_, port):
        subject = registered("EWDX2CHS", port)
        assert await causes_of(subject, examiner(secrets=secrets)) == [Cause.SECRETS_UNREADABLE]


@asks_all
@pytest.mark.no_cover
async def test_a_device_that_is_not_registered_is_read_with_the_driver_that_it_answers_to() -> None:
    for model, fault, expected in (
        ("EM 300-500 G4", None, []),
        ("SLXD4D", "freeze", [Cause.DEVICE_SILENT]),
        ("EM6000", "locked", [Cause.ACCESS_OFF]),
    ):
        async with simulated(model, switch(fault) if fault else lambda _: None) as (_, port):
            subject = Subject("it", HOST, port, BLUEPRINTS[model].manufacturer)
            assert await causes_of(subject) == expected, model


@asks_all
async def test_a_device_with_another_driver_than_it_was_registered_with_is_named() -> None:
    async with simulated("ULXD4D") as (_, port):
        facts = await examiner().examine(registered("ULXD4D", port, "shure-uhfr"))
        assert facts.error is not None or not facts.was_read


async def test_another_program_that_changes_the_meter_rate_is_noticed() -> None:
    async with simulated("ULXD4D") as (_, port), anyio.create_task_group() as group:

        async def interfere() -> None:
            async with await anyio.connect_tcp(HOST, port) as stream:
                for rate in cycle(("05000", "01000")):
                    await stream.send(f"< SET 1 METER_RATE {rate} >".encode())
                    await anyio.sleep(0.3)

        group.start_soon(interfere)
        assert await causes_of(registered("ULXD4D", port)) == [Cause.METER_RATE_CONTESTED]
        group.cancel_scope.cancel()


@asks_all
async def test_what_keeps_us_out_of_a_device_with_a_certificate_is_named_step_by_step() -> None:
    refusals = NoRefusals()
    async with simulated("EWDX2CHS") as (device, port):
        trusted = registered("EWDX2CHS", port, fingerprint=device.fingerprint)
        assert await causes_of(registered("EWDX2CHS", port), examiner(PASSWORD)) == [
            Cause.CERTIFICATE_UNKNOWN
        ]
        assert await causes_of(registered("EWDX2CHS", port, fingerprint="0" * 64), examiner(PASSWORD)) == [
            Cause.CERTIFICATE_CHANGED
        ]
        assert await causes_of(trusted) == [Cause.PASSWORD_MISSING]
        assert await causes_of(trusted, examiner("Wrong-pass-1", refusals)) == [Cause.PASSWORD_REFUSED]
        assert await causes_of(trusted, examiner(PASSWORD)) == []
    assert refusals.noted == 1


@asks_all
async def test_a_dead_port_and_an_unknown_name_are_named() -> None:
    assert await causes_of(registered("ULXD4D", 9)) == [Cause.PORT_REFUSED]
    assert await causes_of(registered("SLXD4D", 9)) == [Cause.ACCESS_OFF]
    assert await causes_of(Subject("it", "no-such-host.invalid")) in (
        [Cause.NAME_UNKNOWN],
        [Cause.NAME_SERVICE_SILENT],
    )


NETWORKS = {
    Cause.NO_NETWORK: ("192.168.77.9", ""),
    Cause.NO_ROUTE: ("10.9.9.9", "ip addr add 192.168.77.2/24 dev wire"),
    Cause.OTHER_NETWORK: ("10.9.9.9", "ip addr add 192.168.77.2/24 dev wire; ip route add default dev wire"),
    Cause.NETMASK_DIFFERS: (
        "192.168.77.9",
        "ip addr add 192.168.77.50/28 dev wire; ip route add default dev wire",
    ),
    Cause.DEVICE_OFF: ("192.168.77.9", "ip addr add 192.168.77.2/24 dev wire"),
}
"""An address, and a network in which nothing answers there."""


WIRE = "ip link add wire type veth peer name far && ip link set wire up && ip link set far up"
NO_NETWORKS = 77


@pytest.mark.no_cover
def test_a_network_in_which_nothing_answers_has_its_cause() -> None:
    """One process for all of them, which has the network of its own and loads what it needs once."""
    program = "from tests.services.doctor.test_device_examiner import print_causes; print_causes()"
    try:
        ended = subprocess.run(
            ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare, which makes networks")
    if ended.returncode == NO_NETWORKS or "unshare" in ended.stderr:
        pytest.skip(f"the kernel makes no network for us: {ended.stderr.strip()}")
    assert ended.stdout.splitlines() == [f"{cause.value}: {cause.value}" for cause in NETWORKS], ended.stderr


def print_causes() -> None:
    """For a process in a network of its own: what is found in each of the networks, one after the other."""
    for number, (cause, (host, setup)) in enumerate(NETWORKS.items()):
        before = "ip link set lo up" if number == 0 else "ip link del wire"
        if subprocess.run(["sh", "-c", f"{before} && {WIRE}"], check=False).returncode:
            sys.exit(NO_NETWORKS)
        subprocess.run(["sh", "-c", setup], check=True)
        causes = anyio.run(causes_of, Subject("it", host, 2202, "shure"))
        print(f"{cause.value}: {' '.join(found.value for found in causes)}")  # noqa: T201 - for the test
