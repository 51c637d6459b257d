"""Registering, editing and removing devices are steps; sessions and the live state follow undo and redo."""

from dataclasses import replace
from typing import NoReturn, TypeVar

import anyio

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.device import DeviceChange, DeviceContract
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import Driver, DriverSpec, Manufacturer, Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.services.assembly import build_services, build_synchronization
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.links import until
from tests.fakes.plugins import Plugins
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations
from tests.fakes.services import fake_adapters, in_memory
from tests.services.results import code_of, data_of, error_of
from tests.services.running_sessions import running_sessions
from tests.services.stage import HEARD, RACK, SPARE, STAGE

T = TypeVar("T")


class OpenDriver:
    """Stays connected until it is cancelled; its address is in ``connected`` as long as that."""

    def __init__(self, address: tuple[str, int], connected: list[tuple[str, int]]) -> None:
        self._address, self._connected = address, connected

    async def run(self, report: Report) -> NoReturn:
        self._connected.append(self._address)
        try:
            report([HEARD])
            await anyio.sleep_forever()
            raise AssertionError
        finally:
            self._connected.remove(self._address)

    async def execute(self, command: Command) -> Confirmation:
        raise AssertionError

    async def execute_once(self, command: Command) -> Confirmation:
        raise AssertionError

    async def read_once(self, report: Report) -> None:
        raise AssertionError


class Setup:
    """The services on records in memory, with sessions that run."""

    def __init__(self, *devices: Device) -> None:
        self.connected: list[tuple[str, int]] = []
        """Addresses with a session, as long as it is open."""
        self.locations = InMemoryLocations(STAGE)
        self.records = InMemoryDevices(*devices, locations=self.locations)
        # So that a step can be about a certificate as well.
        spec = DriverSpec("shure-strings", "Shure", 2202, self._open, has_certificate=True)
        clock = SteadyClock()
        self.live = LiveState(clock)
        self.adapters = fake_adapters(
            in_memory(self.records),
            Plugins(Manufacturer("shure", "Shure", {spec.name: spec})),
            live=self.live,
            clock=clock,
        )
        self.sessions = build_synchronization(self.adapters).service
        services = build_services(self.adapters, self.sessions)
        self.devices: DeviceContract = services.devices
        self.assignments: AssignmentContract = services.assignments

    def _open(self, host: str, port: int, options: SessionOptions) -> Driver:
        return OpenDriver((host, port), self.connected)

    def shown(self) -> list[DeviceId]:
        """What the board shows, in rack order."""
        return [snapshot.device.id for snapshot in self.live.snapshot()]

    async def undo(self) -> str:
        return data_of(await self.assignments.undo(actor="Pia")).text

    async def redo(self) -> str:
        return data_of(await self.assignments.redo(actor="Pia")).text


async def test_an_undone_registration_takes_the_device_and_its_session_away() -> None:
    setup = Setup(RACK)
    async with running_sessions(setup.sessions):
        device = data_of(await setup.devices.register("shure", "127.0.0.9", name="FOH", actor="Pia"))
        await until(lambda: setup.connected == [(RACK.host, 2202), ("127.0.0.9", 2202)])
        assert setup.shown() == [RACK.id, device.id]
        assert await setup.undo() == "Device FOH added"
        assert setup.shown() == [RACK.id]
        await until(lambda: setup.connected == [(RACK.host, 2202)])
        assert await setup.redo() == "Device FOH added"
        assert setup.records.kept[device.id] == device
        assert setup.shown() == [RACK.id, device.id]
        await until(lambda: setup.connected == [(RACK.host, 2202), ("127.0.0.9", 2202)])


async def test_a_location_that_was_made_on_the_way_belongs_to_the_registration() -> None:
    setup = Setup()
    device = data_of(await setup.devices.register("shure", "127.0.0.9", location=" Balcony ", actor="Pia"))
    assert await setup.undo() == "Device 127.0.0.9 added"
    assert (setup.records.kept, list(setup.locations.kept)) == ({}, [STAGE.id])
    await setup.redo()
    assert setup.records.kept == {device.id: device}
    assert device.location_id is not None
    assert setup.locations.kept[device.location_id].name == "Balcony"
    # The location stays when the next device there is undone.
    await setup.devices.register("shure", "127.0.0.10", location="BALCONY", actor="Pia")
    await setup.undo()
    assert device.location_id in setup.locations.kept


