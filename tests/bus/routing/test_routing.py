"""What needs a device goes to its holder, and what needs a network to a collector in it; in virtual time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest

from micboard_tui.bus.wire.sign_of_life import HUB, SignOfLife
from micboard_tui.contracts.device import DeviceChange, Findings, Search, SyncReport
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.command import Confirmation, Identify
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from tests.bus.routing.fleet_stage import LAND, MAIN, FleetStage, open_fleet
from tests.fakes.plugins import Plugins, Rack, ScriptedProbe, manufacturer

pytestmark = pytest.mark.virtual_time

DONE = Confirmation(Identify(), "on")
LO = Interface("127.0.0.1", 8, "lo")
WEB = FoundDevice("10.0.0.9", 443, "shure", "shure-web", "ADTQ", "FOH")
SHURE = Plugins(manufacturer("shure", Rack(), ScriptedProbe(), other_port=443))


def error_of(answer: ServiceResult[Any]) -> ErrorInfo:
    assert isinstance(answer, Failure)
    return answer.error


def online(device: DeviceSnapshot) -> DeviceSnapshot:
    return replace(device, state=replace(device.state, status=DeviceStatus.ONLINE))


async def test_a_command_goes_to_the_holder_in_the_name_of_who_gives_it() -> None:
    async with open_fleet() as fleet:
        one, other = await fleet.add("one", "main", MAIN), await fleet.add("two", "main")
        one.fake.answer("DeviceContract.execute", Success(DONE))
        assert await fleet.devices.execute(MAIN.id, Identify(), actor="Pia") == Success(DONE)
        (call,) = one.fake.calls
        assert call.arguments == {"device_id": MAIN.id, "command": Identify(), "actor": "Pia"}
        assert other.fake.calls == []


async def test_a_device_that_none_holds_goes_to_the_collector_of_its_zone_with_the_least_to_do() -> None:
    async with open_fleet() as fleet:
        await fleet.add("one", "land", load=40)
        two = await fleet.add("two", "land", load=8)
        await fleet.add("three", "main")
        two.fake.answer("DeviceContract.fetch_certificate", Success("ab"))
        assert await fleet.devices.fetch_certificate(LAND.id) == Success("ab")
        assert two.fake.titles() == ["DeviceContract.fetch_certificate"]


async def test_without_a_collector_of_the_zone_it_is_named_with_the_cure() -> None:
    async with open_fleet() as fleet:
        await fleet.add("one", "main", MAIN)
        error = error_of(await fleet.devices.execute(LAND.id, Identify(), actor="Pia"))
        assert (error.code, error.message) == (
            ErrorCode.NO_COLLECTOR,
            "No collector of zone 'land' is heard",
        )
        assert "micboard-tui serve --roles collector --zone land" in error.hint
        searched = error_of(await fleet.devices.discover(Search(zone="lan")))
        assert searched.code is ErrorCode.NO_COLLECTOR
        assert "Heard are those of main" in searched.hint
        assert error_of(await fleet.devices.list_interfaces("a b")).code is ErrorCode.INVALID_VALUE
        unknown = await fleet.devices.execute(DeviceId("none"), Identify(), actor="Pia")
        assert error_of(unknown).code is ErrorCode.DEVICE_NOT_FOUND


async def test_a_collector_that_has_just_ended_is_told_as_such() -> None:
    async with open_fleet() as fleet:
        (await fleet.add("one", "land", LAND)).end()
        await anyio.sleep(0.1)
        error = error_of(await fleet.devices.execute(LAND.id, Identify(), actor="Pia"))
        assert error.code is ErrorCode.NO_COLLECTOR
        assert "try again" in error.hint


async def test_a_search_runs_in_the_zone_and_its_progress_comes_back() -> None:
    async def discover(
        search: Search, listener: Callable[[Findings], None] | None = None
    ) -> Success[Findings]:
        searched.append(search)
        if listener is not None:
            listener(Findings(asked=1, to_ask=2))
            await anyio.sleep(1.0)
        return Success(Findings(asked=2, to_ask=2))

    searched: list[Search] = []
    progress: list[int] = []
    async with open_fleet() as fleet:
        await fleet.add("one", "main")
        land = await fleet.add("two", "land")
        land.fake.answers["DeviceContract.discover"] = discover
        land.fake.answer("DeviceContract.list_interfaces", Success([LO]))
        assert await fleet.devices.list_interfaces("land") == Success((LO,))
        answer = await fleet.devices.discover(
            Search(("10.0.0.9",), timeout_s=1.0, zone="land"), lambda found: progress.append(found.asked)
        )
        assert answer == Success(Findings(asked=2, to_ask=2))
        assert searched == [Search(("10.0.0.9",), timeout_s=1.0)]
        assert progress == [1]


async def test_a_search_that_is_cancelled_here_is_cancelled_there() -> None:
    ended = anyio.Event()

    async def discover(**_: object) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    async with open_fleet() as fleet:
        land = await fleet.add("one", "land")
        land.fake.answers["DeviceContract.discover"] = discover
        with anyio.move_on_after(1.0):
            await fleet.devices.discover(Search(zone="land"))
        with anyio.fail_after(1.0):
            await ended.wait()


async def test_all_devices_are_read_by_those_who_hold_them() -> None:
    async with open_fleet() as fleet:
        one = await fleet.add("one", "main", MAIN)
        listed = await fleet.devices.list_devices()
        assert listed.success
        main, land = listed.data
        one.fake.answer("DeviceContract.sync_all_devices", Success(SyncReport((online(main),))))
        answer = await fleet.devices.sync_all_devices()
        assert answer.success
        assert answer.data.devices[0] == online(main)
        fault = answer.data.devices[1].state.fault
        assert (answer.data.devices[1].device, fault and fault.code) == (land.device, "NO_COLLECTOR")
        two = await fleet.add("two", "land")
        two.fake.answer("DeviceContract.sync_all_devices", Success(SyncReport()))
        answer = await fleet.devices.sync_all_devices()
        assert answer.success
        assert answer.warning is None
        assert [each.state.fault and each.state.fault.code for each in answer.data.devices] == [
            None,
            "DEVICE_NOT_HELD",
        ]


async def test_a_new_device_is_asked_by_the_collector_of_its_zone_which_driver_it_has() -> None:
    async with open_fleet(SHURE) as fleet:
        land = await fleet.add("one", "land")
        land.fake.answer("DeviceContract.check_host", Success(None))
        land.fake.answer("DeviceContract.probe", Success(WEB))
        added = await fleet.devices.register("shure", "foh.local", zone="land", actor="Pia")
        assert added.success
        assert (added.data.driver, added.data.port, added.warning) == ("shure-web", 443, None)
        looked_up, asked = land.fake.calls
        assert looked_up.arguments == {"host": "foh.local"}
        assert asked.arguments == {"manufacturer": "shure", "host": "foh.local"}
        assert fleet.reads == 1
        away = await fleet.devices.register("shure", "10.0.0.8", zone="lake", actor="Pia")
        assert away.success
        assert (away.data.driver, away.data.zone) == ("shure-strings", "lake")
        assert away.warning is not None
        assert "No collector of zone 'lake' is heard" in away.warning


async def test_a_host_name_is_looked_up_in_its_zone_also_where_the_driver_is_named() -> None:
    unknown = MicboardError(ErrorCode.HOST_NOT_RESOLVED, "No address is known for typo.local")
    async with open_fleet(SHURE) as fleet:
        main, land = await fleet.add("one", "main"), await fleet.add("two", "land")
        land.fake.answer("DeviceContract.check_host", Failure.of(unknown))

        async def add(host: str, zone: str) -> ServiceResult[Device]:
            return await fleet.devices.register("shure", host, driver="shure-strings", zone=zone, actor="Pia")

        assert error_of(await add("typo.local", "land")).code is ErrorCode.HOST_NOT_RESOLVED
        assert (land.fake.titles(), main.fake.calls) == (["DeviceContract.check_host"], [])
        changed = await fleet.devices.update(LAND.id, DeviceChange(host="typo.local"), actor="Pia")
        assert error_of(changed).code is ErrorCode.HOST_NOT_RESOLVED
        assert [device.id for device in await fleet.record.all()] == [MAIN.id, LAND.id]

        land.fake.answer("DeviceContract.check_host", Success(None))
        added = await add("foh.local", "land")
        assert added.success
        assert added.warning is None
        asked = len(land.fake.calls)
        assert (await add("10.0.0.8", "land")).success
        assert len(land.fake.calls) == asked


async def test_without_a_collector_a_name_is_taken_with_a_warning() -> None:
    async with open_fleet(SHURE) as fleet:
        (await fleet.add("one", "land")).end()
        await anyio.sleep(0.1)
        for zone, host in (("land", "foh.local"), ("lake", "pier.local")):
            added = await fleet.devices.register(
                "shure", host, driver="shure-strings", zone=zone, actor="Pia"
            )
            assert added.success
            assert (added.warning or "").endswith(f"So it was not looked up whether {host} has an address")
        moved = await fleet.devices.update(LAND.id, DeviceChange(zone="lake", host="b.local"), actor="Pia")
        assert moved.success
        assert "No collector of zone 'lake' is heard" in (moved.warning or "")


async def test_what_none_reads_is_corrected_in_the_record() -> None:
    async with open_fleet() as fleet:
        one = await fleet.add("one", "main", MAIN)
        answer = await fleet.devices.update_device_state(LAND.id, 1, is_online=False, actor="Pia")
        assert answer.success
        assert answer.data.state.status is DeviceStatus.OFFLINE
        assert one.fake.calls == []
        corrected = DeviceSnapshot(MAIN, DeviceState(MAIN.id), ())
        one.fake.answer("DeviceContract.update_device_state", Success(corrected))
        answer = await fleet.devices.update_device_state(MAIN.id, 1, rf_dbm=-50.0, actor="Pia")
        assert answer == Success(corrected)


async def test_a_step_lets_collectors_read_the_record_at_once() -> None:
    async with open_fleet() as fleet:
        one = await fleet.add("one", "main", MAIN)
        renamed = await fleet.devices.update(MAIN.id, DeviceChange(name="Rack A"), actor="Pia")
        assert renamed.success
        assert fleet.reads == 1
        assert [each.payload for each in fleet.bus.published if each.subject == "mb1.rack.layout"] == [b""]
        await fleet.sessions.retry(MAIN.id)
        await fleet.sessions.retry(LAND.id)
        assert one.fake.titles() == ["SynchronizationContract.retry"]


async def test_alarms_are_raised_from_when_on_it_is_known_which_devices_there_are() -> None:
    async with open_fleet() as fleet:
        assert not fleet.sessions.is_running
        fleet.live.place([MAIN], [])
        assert fleet.sessions.is_running
        assert await fleet.sessions.start("shure") == Success(1)
        assert await fleet.sessions.start("sony") == Success(0)
        assert await fleet.sessions.execute(MAIN.id, Identify()) is None


async def test_samples_are_put_together_and_what_is_not_answered_is_a_gap() -> None:
    async with open_fleet() as fleet:
        one, two = await fleet.add("one", "main", MAIN), await fleet.add("two", "land", LAND)
        refs = [ChannelRef(MAIN.id, 1), ChannelRef(LAND.id, 1), ChannelRef(DeviceId("none"), 1)]
        one.fake.answer("RecorderContract.samples", Success({refs[0]: ()}))
        two.end()
        await anyio.sleep(0.1)
        answer = await fleet.recorder.samples(refs, 0.0, 1.0)
        assert answer.success
        assert (answer.data, answer.warning is not None) == (dict.fromkeys(refs, ()), True)
        assert one.fake.calls[-1].arguments == {"channels": (refs[0],), "start": 0.0, "end": 1.0}


async def test_the_recorder_is_as_well_as_that_of_the_collector_that_does_worst() -> None:
    def tell(fleet: FleetStage, number: int, state: RecorderState) -> None:
        sign = fleet.view.signs[number]
        fleet.view.signs[number] = replace(sign, health=HealthSnapshot(recorder=state))

    async with open_fleet() as fleet:
        assert (await fleet.recorder.get_state()).data == RecorderState(RecorderMode.OFF)
        await fleet.add("one", "main")
        await fleet.add("two", "main")
        fleet.view.signs.append(SignOfLife("hub", 1, 0.0, 0, role=HUB))
        tell(fleet, 0, RecorderState(RecorderMode.DISK))
        assert (await fleet.recorder.get_state()).data == RecorderState(RecorderMode.DISK)
        full = RecorderState(RecorderMode.MEMORY, ErrorInfo(ErrorCode.DISK_FULL, "The disk is full"))
        tell(fleet, 1, full)
        assert (await fleet.recorder.get_state()).data == full
