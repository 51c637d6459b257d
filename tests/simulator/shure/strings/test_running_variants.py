"""What can be chosen of a device with command strings while it runs."""

import asyncio

import pytest

from micboard_tui.simulator.device.simulated_device import DOCUMENTED, PLAIN
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.shure.strings.charger import Charger
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.shure.strings.strings_faults import ChargerFaults, SlxdFaults
from tests.fakes.links import until
from tests.simulator.simulated_devices import HOST, build_plan, unit_of
from tests.simulator.strings_clients import Rep as RepMessage
from tests.simulator.strings_clients import answers_to, connect, message_of, pass_ticks, values_by_property


def receiver_with_faults(model: str, mode: str = PLAIN) -> tuple[Receiver, SlxdFaults]:
    device = BLUEPRINTS[model].build(build_plan(model, mode=mode))
    assert isinstance(device.faults, SlxdFaults)
    return unit_of(Receiver, device), device.faults


def properties_of(receiver: Receiver, text: str) -> list[tuple[str, ...]]:
    return [
        (reply.property, *reply.values[:-1])
        for reply in answers_to(receiver, text)
        if isinstance(reply, RepMessage)
    ]


@pytest.mark.parametrize("mode", [PLAIN, DOCUMENTED])
def test_an_slxd_speaks_as_documented_when_that_is_switched_on(mode: str) -> None:
    receiver, faults = receiver_with_faults("SLXD4D", mode)
    assert faults.as_documented is (mode == DOCUMENTED)
    assert not receiver.work_switches(faults), "it does so from the start"
    faults.as_documented = True
    assert receiver.work_switches(faults) is (mode == PLAIN)
    assert properties_of(receiver, "GET 1 RSSI") == [("RSSI", "1"), ("RSSI", "2")]
    faults.clear()
    assert receiver.work_switches(faults)
    assert properties_of(receiver, "GET 1 RSSI") == [("RSSI",)]


def test_an_slxd_plus_as_documented_has_links_in_place_of_transmitters() -> None:
    receiver, faults = receiver_with_faults("SLXD4Q+")
    assert properties_of(receiver, "GET 1 LINK_TX_MODEL 1") == []
    assert properties_of(receiver, "GET APP_CONNECTION_ENABLED") == [("APP_CONNECTION_ENABLED",)]
    faults.as_documented = True
    receiver.work_switches(faults)
    assert properties_of(receiver, "GET 1 LINK_TX_MODEL 1") == [("LINK_TX_MODEL", "1")]
    assert properties_of(receiver, "GET 1 TX_MODEL") == []
    assert properties_of(receiver, "GET APP_CONN_ENABLED") == [("APP_CONN_ENABLED",)]


@pytest.mark.integration
async def test_a_dialect_that_changes_disconnects_clients_and_is_spoken_from_then_on() -> None:
    device = BLUEPRINTS["SLXD4D"].build(build_plan("SLXD4D"))
    assert isinstance(device, StringsDevice)
    assert isinstance(device.faults, SlxdFaults)
    await device.open(HOST, 0)
    client = await connect(*device.address)
    device.faults.switches()["as_documented"](on=True)
    await pass_ticks(device)
    async with asyncio.timeout(10):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await client.reader.readexactly(1)
    await client.aclose()
    await device.aclose()


def charger_with_faults() -> tuple[Charger, ChargerFaults]:
    device = BLUEPRINTS["SBC840"].build(build_plan("SBC840", 3))
    assert isinstance(device.faults, ChargerFaults)
    return unit_of(Charger, device), device.faults


def values_of(charger: Charger) -> dict[tuple[int | None, str], tuple[str, ...]]:
    frames = charger.answer(message_of("GET 0 ALL")).to_asker
    return values_by_property([message_of(frame.decode()[2:-2]) for frame in frames])


def test_a_charger_is_switched_to_storage_at_its_panel_and_reports_it() -> None:
    charger, faults = charger_with_faults()
    charger.start()
    faults.storage_mode = True
    charger.work_switches(faults)
    assert b"< REP STORAGE_MODE ON >" in charger.step(0.1)
    assert charger.step(0.1) == []
    # A client switches it off, and that holds.
    charger.answer(message_of("SET STORAGE_MODE OFF"))
    charger.work_switches(faults)
    assert values_of(charger)[None, "STORAGE_MODE"] == ("OFF",)


def test_packs_are_ready_to_be_stored_at_once() -> None:
    charger, faults = charger_with_faults()
    faults.switches()["ready_to_store"](on=True)
    charger.work_switches(faults)
    charger.step(0.1)
    values = values_of(charger)
    assert values[None, "STORAGE_MODE"] == ("ON",)
    occupied = [bay.number for bay in charger.bays if bay.cell is not None]
    assert len(occupied) > 1
    for number in occupied:
        assert values[number, "BATT_STATE"] == ("READY_TO_STORE",)
        assert values[number, "BATT_CHARGE"] == ("040",)
    faults.clear()
    charger.work_switches(faults)
    charger.step(0.1)
    assert values_of(charger)[occupied[0], "BATT_STATE"] != ("READY_TO_STORE",)


@pytest.mark.parametrize("model", ["ULXD4D", "ANX4", "SBC240"])
def test_a_failed_self_test_stands_behind_the_firmware(model: str) -> None:
    device = BLUEPRINTS[model].build(build_plan(model))
    assert isinstance(device, StringsDevice)
    device.faults.warns = True
    assert device.unit.work_switches(device.faults)
    assert not device.unit.work_switches(device.faults)
    (frame,) = device.unit.answer(message_of("GET FW_VER")).to_asker
    assert b"*" in frame


def test_a_charger_reboots_without_an_answer() -> None:
    charger, _ = charger_with_faults()
    reply = charger.answer(message_of("SET REBOOT"))
    assert (reply.to_asker, reply.to_all, reply.reboots) == ([], [], True)
    assert not charger.answer(message_of("SET REBOOT NOW")).reboots


@pytest.mark.integration
async def test_a_charger_that_reboots_lets_its_clients_go() -> None:
    device = BLUEPRINTS["SBC240"].build(build_plan("SBC240"))
    assert isinstance(device, StringsDevice)
    await device.open(HOST, 0)
    client = await connect(*device.address)
    client.say("SET REBOOT")
    await until(lambda: device.connections == 1)
    async with asyncio.timeout(10):
        while device.connections:
            await device.tick(0.1)
            await asyncio.sleep(0.01)
    await client.aclose()
    await device.aclose()


def test_what_a_ulxd_reports_only_when_it_is_asked() -> None:
    receiver = unit_of(Receiver, BLUEPRINTS["ULXD4D"].build(build_plan("ULXD4D")))
    listed = properties_of(receiver, "GET 0 ALL")
    assert not {("NA_CHAN_NAME",), ("TX_FW_VER",)} & {*listed}
    assert properties_of(receiver, "GET 2 NA_CHAN_NAME") == [("NA_CHAN_NAME",)]
    channel = receiver.channels[0]
    answers = answers_to(receiver, "GET 1 TX_FW_VER")
    channel.air.pack.switch(on=False)
    assert answers == [RepMessage(1, "TX_FW_VER", ("{2.7.0.0           }",))]
    single = unit_of(Receiver, BLUEPRINTS["ULXD4"].build(build_plan("ULXD4")))
    assert properties_of(single, "GET 1 NA_CHAN_NAME") == []