async def test_a_device_whose_port_changes_gets_a_session_there_until_that_is_undone() -> None:
    setup = Setup(RACK)
    async with running_sessions(setup.sessions):
        await until(lambda: setup.connected == [(RACK.host, 2202)])
        data_of(await setup.devices.update(RACK.id, DeviceChange(port=2203), actor="Pia"))
        await until(lambda: setup.connected == [(RACK.host, 2203)])
        assert await setup.undo() == f"Device {RACK.host} address changed to {RACK.host}:2203"
        await until(lambda: setup.connected == [(RACK.host, 2202)])
        assert setup.records.kept[RACK.id] == RACK
        await setup.redo()
        await until(lambda: setup.connected == [(RACK.host, 2203)])


async def test_an_edit_is_one_step_whatever_it_changes() -> None:
    setup = Setup(RACK)
    edit = DeviceChange(name="FOH", host="127.0.0.7", port=2300, location="Pit", fingerprint="ab" * 32)
    edited = data_of(await setup.devices.update(RACK.id, edit, actor="Pia"))
    (pit,) = [location for location in setup.locations.kept.values() if location.name == "Pit"]
    assert edited == replace(
        RACK, name="FOH", host="127.0.0.7", port=2300, location_id=pit.id, fingerprint="ab" * 32
    )
    assert setup.records.kept[RACK.id] == edited
    assert await setup.undo() == (
        "Device 127.0.0.2 renamed to FOH, address changed to 127.0.0.7:2300, certificate trusted, "
        "127.0.0.2 moved to Pit"
    )
    assert (setup.records.kept[RACK.id], list(setup.locations.kept)) == (RACK, [STAGE.id])
    await setup.redo()
    assert setup.records.kept[RACK.id] == edited


async def test_a_step_calls_a_device_what_it_calls_itself() -> None:
    setup = Setup(RACK)
    await setup.records.store([DeviceState(RACK.id, own_name="Rack 1")], ())
    data_of(await setup.devices.update(RACK.id, DeviceChange(name="FOH"), actor="Pia"))
    assert await setup.undo() == "Device Rack 1 renamed to FOH"
    data_of(await setup.devices.trust(RACK.id, "ab" * 32, actor="Pia"))
    assert await setup.undo() == "Certificate of Rack 1 trusted"
    assert data_of(
        await setup.devices.update(RACK.id, DeviceChange(out_of_service=True), actor="Pia")
    ).out_of_service
    data_of(await setup.devices.update(RACK.id, DeviceChange(out_of_service=False), actor="Pia"))
    assert await setup.undo() == "Device Rack 1 back in service"
    assert await setup.undo() == "Device Rack 1 out of service"
    data_of(await setup.devices.remove(RACK.id, actor="Pia"))
    assert await setup.undo() == "Device Rack 1 removed"


async def test_a_device_is_moved_to_another_zone_and_back() -> None:
    setup = Setup(RACK)
    added = data_of(await setup.devices.register("shure", "10.0.0.7", zone=" FOH ", actor="Pia"))
    assert (added.zone, RACK.zone) == ("foh", "main")
    data_of(await setup.devices.update(RACK.id, DeviceChange(zone="stage-2"), actor="Pia"))
    assert setup.records.kept[RACK.id].zone == "stage-2"
    assert await setup.undo() == "Device 127.0.0.2 moved to zone stage-2"
    assert setup.records.kept[RACK.id] == RACK
    await setup.redo()
    assert data_of(await setup.devices.update(RACK.id, DeviceChange(zone=""), actor="Pia")).zone == "main"
    refused = await setup.devices.update(RACK.id, DeviceChange(zone="two words"), actor="Pia")
    assert code_of(refused) == ErrorCode.INVALID_VALUE


