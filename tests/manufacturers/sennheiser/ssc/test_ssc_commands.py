"""Commands to SSC devices by table: what is set, and how it is confirmed, refused or left unconfirmed."""

from collections.abc import Iterable

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.commands import prepare_command
from micboard_tui.manufacturers.sennheiser.ssc.families.digital6000 import DIGITAL_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.family import Family
from micboard_tui.protocols.ssc.messages import Fault, Message, Value
from tests.fakes.datagrams import SscPeer, Table
from tests.fakes.driver_runs import ReportCollector
from tests.manufacturers.sennheiser.ssc.ssc_devices import IDENTITY, clocked, em_2, scripted_session

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize(
    ("command", "set_", "shown", "adapted"),
    [
        (SetGain(1, 15), ("/rx1/gain", 15), "+15 dB", False),
        (SetMute(2, muted=False), ("/rx2/mute", False), "not muted", False),
        (SetChannelName(1, " Maya "), ("/rx1/name", "MAYA"), "MAYA", False),
        (SetDeviceName("Rack B"), ("/device/name", "Rack B"), "Rack B", False),
        (SetFrequency(2, 500_025), ("/rx2/frequency", 500_025), "500.025 MHz", False),
    ],
)
async def test_commands_are_confirmed_by_the_value_that_holds(
    command: Command, set_: tuple[str, Value], shown: str, adapted: bool
) -> None:
    device, driver = scripted_session(em_2())
    confirmation = await driver.execute_once(command)
    assert (confirmation.value, confirmation.adapted) == (shown, adapted)
    assert device.sets == [set_]
    assert not any(message.subscriptions for message in device.requests)


async def test_a_value_that_the_device_adapts_is_confirmed_as_adapted() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        if message.values.get("/rx1/gain") == 13:
            # News of the same address come first and are not the answer.
            yield Message({"/rx1/gain": 12}, {})
            message = message._replace(values={"/rx1/gain": 15})
        yield from table(message)

    _, driver = scripted_session(answer)
    confirmation = await driver.execute_once(SetGain(1, 13))
    assert (confirmation.value, confirmation.adapted) == ("+15 dB", True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetGain(3, 0), ErrorCode.INVALID_VALUE),
        (SetGain(1, 43), ErrorCode.INVALID_VALUE),
        (SetGain(1, -4), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "NINECHARS"), ErrorCode.INVALID_VALUE),
        (SetDeviceName("Nineteen characters"), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "Far too long"), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "Löwe"), ErrorCode.INVALID_VALUE),
        (SetDeviceName(" "), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 500_010), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 100_000), ErrorCode.INVALID_VALUE),
        (SetGroupChannel(1, 1, 1), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetSlotRf(1, 1, on=True), ErrorCode.COMMAND_NOT_SUPPORTED),
    ],
)
async def test_commands_that_make_no_sense_are_not_sent(command: Command, code: ErrorCode) -> None:
    device, driver = scripted_session(em_2())
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is code
    assert caught.value.info.hint
    assert device.sets == []


async def test_a_refusal_carries_its_code() -> None:
    def answer(message: Message) -> Iterable[Message]:
        if "/rx1/gain" in message.values and message.values["/rx1/gain"] is not None:
            # An error need not repeat our number.
            return [Message({}, {"/rx1/gain": Fault(423, "locked")})]
        return em_2()(message)

    _, driver = scripted_session(answer)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(SetGain(1, 12))
    assert caught.value.code is ErrorCode.DEVICE_REFUSED
    assert "423 locked" in str(caught.value)


async def test_a_command_that_gets_lost_is_sent_again_and_fails_when_nothing_confirms_it() -> None:
    table = em_2()
    deaf = 1

    def answer(message: Message) -> Iterable[Message]:
        nonlocal deaf
        if any(value is not None for value in message.values.values()) and deaf:
            deaf -= 1
            return ()
        return table(message)

    device = SscPeer(answer)
    assert (await clocked(device).execute_once(SetGain(1, 0))).value == "+0 dB"
    assert device.sets == [("/rx1/gain", 0)] * 2
    # It answers, but without our number: then it is asked what holds.
    answers = device.answer
    device.answer = lambda message: [answer._replace(xid=None) for answer in answers(message)]
    assert (await clocked(device).execute_once(SetGain(1, 6))).value == "+6 dB"
    device.answer = answers
    deaf = 99
    with pytest.raises(DeviceError) as caught:
        await clocked(device).execute_once(SetGain(1, 3))
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED
    assert "in force is +6 dB" in str(caught.value)
    device.answer = lambda message: () if "/rx1/gain" in message.values else answers(message)
    with pytest.raises(DeviceError, match=r"did not confirm /rx1/gain \+3 dB$"):
        await clocked(device).execute_once(SetGain(1, 3))


