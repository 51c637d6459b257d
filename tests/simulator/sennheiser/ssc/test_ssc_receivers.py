"""What simulated receivers and chargers make of their stage."""

from random import Random

import pytest

from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.families.chg import _bay_70n
from micboard_tui.protocols.ssc.messages import Json
from micboard_tui.simulator.sennheiser.ssc.charging_bays import Bay, BayError, build_bays, step_bays
from micboard_tui.simulator.sennheiser.ssc.chg_charger import DeviceSettings as ChargerSettings
from micboard_tui.simulator.sennheiser.ssc.chg_charger import make_ewdx_charger
from micboard_tui.simulator.sennheiser.ssc.em6000_receiver import Channel, DeviceSettings, make_receiver
from micboard_tui.simulator.sennheiser.ssc.receiver_channels import choose_frequency_khz, link_quality
from micboard_tui.simulator.stage.pack import Battery, Cells
from tests.simulator.sennheiser.ssc.ssc_stage import Listener, device_of, world_of


def test_a_charger_holds_packs_that_charge_and_some_that_are_ready() -> None:
    bays = build_bays(40, ("SK", "SKM"), Random(2))
    ready = [bay for bay in bays if bay.docked is not None and bay.docked.is_full]
    charging = [bay for bay in bays if bay.docked is not None and not bay.docked.is_full]
    empty = [bay for bay in bays if bay.docked is None]
    assert min(len(ready), len(charging), len(empty)) >= 4
    assert all(bay.docked is not None and bay.docked.minutes_to_full == 0 for bay in ready)


@pytest.mark.no_cover
def test_a_bay_fills_fails_now_and_then_is_emptied_and_filled_again() -> None:
    bays = build_bays(12, ("SK",), Random(1))
    seen = set()
    errors = set()
    for _ in range(4 * 3600):
        step_bays(bays, 1.0)
        for index, bay in enumerate(bays):
            seen.add((index, None if bay.docked is None else bay.docked.serial))
            errors.add(bay.error)
    assert errors == {None, *BayError}
    assert len({serial for index, serial in seen if index == 0}) >= 3, "somebody fetches what is full"


def test_a_pack_that_charges_gets_fuller_and_no_more_than_full() -> None:
    bay = next(bay for bay in build_bays(40, ("SK",), Random(4)) if bay.docked and not bay.docked.is_full)
    assert bay.docked is not None
    before, left = bay.docked.charge, bay.docked.minutes_to_full
    bay.step(60)
    assert bay.docked.charge > before
    assert bay.docked.minutes_to_full < left
    bay.docked.charge = 0.999
    bay.error = None
    bay.step(60)
    assert (bay.docked.percent, bay.docked.minutes_to_full) == (100, 0)


@pytest.mark.parametrize("model", ["CHG70N-C", "CHG4N"])
@pytest.mark.no_cover
async def test_a_charger_tells_errors_in_its_own_words(model: str) -> None:
    client = Listener(device_of(model, seed=5))
    states = set()
    for _ in range(4000):
        await client.simulated.tick(1.0)
        states.add(str(client.get("/bays/state").values["/bays/state"]))
    assert any("ERROR" in each or "2" in each for each in states)


def test_bays_flash_one_by_one() -> None:
    client = Listener(device_of("CHG70N-C"))
    assert client.put("/bays/identify", [None, True]) == [False, True]
    assert client.put("/bays/identify", [True]) == [True, True]
    assert client.put("/bays/identify", [None, False]) == [True, False]
    assert client.put("/bays/identify", [True] * 3) is None
    assert client.put("/bays/identify", "on") is None


async def test_an_l_6000_shows_lamps_and_a_slot_without_a_module() -> None:
    client = Listener(device_of("L6000", seed=2))
    lamps, warnings = set[str](), set[str]()
    expected = {"GREEN", "GREEN_FLASHING", "YELLOW", "RED", "RED_FLASHING", "OFF"}
    for _ in range(6000):
        await client.simulated.tick(2.0)
        reply = client.get(
            *[f"/slot{k}/subslot{j}/led" for k in (1, 2, 3, 4) for j in (1, 2)], "/device/warnings"
        )
        warnings.add(str(reply.values.pop("/device/warnings")))
        lamps |= set(map(str, reply.values.values()))
        assert reply.values["/slot4/subslot1/led"] == "OFF"
        if expected <= lamps and len(warnings) > 2:
            break
    else:
        raise AssertionError(lamps, warnings)
    client.put("/slot1/subslot1/identify", value=True)
    assert client.get("/slot1/subslot1/led").values == {"/slot1/subslot1/led": "DEV_IDENTIFY"}
    assert client.get("/slot4/type", "/slot4/subslot1/accu_detection").values == {
        "/slot4/type": 0,
        "/slot4/subslot1/accu_detection": False,
    }


