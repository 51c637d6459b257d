"""Registering, finding, reading and commanding devices."""

import math
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.device import ALL_DEVICES, DeviceChange, DeviceContract, SyncReport
from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import CommandCheck, Report, SessionOptions
from micboard_tui.contracts.result import Success
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelState, Transmitter
from micboard_tui.domain.command import (
    Command,
    Confirmation,
    Identify,
    SetChannelName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
)
from micboard_tui.domain.device import Device, DeviceFault, DeviceKind, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import FactsHeard, MetersHeard, Observation
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart
from micboard_tui.services.assembly import build_services
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.links import UNHURRIED_S
from tests.fakes.plugins import Plugins, Rack, manufacturer
from tests.fakes.repositories import InMemoryLocations
from tests.fakes.services import FakeSessions, fake_adapters, in_memory
from tests.services.memory import WatchedDevices
from tests.services.results import code_of, data_of, error_of
from tests.services.stage import HEARD, LOUD, OFF, ON, PACK, RACK, SPARE, STAGE, Clock

T = TypeVar("T")
ALL_SAID: Sequence[Observation] = [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)]


class Names:
    """A name service."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.known = {"rack-a.local"}

    async def resolve(self, host: str) -> None:
        self.asked.append(host)
        if host == "slow.local":
            await anyio.sleep_forever()
        if host not in self.known:
            raise DeviceError(ErrorCode.HOST_NOT_RESOLVED, f"No address is known for {host}", hint="Spell it")


HEARD_AT = 990.0
"""Ten seconds ago."""


class Setup:
    """The service with everything around it."""

    def __init__(self, *devices: Device, check_command: CommandCheck | None = None) -> None:
        self.places = InMemoryLocations(STAGE)
        self.records = WatchedDevices(*devices, locations=self.places)
        self.clock = Clock()
        self.live = LiveState(self.clock)
        self.rack = Rack(check_command)
        self.sessions = FakeSessions()
        self.names = Names()
        self.adapters = fake_adapters(
            in_memory(self.records),
            Plugins(manufacturer("shure", self.rack), manufacturer("acme", self.rack, port=4000)),
            live=self.live,
            clock=SteadyClock(wall=self.clock, steady=self.clock),
            resolve=self.names.resolve,
            options=SessionOptions(connect_timeout_s=0.1),
        )
        services = build_services(self.adapters, self.sessions)
        self.service: DeviceContract = services.devices
        self.assignments: AssignmentContract = services.assignments

    def last_known(self, *channels: ChannelState, status: DeviceStatus = DeviceStatus.ONLINE) -> None:
        """Store what the rack was last known to be."""
        state = DeviceState(RACK.id, status=status, last_seen_at=HEARD_AT, own_name="Rack 1")
        self.records.states[RACK.id] = state
        self.records.channels.update((each.ref, each) for each in channels)

    def in_session(self) -> None:
        """Let the rack be heard live."""
        self.live.place([RACK], [STAGE])
        self.live.take_observations(RACK.id, ALL_SAID)


HEARD_ONCE = ChannelState(
    RACK.id,
    1,
    link_state=LinkState.LIVE,
    link_since=HEARD_AT,
    facts=ON,
    meters=LOUD,
    observed_at=HEARD_AT,
    meters_at=HEARD_AT,
)


async def test_a_device_is_registered_with_what_is_usual_for_its_maker() -> None:
    setup = Setup(RACK)
    device = data_of(await setup.service.register(" Shure ", " 127.0.0.9 ", actor="Pia"))
    assert (device.manufacturer, device.driver, device.host, device.port) == (
        "shure",
        "shure-strings",
        "127.0.0.9",
        2202,
    )
    assert (device.name, device.location_id, device.position) == (None, None, RACK.position + 1)
    assert setup.records.kept[device.id] == device
    assert setup.sessions.refreshed == 1
    assert setup.names.asked == []


async def test_a_device_is_registered_as_the_user_says() -> None:
    setup = Setup()
    device = data_of(
        await setup.service.register(
            "shure",
            "Rack-A.local.",
            driver="shure-strings",
            port=2203,
            name=" Rack A ",
            location=" main stage ",
            actor="Pia",
        )
    )
    assert (device.host, device.port, device.name, device.location_id) == (
        "rack-a.local",
        2203,
        "Rack A",
        STAGE.id,
    )
    assert setup.names.asked == ["rack-a.local"]


async def test_a_location_that_is_missing_is_made() -> None:
    setup = Setup()
    device = data_of(await setup.service.register("shure", "127.0.0.9", location="Balcony", actor="Pia"))
    assert device.location_id is not None
    assert setup.places.kept[device.location_id].name == "Balcony"


async def test_a_blank_name_or_location_is_none() -> None:
    device = data_of(
        await Setup().service.register("shure", "127.0.0.9", name="  ", location=" ", actor="Pia")
    )
    assert (device.name, device.location_id) == (None, None)


@pytest.mark.parametrize(
    ("host", "as_kept"),
    [("::1", "::1"), ("[FE80::1%eth0]", "fe80::1%eth0"), ("2001:0db8::0001", "2001:db8::1")],
)
async def test_an_ipv6_address_is_kept_in_its_usual_form(host: str, as_kept: str) -> None:
    assert data_of(await Setup().service.register("shure", host, actor="Pia")).host == as_kept


@pytest.mark.parametrize(
    "host",
    [
        "",
        "   ",
        "10.0.0.999",
        "10.0.0",
        "0.0.0.0",
        "0.1.2.3",
        "::ffff:0.1.2.3",
        "255.255.255.255",
        "240.0.0.1",
        "224.0.0.251",
        "ff02::1",
        "::ffff:239.1.1.1",
        "0xe0000001",
        "0xff.0xff.255.255",
        "239.1.1.1",
        "10.0.0.1:2202",
        "http://rack",
        "rack a",
        "-rack",
        "rack-.local",
        "a..b",
        "x" * 64,
        "a." * 130 + "b",
        "J\xfcrgen.local",
        "\x1b[2J",
        "fe80::1%\x1b[2J",
    ],
)
async def test_what_is_no_host_is_refused(host: str) -> None:
    setup = Setup()
    result = await setup.service.register("shure", host, actor="Pia")
    assert code_of(result) is ErrorCode.INVALID_VALUE
    assert "\x1b" not in error_of(result).message
    assert setup.records.kept == {}


@pytest.mark.parametrize("port", [0, -1, 65536, 10**9])
async def test_what_is_no_port_is_refused(port: int) -> None:
    assert (
        code_of(await Setup().service.register("shure", "127.0.0.9", port=port, actor="Pia"))
        is ErrorCode.INVALID_VALUE
    )


@pytest.mark.parametrize("name", ["x" * 65, "a\nb", "\x1b[31mred", "a\u202eb"])
async def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    assert (
        code_of(await Setup().service.register("shure", "127.0.0.9", name=name, actor="Pia"))
        is ErrorCode.INVALID_VALUE
    )


async def test_a_name_that_looks_like_markup_is_taken_literally() -> None:
    assert (
        data_of(await Setup().service.register("shure", "127.0.0.9", name="[red]x[/] A>B", actor="Pia")).name
        == "[red]x[/] A>B"
    )


async def test_an_unknown_maker_or_driver_is_refused_and_the_known_ones_named() -> None:
    setup = Setup()
    result = await setup.service.register("telefunken", "127.0.0.9", actor="Pia")
    assert code_of(result) is ErrorCode.MANUFACTURER_NOT_SUPPORTED
    result = await setup.service.register("shure", "127.0.0.9", driver="nope", actor="Pia")
    assert code_of(result) is ErrorCode.DRIVER_NOT_SUPPORTED
    assert "shure-strings" in error_of(result).hint


async def test_an_address_that_is_taken_is_refused_and_makes_no_location() -> None:
    setup = Setup(RACK)
    result = await setup.service.register("acme", RACK.host, port=RACK.port, location="New", actor="Pia")
    assert code_of(result) is ErrorCode.DEVICE_EXISTS
    assert RACK.id in error_of(result).hint
    assert list(setup.places.kept) == [STAGE.id]


async def test_a_host_that_nobody_knows_is_refused() -> None:
    setup = Setup()
    assert (
        code_of(await setup.service.register("shure", "typo.local", actor="Pia"))
        is ErrorCode.HOST_NOT_RESOLVED
    )
    assert setup.records.kept == {}


async def test_a_name_service_that_does_not_answer_is_not_waited_for() -> None:
    with anyio.fail_after(UNHURRIED_S):
        result = await Setup().service.register("shure", "slow.local", actor="Pia")
    assert code_of(result) is ErrorCode.NAME_SERVICE_SILENT


async def test_a_location_name_that_cannot_be_is_refused() -> None:
    result = await Setup().service.register("shure", "127.0.0.9", location="a\nb", actor="Pia")
    assert code_of(result) is ErrorCode.INVALID_VALUE


async def test_a_database_that_fails_is_an_answer_and_no_crash() -> None:
    setup = Setup()
    setup.records.broken = True
    assert (
        code_of(await setup.service.register("shure", "127.0.0.9", actor="Pia")) is ErrorCode.DATABASE_ERROR
    )
    assert code_of(await setup.service.list_devices()) is ErrorCode.DATABASE_ERROR


async def test_only_what_is_given_is_updated() -> None:
    setup = Setup(replace(RACK, name="Old", location_id=STAGE.id))
    service = setup.service
    assert data_of(await service.update(RACK.id, DeviceChange(), actor="Pia")).name == "Old"
    assert data_of(await service.update(RACK.id, DeviceChange(name=" New "), actor="Pia")).name == "New"
    assert data_of(await service.update(RACK.id, DeviceChange(port=2203), actor="Pia")).port == 2203
    assert (
        data_of(await service.update(RACK.id, DeviceChange(host="rack-a.local"), actor="Pia")).host
        == "rack-a.local"
    )
    assert setup.records.kept[RACK.id] == replace(
        RACK, name="New", port=2203, host="rack-a.local", location_id=STAGE.id
    )
    assert data_of(await service.update(RACK.id, DeviceChange(name=""), actor="Pia")).name is None
    assert data_of(await service.update(RACK.id, DeviceChange(location=""), actor="Pia")).location_id is None
    assert (
        data_of(await service.update(RACK.id, DeviceChange(location="Main Stage"), actor="Pia")).location_id
        == STAGE.id
    )
    assert setup.sessions.refreshed == 6


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (DeviceChange(port=0), ErrorCode.INVALID_VALUE),
        (DeviceChange(host="a b"), ErrorCode.INVALID_VALUE),
        (DeviceChange(host="typo.local"), ErrorCode.HOST_NOT_RESOLVED),
        (DeviceChange(host=SPARE.host), ErrorCode.DEVICE_EXISTS),
        (DeviceChange(name="a\tb"), ErrorCode.INVALID_VALUE),
    ],
)
async def test_a_change_that_cannot_be_changes_nothing(change: DeviceChange, code: ErrorCode) -> None:
    setup = Setup(RACK, SPARE)
    assert code_of(await setup.service.update(RACK.id, change, actor="Pia")) is code
    assert setup.records.kept[RACK.id] == RACK


async def test_a_device_is_removed_and_answered_with() -> None:
    setup = Setup(RACK)
    assert data_of(await setup.service.remove(RACK.id, actor="Pia")) == RACK
    assert setup.records.kept == {}
    assert code_of(await setup.service.remove(RACK.id, actor="Pia")) is ErrorCode.DEVICE_NOT_FOUND
    assert (
        code_of(await setup.service.update(RACK.id, DeviceChange(), actor="Pia"))
        is ErrorCode.DEVICE_NOT_FOUND
    )
    assert code_of(await setup.service.get_device_status(RACK.id)) is ErrorCode.DEVICE_NOT_FOUND


A = Device(DeviceId("0a1b2c3d"), "shure", "shure-strings", "10.0.0.1", 2202, name="Lead Rack")
B = Device(DeviceId("0a1bffff"), "shure", "shure-strings", "10.0.0.1", 2203, name="Choir")
C = Device(DeviceId("99999999"), "shure", "shure-strings", "fe80::1", 2202, name="choir")


@pytest.mark.parametrize(
    ("words", "device"),
    [
        ("0a1b2c3d", A),
        (" 0A1B2C3D ", A),
        ("0a1b2", A),
        ("999", C),
        ("lead rack", A),
        ("OWN NAME", B),
        ("10.0.0.1:2203", B),
        ("fe80::1", C),
        ("[fe80::1]:2202", C),
    ],
)
async def test_a_device_is_found_by_what_people_call_it(words: str, device: Device) -> None:
    setup = Setup(A, B, C)
    setup.records.states[B.id] = DeviceState(B.id, own_name="Own Name")
    assert data_of(await setup.service.find(words)) == device


@pytest.mark.parametrize("words", ["", "  ", "0", "99", "nope", "\x1b[2J"])
async def test_what_names_no_device_finds_none(words: str) -> None:
    assert code_of(await Setup(A, B, C).service.find(words)) is ErrorCode.DEVICE_NOT_FOUND


@pytest.mark.parametrize("words", ["0a1", "choir", "10.0.0.1"])
async def test_what_names_several_devices_lists_them(words: str) -> None:
    result = await Setup(A, B, C).service.find(words)
    assert code_of(result) is ErrorCode.INVALID_VALUE
    assert B.id in error_of(result).hint


async def test_an_id_wins_over_a_name_that_looks_like_it() -> None:
    twin = replace(B, name=str(A.id))
    assert data_of(await Setup(A, twin).service.find(A.id)) == A


async def test_devices_are_listed_as_last_known() -> None:
    setup = Setup(RACK, SPARE)
    setup.last_known(HEARD_ONCE)
    listed = await setup.service.list_devices(ALL_DEVICES.online())
    assert [each.device for each in data_of(listed)] == [RACK]
    assert setup.rack.opened == []


async def test_the_status_is_live_in_session_and_last_known_otherwise() -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE, status=DeviceStatus.OFFLINE)
    setup.live.place([RACK], [])
    assert data_of(await setup.service.get_device_status(RACK.id)).state.status is DeviceStatus.OFFLINE
    setup.in_session()
    status = data_of(await setup.service.get_device_status(RACK.id))
    assert (status.state.status, status.state.model) == (DeviceStatus.ONLINE, "ULXD4D")


async def test_an_update_changes_nothing_but_what_it_is_given() -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE, replace(HEARD_ONCE, number=2))
    after = data_of(await setup.service.update_device_state(RACK.id, 1, battery_percent=88, actor="Pia"))
    first, second = after.channels
    assert first.battery == replace(PACK.battery, percent=88)
    assert first == replace(HEARD_ONCE, facts=first.facts, observed_at=setup.clock.now)
    assert second == replace(HEARD_ONCE, number=2)
    assert after.state == setup.records.states[RACK.id]
    assert setup.records.channels[ChannelRef(RACK.id, 1)] == first

    after = data_of(await setup.service.update_device_state(RACK.id, 1, rf_dbm=-60.5, actor="Pia"))
    assert after.channels[0].meters == LOUD._replace(rf_dbm=-60.5)
    assert after.channels[0].meters_at == setup.clock.now
    assert after.channels[0].battery == first.battery


async def test_an_update_with_nothing_changes_nothing() -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE)
    before = data_of(await setup.service.get_device_status(RACK.id))
    assert data_of(await setup.service.update_device_state(RACK.id, 1, actor="Pia")) == before


async def test_an_update_can_take_a_device_off_the_air_and_back() -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE)
    after = data_of(await setup.service.update_device_state(RACK.id, 1, is_online=False, actor="Pia"))
    assert (after.state.status, after.state.status_since) == (DeviceStatus.OFFLINE, setup.clock.now)
    assert after.state.last_seen_at == HEARD_AT
    assert after.channels[0].link_state is LinkState.OFFLINE
    assert (after.channels[0].battery, after.channels[0].observed_at) == (HEARD_ONCE.battery, HEARD_AT)
    after = data_of(await setup.service.update_device_state(RACK.id, 1, is_online=True, actor="Pia"))
    assert (after.state.is_online, after.state.last_seen_at) == (True, setup.clock.now)
    assert after.channels[0].link_state is LinkState.UNKNOWN


async def test_an_update_of_a_device_that_was_never_heard_makes_the_channel() -> None:
    setup = Setup(RACK)
    after = data_of(await setup.service.update_device_state(RACK.id, 3, battery_percent=0, actor="Pia"))
    assert [each.number for each in after.channels] == [3]
    assert after.channels[0].battery is not None
    assert (after.channels[0].battery.percent, after.state.status) == (0, DeviceStatus.UNKNOWN)
    assert (after.channels[0].facts.transmitter_present, after.channels[0].link_state) == (
        True,
        LinkState.UNKNOWN,
    )


async def test_a_battery_is_never_that_of_a_transmitter_that_is_off() -> None:
    setup = Setup(RACK)
    setup.last_known(replace(HEARD_ONCE, facts=OFF, link_state=LinkState.TRANSMITTER_OFF))
    (channel,) = data_of(
        await setup.service.update_device_state(RACK.id, 1, battery_percent=50, actor="Pia")
    ).channels
    assert (channel.facts.transmitter_present, channel.link_state) == (True, LinkState.UNKNOWN)
    setup.last_known(replace(HEARD_ONCE, facts=OFF, link_state=LinkState.TRANSMITTER_OFF))
    (channel,) = data_of(
        await setup.service.update_device_state(RACK.id, 1, rf_dbm=-50.0, actor="Pia")
    ).channels
    assert (channel.facts, channel.link_state) == (OFF, LinkState.TRANSMITTER_OFF)


async def test_the_limits_of_a_reading_are_within_it() -> None:
    setup = Setup(RACK)
    for percent, rf_dbm in ((0, -150.0), (100, 20.0)):
        after = data_of(
            await setup.service.update_device_state(
                RACK.id, 1, battery_percent=percent, rf_dbm=rf_dbm, actor="Pia"
            )
        )
        battery = after.channels[0].battery
        assert battery is not None
        assert (battery.percent, after.channels[0].meters.rf_dbm) == (percent, rf_dbm)


@pytest.mark.parametrize("percent", [-1, 101, 150, 255])
async def test_a_battery_that_cannot_be_is_refused(percent: int) -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE)
    result = await setup.service.update_device_state(
        RACK.id, 1, battery_percent=percent, rf_dbm=-50.0, actor="Pia"
    )
    assert code_of(result) is ErrorCode.INVALID_VALUE
    assert setup.records.channels[ChannelRef(RACK.id, 1)] == HEARD_ONCE
    assert setup.records.stores == 0


@pytest.mark.parametrize("rf_dbm", [math.nan, math.inf, -math.inf, -150.1, 20.1])
async def test_an_rf_level_that_cannot_be_is_refused(rf_dbm: float) -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE)
    result = await setup.service.update_device_state(RACK.id, 1, rf_dbm=rf_dbm, actor="Pia")
    assert code_of(result) is ErrorCode.INVALID_VALUE


async def test_a_channel_that_the_device_does_not_have_is_refused() -> None:
    setup = Setup(RACK, SPARE)
    setup.last_known(HEARD_ONCE)
    for device, channel in ((RACK, 2), (RACK, 0), (SPARE, 0), (SPARE, 65)):
        result = await setup.service.update_device_state(device.id, channel, battery_percent=5, actor="Pia")
        assert code_of(result) is ErrorCode.INVALID_VALUE
    nobody = await setup.service.update_device_state(DeviceId("nobody"), 1, battery_percent=5, actor="Pia")
    assert code_of(nobody) is ErrorCode.DEVICE_NOT_FOUND


async def test_a_charger_has_no_channel_to_correct_but_can_be_online() -> None:
    setup = Setup(RACK)
    setup.live.place([RACK], [STAGE])
    charger = HEARD._replace(kind=DeviceKind.CHARGER, channel_count=0, bay_count=2)
    setup.live.take_observations(RACK.id, [charger])
    refused = await setup.service.update_device_state(RACK.id, 1, battery_percent=5, actor="Pia")
    assert (code_of(refused), error_of(refused).hint) == (ErrorCode.INVALID_VALUE, "It is a charger")
    assert not data_of(
        await setup.service.update_device_state(RACK.id, 1, is_online=False, actor="Pia")
    ).state.is_online


async def test_an_update_is_seen_live_while_a_session_runs() -> None:
    setup = Setup(RACK)
    setup.in_session()
    await setup.service.update_device_state(RACK.id, 1, battery_percent=12, actor="Pia")
    live = setup.live.device(RACK.id)
    assert live is not None
    assert live.channels[0].battery is not None
    assert live.channels[0].battery.percent == 12
    assert live.channels[0].meters == LOUD
    assert live.channels[0].link_state is LinkState.LIVE
    await setup.service.update_device_state(RACK.id, 1, is_online=False, actor="Pia")
    live = setup.live.device(RACK.id)
    assert live is not None
    assert live.state.status is DeviceStatus.OFFLINE
    await setup.service.update_device_state(RACK.id, 1, battery_percent=11, actor="Pia")
    assert setup.live.device(RACK.id) == live


async def report_reading(report: Report) -> None:
    report(ALL_SAID)


async def unreachable(report: Report) -> None:
    raise DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone", hint="switch it on")


async def refusing(report: Report) -> None:
    raise DeviceError(ErrorCode.DEVICE_REFUSED, "no", hint="let me in")


async def crashing(report: Report) -> None:
    raise ZeroDivisionError


async def silent(report: Report) -> None:
    return


async def hanging(report: Report) -> None:
    report(ALL_SAID)
    await anyio.sleep_forever()


async def test_one_device_is_asked_once_and_stored() -> None:
    setup = Setup(RACK)
    setup.rack.tells[RACK.host] = report_reading
    snapshot = data_of(await setup.service.sync_device("shure", RACK.id))
    assert (snapshot.state.status, snapshot.state.model) == (DeviceStatus.ONLINE, "ULXD4D")
    assert snapshot.state.last_seen_at == setup.clock.now
    assert [each.link_state for each in snapshot.channels] == [LinkState.LIVE, LinkState.UNKNOWN]
    assert setup.records.states[RACK.id] == replace(snapshot.state, version=0)
    assert setup.records.stores == 1


async def test_a_device_that_has_a_session_is_read_in_it_alone() -> None:
    setup = Setup(RACK)
    setup.sessions.has_sessions = True
    report = data_of(await setup.service.sync_all_devices(timeout_s=4.0))
    assert setup.sessions.read_for_s == {RACK.id: 4.0}
    assert report.failed
    assert (fault_of(report).code, "within 4 s" in fault_of(report).message) == ("DEVICE_UNREACHABLE", True)
    setup.sessions.has_sessions = MicboardError(ErrorCode.DEVICE_NOT_HELD, "Not held", hint="Try again")
    assert code_of(await setup.service.sync_device("shure", RACK.id)) is ErrorCode.DEVICE_NOT_HELD
    # What sessions run for is judged and stored by them.
    assert setup.records.stores == 0
    setup.in_session()
    assert data_of(await setup.service.sync_device("shure", RACK.id)).state.is_online


def fault_of(report: SyncReport) -> DeviceFault:
    (snapshot,) = report.devices
    assert snapshot.state.fault is not None
    return snapshot.state.fault


LOW = replace(ON, transmitter=Transmitter(battery=Battery(minutes=20)))
BATTERY_LOW = ProblemKey(RACK.id, 1, ProblemCode.BATTERY_LOW)


async def report_low_battery(report: Report) -> None:
    report([HEARD, FactsHeard(1, LOW), MetersHeard(1, LOUD)])


async def test_a_problem_lasts_from_one_look_to_the_next() -> None:
    setup = Setup(RACK, replace(SPARE, manufacturer="acme"))
    other = ProblemStart(ProblemKey(SPARE.id, 1, ProblemCode.RF_LOST), 700.0, 900.0)
    await setup.records.store([], [], [other])

    async def look(tell: Callable[[Report], Awaitable[None]]) -> Sequence[ProblemStart]:
        setup.clock.now += 60.0
        setup.rack.tells[RACK.host] = tell
        data_of(await setup.service.sync_all_devices("shure"))
        return await setup.records.open_problems()

    since = setup.clock.now + 60.0
    assert await look(report_low_battery) == [ProblemStart(BATTERY_LOW, since, since), other]
    assert await look(report_low_battery) == [ProblemStart(BATTERY_LOW, since, since + 60.0), other]
    # A device that cannot be read still may have it.
    assert ProblemStart(BATTERY_LOW, since, since + 60.0) in await look(unreachable)
    assert await look(report_low_battery) == [ProblemStart(BATTERY_LOW, since, since + 180.0), other]
    assert await look(report_reading) == [other]


async def test_where_sessions_run_a_look_stores_no_problem() -> None:
    setup = Setup(RACK)
    setup.in_session()
    await setup.records.store([], [], [ProblemStart(BATTERY_LOW, 700.0, 900.0)])
    data_of(await setup.service.sync_all_devices())
    assert [start.seen_at for start in await setup.records.open_problems()] == [900.0]


async def test_stored_problems_that_cannot_be_read_are_replaced() -> None:
    setup = Setup(RACK)
    setup.records.broken_problems = True
    setup.rack.tells[RACK.host] = report_low_battery
    data_of(await setup.service.sync_all_devices())
    assert [start.key for start in setup.records.problems] == [BATTERY_LOW]


@pytest.mark.parametrize(
    ("tell", "code", "status", "link"),
    [
        (unreachable, ErrorCode.DEVICE_UNREACHABLE, DeviceStatus.OFFLINE, LinkState.OFFLINE),
        (refusing, ErrorCode.DEVICE_REFUSED, DeviceStatus.REFUSED, LinkState.REFUSED),
        (crashing, ErrorCode.API_ERROR, DeviceStatus.OFFLINE, LinkState.OFFLINE),
        (silent, ErrorCode.DEVICE_SILENT, DeviceStatus.OFFLINE, LinkState.OFFLINE),
    ],
)
async def test_a_device_that_fails_is_stored_with_its_fault(
    tell: object, code: ErrorCode, status: DeviceStatus, link: LinkState
) -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE)
    assert callable(tell)
    setup.rack.tells[RACK.host] = tell
    result = await setup.service.sync_device("shure", RACK.id)
    assert code_of(result) is code
    state = setup.records.states[RACK.id]
    assert state.fault is not None
    assert (state.status, state.fault.code, state.last_seen_at) == (status, code, HEARD_AT)
    channel = setup.records.channels[ChannelRef(RACK.id, 1)]
    assert (channel.link_state, channel.battery) == (link, None)
    assert channel.last_battery is not None
    assert channel.last_battery.observed_at == HEARD_AT


async def test_whom_nobody_registered_cannot_be_asked() -> None:
    setup = Setup(RACK)
    assert code_of(await setup.service.sync_device("nope", RACK.id)) is ErrorCode.MANUFACTURER_NOT_SUPPORTED
    assert code_of(await setup.service.sync_device("acme", RACK.id)) is ErrorCode.DEVICE_NOT_FOUND
    assert code_of(await setup.service.sync_device("shure", SPARE.id)) is ErrorCode.DEVICE_NOT_FOUND
    nobody = await setup.service.sync_all_devices("nope")
    assert code_of(nobody) is ErrorCode.MANUFACTURER_NOT_SUPPORTED


async def test_all_devices_are_asked_side_by_side_and_none_disturbs_another() -> None:
    ways = (report_reading, unreachable, refusing, crashing, hanging)
    devices = [
        replace(RACK, id=DeviceId(f"d{at:03}"), host=f"127.0.1.{at}", position=at) for at in range(100)
    ]
    setup = Setup(*devices)
    for at, device in enumerate(devices):
        setup.rack.tells[device.host] = ways[at % 5]
    with capture_logs() as logs:
        result = await setup.service.sync_all_devices(timeout_s=0.05)
    assert [each["event"] for each in logs] == ["reading_crashed"] * 20
    report = data_of(result)
    assert [each.device for each in report.devices] == devices
    assert [each.state.fault.code if each.state.fault else None for each in report.devices[:5]] == [
        None,
        ErrorCode.DEVICE_UNREACHABLE,
        ErrorCode.DEVICE_REFUSED,
        ErrorCode.API_ERROR,
        ErrorCode.DEVICE_UNREACHABLE,
    ]
    assert len(report.failed) == 80
    assert 1 < setup.rack.most_at_once <= 32
    assert setup.records.stores == 1


async def test_a_device_that_does_not_answer_ages_no_other() -> None:
    setup = Setup(RACK, SPARE)
    metered = replace(ON, meter_interval_s=0.1)

    async def answer_late(report: Report) -> None:
        setup.clock.now += 30.0
        raise DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone", hint="switch it on")

    async def report_meters(report: Report) -> None:
        report([HEARD, FactsHeard(1, metered), MetersHeard(1, LOUD)])

    setup.rack.tells |= {RACK.host: report_meters, SPARE.host: answer_late}
    rack, spare = data_of(await setup.service.sync_all_devices()).devices
    assert spare.state.fault is not None
    assert rack.channels[0].meters_at == setup.clock.now - 30.0
    assert not rack.channels[0].is_stale(setup.clock.now)
    stored = setup.records.channels[ChannelRef(RACK.id, 1)]
    assert stored.is_stale(setup.clock.now)


async def test_what_a_device_answered_before_time_ran_out_is_kept_and_the_error_stands_beside_it() -> None:
    setup = Setup(RACK, SPARE)

    async def answer_in_part(report: Report) -> None:
        report([HEARD, FactsHeard(1, ON)])
        await anyio.sleep_forever()

    async def answer_nothing(_report: Report) -> None:
        await anyio.sleep_forever()

    setup.rack.tells |= {RACK.host: answer_in_part, SPARE.host: answer_nothing}
    answer = data_of(await setup.service.sync_all_devices(timeout_s=0.05))
    rack, spare = answer.failed
    assert rack.state.fault is not None
    assert "answered only in part within 0.05 s" in rack.state.fault.message
    assert (rack.state.is_online, rack.channels[0].facts) == (True, ON)
    assert spare.state.fault is not None
    assert "did not answer within 0.05 s" in spare.state.fault.message


async def test_only_the_devices_of_the_maker_that_was_asked_for_are_asked() -> None:
    other = replace(SPARE, manufacturer="acme", driver="acme-strings")
    setup = Setup(RACK, other)
    setup.rack.tells[RACK.host] = report_reading
    result = await setup.service.sync_all_devices("shure")
    assert [each.device for each in data_of(result).devices] == [RACK]
    assert setup.rack.opened == [(RACK.host, RACK.port)]


async def test_a_device_whose_driver_is_not_installed_is_in_the_report() -> None:
    setup = Setup(replace(RACK, driver="gone"), replace(SPARE, manufacturer="nope"))
    result = await setup.service.sync_all_devices()
    codes = [each.state.fault.code for each in data_of(result).failed if each.state.fault]
    assert codes == [ErrorCode.DRIVER_NOT_SUPPORTED, ErrorCode.MANUFACTURER_NOT_SUPPORTED]


async def test_no_devices_give_an_empty_report() -> None:
    result = await Setup().service.sync_all_devices()
    assert (data_of(result).devices, data_of(result).failed) == ((), ())


async def test_a_device_in_session_is_not_connected_to_again() -> None:
    setup = Setup(RACK, SPARE)
    setup.in_session()
    setup.rack.tells[SPARE.host] = report_reading
    result = await setup.service.sync_all_devices()
    assert [each.state.is_online for each in data_of(result).devices] == [True, True]
    assert setup.rack.opened == [(SPARE.host, SPARE.port)]


async def test_channels_that_a_device_has_no_longer_are_forgotten() -> None:
    setup = Setup(RACK)
    setup.last_known(*(replace(HEARD_ONCE, number=number) for number in (1, 2, 3, 4)))
    setup.rack.tells[RACK.host] = report_reading
    snapshot = data_of(await setup.service.sync_device("shure", RACK.id))
    assert [each.number for each in snapshot.channels] == [1, 2]
    assert sorted(ref.number for ref in setup.records.channels) == [1, 2]


async def test_the_location_of_a_device_is_in_its_report() -> None:
    setup = Setup(replace(RACK, location_id=STAGE.id))
    setup.rack.tells[RACK.host] = report_reading
    assert data_of(await setup.service.sync_device("shure", RACK.id)).location == STAGE.name


async def test_a_command_goes_through_the_session_where_there_is_one() -> None:
    setup = Setup(RACK)
    setup.sessions.answer = Confirmation(Identify(), "flashing")
    assert await setup.service.execute(RACK.id, Identify(), actor="Pia") == Success(setup.sessions.answer)
    assert setup.rack.opened == []


async def test_a_command_without_a_session_connects_for_itself() -> None:
    setup = Setup(RACK)
    assert await setup.service.execute(RACK.id, Identify(), actor="Pia") == Success(
        Confirmation(Identify(), "done")
    )
    assert setup.rack.opened == [(RACK.host, RACK.port)]


async def test_a_value_that_the_device_chose_itself_is_told() -> None:
    setup = Setup(RACK)
    setup.sessions.answer = Confirmation(Identify(), "12 dB\x1b", adapted=True)
    result = await setup.service.execute(RACK.id, Identify(), actor="Pia")
    assert result.warning == "The device has 12 dB\u241b instead"


@pytest.mark.parametrize(
    ("command", "value", "is_adapted"),
    [
        (SetChannelName(1, "new"), "NEW", True),
        (SetChannelName(1, "new "), "new", False),
        (SetGain(1, 5), "+3 dB", True),
        (SetGain(1, 5), "5 dB", False),
        (SetGroupChannel(1, 6, 11), "06,11", False),
        (SetFrequency(1, 482_130), "482.125 MHz", True),
        (SetMute(1, muted=True), "muted", False),
        (SetGain(1, 5), "unreadable", False),
        (Identify(), "flashing", False),
    ],
)
async def test_any_other_value_than_asked_for_is_told(command: Command, value: str, is_adapted: bool) -> None:
    """Also where the driver confirms it, since it is what was sent."""
    setup = Setup(RACK)
    setup.sessions.answer = Confirmation(command, value)
    result = await setup.service.execute(RACK.id, command, actor="Pia")
    assert data_of(result).adapted is is_adapted
    assert result.warning == (f"The device has {value} instead" if is_adapted else None)


async def test_a_command_that_the_device_does_not_follow_is_a_no() -> None:
    setup = Setup(RACK)
    setup.sessions.answer = DeviceError(ErrorCode.COMMAND_UNCONFIRMED, "nothing came", hint="look at it")
    assert (
        code_of(await setup.service.execute(RACK.id, Identify(), actor="Pia"))
        is ErrorCode.COMMAND_UNCONFIRMED
    )
    assert (
        code_of(await setup.service.execute(SPARE.id, Identify(), actor="Pia")) is ErrorCode.DEVICE_NOT_FOUND
    )


async def test_two_devices_of_one_name_are_warned_of() -> None:
    setup = Setup()
    first = await setup.service.register("shure", "127.0.0.8", port=2202, name="Rack  A", actor="Pia")
    assert first.success
    second = await setup.service.register("shure", "127.0.0.9", port=2202, name="rack\u00a0a", actor="Pia")
    assert second.success
    assert second.warning is not None
    assert "127.0.0.8:2202 is called rack a, too; another name tells them apart" in second.warning
    renamed = await setup.service.update(second.data.id, DeviceChange(name="Rack B"), actor="Pia")
    assert renamed.success
    assert renamed.warning is None
    back = await setup.service.update(second.data.id, DeviceChange(name="RACK A"), actor="Pia")
    assert back.success
    assert back.warning == "127.0.0.8:2202 is called RACK A, too; another name tells them apart"
    assert code_of(await setup.service.find("rack a")) is ErrorCode.INVALID_VALUE


async def test_a_driver_without_a_check_of_commands_leaves_them_to_the_session() -> None:
    setup = Setup(RACK)
    setup.last_known(HEARD_ONCE)
    data_of(await setup.service.check_command(RACK.id, SetGain(1, 50)))
    assert code_of(await setup.service.check_command(RACK.id, SetGain(1, 99))) is ErrorCode.INVALID_VALUE
    assert setup.rack.opened == []


async def test_a_check_that_crashes_leaves_the_command_to_the_session() -> None:
    def crash(_command: Command, _model: str | None, _channels: Collection[int], /) -> None:
        raise KeyError("model")

    setup = Setup(RACK, check_command=crash)
    setup.last_known(HEARD_ONCE)
    with capture_logs() as logs:
        data_of(await setup.service.check_command(RACK.id, SetGain(1, 50)))
    assert [entry["event"] for entry in logs] == ["command_check_crashed"]