@pytest.mark.parametrize(
    ("command", "address"),
    [(Identify(), "/device/identification/visual"), (Identify(1), "/rx1/identification/visual")],
)
async def test_a_lamp_flashes_for_a_moment_only(command: Command, address: str) -> None:
    device = SscPeer(em_2())
    assert (await clocked(device).execute_once(command)).value == "flashing"
    assert device.sets == [(address, True), (address, False)]


async def test_commands_go_through_the_running_session() -> None:
    device = SscPeer(em_2())
    driver = clocked(device)
    with pytest.raises(DeviceError) as caught:
        await driver.execute(SetGain(1, 0))
    assert caught.value.code is ErrorCode.DEVICE_UNREACHABLE
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await anyio.sleep(3)
        assert (await driver.execute(SetGain(1, 6))).value == "+6 dB"
        assert report.facts().gain_db == 6
        await driver.execute(Identify(1))
        await anyio.sleep(5)
        assert device.sets[-1] == ("/rx1/identification/visual", False)
        group.cancel_scope.cancel()
    assert device.connections == 1


CHARGER = Table(
    {
        **IDENTITY,
        "/bays/device_type": ["EW-DX SK", "NONE"],
        "/bays/bat_gauge": [63, None],
        "/bays/identify": [False, False],
        "/device/name": "CHG",
    }
)
L_6000 = Table(
    {
        **IDENTITY,
        "/slot1/type": 1,
        "/slot1/subslot2/accu_detection": True,
        "/slot1/subslot2/led": "GREEN",
        "/slot1/subslot2/identify": False,
    }
)
RACK = Table({**IDENTITY, "/rx1/rf_quality": 0, "/audio/out1/gain_db": 4, "/rx1/identify": False})

EW_D1 = Table(
    {**IDENTITY, "/device/identity/product": "ew D1", "/rx1/rf_quality": 0, "/audio/out1/gain_db": 4}
)


@pytest.mark.parametrize(
    ("table", "command", "set_", "shown"),
    [
        (CHARGER, Identify(2), ("/bays/identify", [None, True]), "flashing"),
        (L_6000, Identify(2), ("/slot1/subslot2/identify", True), "flashing"),
        (RACK, SetGain(1, -12), ("/audio/out1/gain_db", 2), "-12 dB"),
        (RACK, Identify(1), ("/rx1/identify", True), "flashing"),
    ],
)
async def test_each_family_gets_its_own_addresses_and_values(
    table: Table, command: Command, set_: tuple[str, Value], shown: str
) -> None:
    device = SscPeer(table)
    assert (await clocked(device).execute_once(command)).value == shown
    assert device.sets[0] == set_


@pytest.mark.parametrize(
    ("family", "lowest_khz", "highest_khz"), [(EWDX, 470_200, 1_999_000), (DIGITAL_6000, 470_100, 713_900)]
)
def test_each_family_has_its_tuning_range(family: Family, lowest_khz: int, highest_khz: int) -> None:
    layout = DeviceLayout(family, 2, family.groups_for(2))
    for khz in (lowest_khz, highest_khz):
        assert prepare_command(SetFrequency(2, khz), layout).value == khz
    for khz in (lowest_khz - 25, highest_khz + 25):
        with pytest.raises(DeviceError) as caught:
            prepare_command(SetFrequency(2, khz), layout)
        assert caught.value.code is ErrorCode.INVALID_VALUE


@pytest.mark.parametrize(
    ("table", "command"),
    [
        (RACK, SetMute(1, muted=True)),
        (EW_D1, SetGain(1, 0)),
        (CHARGER, SetGain(1, 0)),
        (L_6000, Identify()),
        (RACK, SetDeviceName("A")),
    ],
)
async def test_what_a_family_cannot_do_is_an_error(table: Table, command: Command) -> None:
    _, driver = scripted_session(table)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


@pytest.mark.parametrize(("product", "gain_db"), [("SLDW", 0), ("ew D1", None)])
async def test_the_gain_of_an_ew_d1_is_unknown_as_its_steps_are(product: str, gain_db: int | None) -> None:
    _, driver = scripted_session(
        Table(
            {
                **IDENTITY,
                "/device/identity/product": product,
                "/rx1/rf_quality": 0,
                "/audio/out1/gain_db": 4,
            }
        )
    )
    report = ReportCollector()
    await driver.read_once(report)
    assert report.facts().gain_db == gain_db