def test_an_em_6000_writes_nine_bytes_a_channel() -> None:
    simulated = device_of("EM6000")
    world_of(simulated)
    client = Listener(simulated)
    air = simulated.airs[0]
    air.rf_dbm[:] = [-86.0, -101.0]
    air.peak_dbfs, air.antenna = -45.0, 1
    assert str(client.get("/mm").values["/mm"]).startswith("[[83, 0, 53, 0, 0, 1, ")
    assert ", 165, 0], [" in str(client.get("/mm").values["/mm"])
    simulated.airs[1].pack.switch(on=False)
    assert str(client.get("/mm").values["/mm"]).endswith(f", {[0] * 9}]")
    reply = client.get("/rx2/skx/battery", "/rx2/skx/type", "/rx2/active_warnings")
    assert reply.values == {
        "/rx2/skx/battery": [],
        "/rx2/skx/type": ["", 0, 0],
        "/rx2/active_warnings": ["NoLink"],
    }


@pytest.mark.parametrize(
    ("charge", "battery"),
    [(0.99, ["100%", "9:54"]), (0.5, ["70%", "5:00"]), (0.2, ["30%", "2:00"]), (0.05, ["low", "0:30"])],
)
def test_an_em_6000_knows_four_steps(charge: float, battery: list[str]) -> None:
    simulated = device_of("EM6000")
    simulated.airs[0].pack.battery = Battery(charge=charge, full_minutes=600)
    world_of(simulated).airs[0].pack.battery.charge = charge
    assert Listener(simulated).get("/rx1/skx/battery").values == {"/rx1/skx/battery": battery}
    simulated.airs[0].pack.battery = Battery(Cells.ALKALINE, charge=charge)
    (texts,) = Listener(simulated).get("/rx1/skx/battery").values.values()
    assert texts == [battery[0], "-:--"]


def test_reading_identify_of_an_em_6000_makes_it_flash() -> None:
    channel = Channel(1, "Sax", device_of("EM6000").airs[0])
    client = Listener(make_receiver(DeviceSettings("A"), [channel]))
    assert client.get("/rx1/identify").values == {"/rx1/identify": True}
    assert channel.flashing
    client.put("/rx1/carrier", 600_000)
    assert client.get("/rx1/active_bank_channel").values == {"/rx1/active_bank_channel": ["--", 0]}


def test_primary_cells_of_speechline_tell_no_percent() -> None:
    client = Listener(device_of("SLDW"))
    world_of(client.simulated)
    client.simulated.airs[0].pack.battery = Battery(Cells.ALKALINE, charge=0.5)
    reply = client.get("/mates/tx1/bat_gauge", "/mates/tx1/bat_bars", "/mates/tx1/bat_type")
    assert reply.errors["/mates/tx1/bat_gauge"].code == 424
    assert reply.values == {"/mates/tx1/bat_bars": 3, "/mates/tx1/bat_type": 0}


def test_quality_follows_the_carrier() -> None:
    simulated = device_of("EW-DX-EM2")
    world_of(simulated)
    air = simulated.airs[0]
    air.rf_dbm[:] = [-56.0, -90.0]
    assert link_quality(air) == 1.0
    air.interfere(on=True)
    assert link_quality(air) < 0.5
    air.carrier = False
    assert link_quality(air) == 0.0


def test_no_two_channels_of_a_rack_meet() -> None:
    assert len({choose_frequency_khz(index, 470_200, 550_000) for index in range(400)}) == 400


def test_an_empty_bay_is_filled() -> None:
    bay = next(bay for bay in build_bays(40, ("SK",), Random(4)) if bay.docked is None)
    assert isinstance(bay, Bay)
    bay.step(200)
    assert bay.docked is not None


@pytest.mark.no_cover
def test_bays_of_a_calm_stage_do_not_fail() -> None:
    bays = build_bays(12, ("SK",), Random(1), can_fail=False)
    for _ in range(4 * 3600):
        step_bays(bays, 1.0)
        assert not any(bay.error for bay in bays)


@pytest.mark.parametrize(
    ("in_arrays", "told"), [(False, ["", "BatteryComError"]), (True, [[], ["BatteryComError"]])]
)
def test_warnings_of_bays_are_strings_or_arrays_and_both_are_read(
    *, in_arrays: bool, told: list[Json]
) -> None:
    bays = [bay for bay in build_bays(40, ("BA70",), Random(4)) if bay.docked is not None][:2]
    bays[1].error = BayError.COMMUNICATION
    simulated = make_ewdx_charger(ChargerSettings("C"), bays)
    simulated.faults.warnings_in_arrays = in_arrays
    client = Listener(simulated)
    assert client.get("/bays/warnings").values == {"/bays/warnings": told}
    values = AddressValues()
    for address in ("/bays/warnings", "/bays/state", "/bays/device_type", "/bays/bat_gauge"):
        values.set(address, simulated.tree.read(address))
    assert [_bay_70n(values, index).error for index in (0, 1)] == [None, "The battery does not answer"]