async def test_the_text_of_an_edit_says_what_was_done() -> None:
    setup = Setup(replace(RACK, name="FOH", location_id=STAGE.id, fingerprint="ab" * 32))
    texts = []
    for edit in (
        DeviceChange(name="Monitors"),
        DeviceChange(name=""),
        DeviceChange(location=""),
        DeviceChange(fingerprint=""),
    ):
        data_of(await setup.devices.update(RACK.id, edit, actor="Pia"))
        texts.append(await setup.undo())
    assert texts == [
        "Device FOH renamed to Monitors",
        "Device FOH name removed",
        "FOH taken out of its location",
        "Device FOH certificate no longer trusted",
    ]


async def test_an_edit_that_changes_nothing_is_no_step() -> None:
    setup = Setup(replace(RACK, name="FOH", location_id=STAGE.id))
    same = DeviceChange(name=" FOH", host=RACK.host, port=RACK.port, location="main stage", fingerprint="")
    assert data_of(await setup.devices.update(RACK.id, same, actor="Pia")) == setup.records.kept[RACK.id]
    assert (
        data_of(await setup.devices.update(RACK.id, DeviceChange(), actor="Pia"))
        == setup.records.kept[RACK.id]
    )
    assert code_of(await setup.assignments.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_an_edit_that_was_changed_meanwhile_is_not_undone() -> None:
    setup = Setup(RACK)
    data_of(await setup.devices.update(RACK.id, DeviceChange(name="FOH"), actor="Pia"))
    elsewhere = replace(RACK, name="Changed elsewhere")
    setup.records.kept[RACK.id] = elsewhere
    assert code_of(await setup.assignments.undo(actor="Pia")) is ErrorCode.CHANGED_SINCE
    assert setup.records.kept[RACK.id] == elsewhere


async def test_a_registration_is_not_redone_at_an_address_that_is_taken_meanwhile() -> None:
    setup = Setup()
    data_of(await setup.devices.register("shure", SPARE.host, actor="Pia"))
    await setup.undo()
    setup.records.kept[SPARE.id] = SPARE
    assert code_of(await setup.assignments.redo(actor="Pia")) is ErrorCode.DEVICE_EXISTS
    assert setup.records.kept == {SPARE.id: SPARE}


async def test_steps_on_a_device_are_undone_down_to_its_registration() -> None:
    setup = Setup()
    device = data_of(await setup.devices.register("shure", "127.0.0.9", actor="Pia"))
    data_of(await setup.assignments.assign([ChannelRef(device.id, 1)], "Ada", actor="Pia"))
    data_of(await setup.devices.update(device.id, DeviceChange(name="FOH"), actor="Pia"))
    data_of(await setup.devices.remove(device.id, actor="Pia"))
    assert [await setup.undo() for _ in range(4)] == [
        "Device FOH removed",
        "Device 127.0.0.9 renamed to FOH",
        "127.0.0.9/1 assigned to Ada",
        "Device 127.0.0.9 added",
    ]
    assert setup.records.kept == {}
    for _ in range(3):
        await setup.redo()
    assert setup.records.kept[device.id].name == "FOH"
    (assignment,) = data_of(await setup.assignments.list_assignments())
    assert assignment.channel == ChannelRef(device.id, 1)


async def test_a_trusted_certificate_is_a_step() -> None:
    setup = Setup(RACK)
    data_of(await setup.devices.trust(RACK.id, "AB" * 32, actor="Pia"))
    assert await setup.undo() == "Certificate of 127.0.0.2 trusted"
    assert setup.records.kept[RACK.id].fingerprint is None
    data_of(await setup.devices.trust(RACK.id, "", actor="Pia"))
    assert code_of(await setup.assignments.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_an_address_that_is_taken_names_the_device_that_has_it() -> None:
    setup = Setup(RACK, SPARE)
    moved = await setup.devices.update(RACK.id, DeviceChange(host=SPARE.host), actor="Pia")
    assert error_of(moved).details["device_id"] == SPARE.id


async def test_an_address_that_is_taken_while_the_name_service_is_asked_is_noticed() -> None:
    setup = Setup()
    twin = replace(SPARE, host="rack-a.local")

    async def resolve(host: str) -> None:
        setup.records.put(twin)

    adapters = replace(setup.adapters, resolve=resolve)
    devices = build_services(adapters, setup.sessions).devices
    registered = await devices.register("shure", "rack-a.local", actor="Pia")
    assert error_of(registered).details["device_id"] == twin.id
