"""What chargers of each family report, on the values of the reference.

Source: docs/reference/protocols/sennheiser.md 2.7, 2.8, 3.2.
"""

import pytest

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc import mapping
from micboard_tui.manufacturers.sennheiser.ssc.families.chg import CHG_70N, SPEECHLINE_CHARGER
from micboard_tui.manufacturers.sennheiser.ssc.families.l6000 import L_6000
from micboard_tui.manufacturers.sennheiser.ssc.family import Family
from micboard_tui.protocols.ssc.messages import Value
from tests.manufacturers.sennheiser.ssc.ssc_devices import values_of
from tests.protocols.test_ssc_wire import heard


def test_a_charger_with_an_empty_bay() -> None:
    values = values_of(
        {**heard("chg70n")[1].values, "/bays/serial": ["0123", ""], "/bays/bat_health": [97, 0]}
    )
    one, two = CHG_70N.bays_of(values)
    assert (one.state, one.pack_model, one.pack_serial, one.minutes_to_full) == (
        BayState.CHARGING, "EW-DX SKM", "0123", 74,
    )  # fmt: skip
    assert one.battery == Battery(63, health_percent=97)
    assert (two.number, two.state, two.battery, two.pack_model) == (2, BayState.EMPTY, Battery(), None)
    assert ("/bays/bat_gauge", "null") in two.raw
    device = mapping.device_of(CHG_70N, values, CHG_70N.count_units(values), ())
    assert (device.kind, device.channel_count, device.bay_count) == (DeviceKind.CHARGER, 0, 2)


@pytest.mark.parametrize(
    ("leaves", "state", "error"),
    [
        ({"bat_gauge": [100], "bat_timetofull": [0]}, BayState.READY, None),
        ({"bat_gauge": [100], "bat_timetofull": [1]}, BayState.READY, None),
        ({"bat_gauge": [70], "bat_timetofull": [0]}, BayState.READY, None),
        ({"bat_gauge": [None], "bat_timetofull": [0]}, BayState.UNKNOWN, None),
        ({"bat_gauge": [50], "state": ["ERROR"]}, BayState.FAULT, "The charger reports an error"),
        ({"bat_gauge": [50], "warnings": ["BatteryComError"]}, BayState.FAULT, "The battery does not answer"),
        (
            {"bat_gauge": [50], "warnings": ["BatteryNotChargeable"]},
            BayState.FAULT,
            "The battery cannot be charged",
        ),
        (
            {"bat_gauge": [50], "warnings": ["BatteryNotDischargeable"]},
            BayState.FAULT,
            "The battery cannot be discharged",
        ),
        (
            {"bat_gauge": [50], "warnings": ["BatteryTempOutOfRange"]},
            BayState.FAULT,
            "The battery is too hot or too cold",
        ),
        ({"bat_gauge": [50], "state": ["DFU_MODE"]}, BayState.CHARGING, "Its firmware is being updated"),
        ({"bat_gauge": [50], "state": ["NORMAL"]}, BayState.CHARGING, None),
        (
            {"bat_gauge": [50], "warnings": [["OvercurrentDetected", "New"]]},
            BayState.FAULT,
            "Too much current, new",
        ),
        (
            {"bat_gauge": [50], "warnings": None, "state": ["UPDATE"]},
            BayState.CHARGING,
            "Its firmware is being updated",
        ),
    ],
)
def test_states_of_a_bay(leaves: dict[str, Value], state: BayState, error: str | None) -> None:
    reported = {f"/bays/{leaf}": value for leaf, value in leaves.items()}
    (bay,) = CHG_70N.bays_of(values_of({"/bays/device_type": ["UNKNOWN"], **reported}))
    assert (bay.state, bay.error, bay.pack_model) == (state, error, None)


def test_a_speechline_charger_is_mapped() -> None:
    values = values_of(
        {
            "/bays/device_type": [1, 2, 0, 2, 7],
            "/bays/active": [True, True, False, True],
            "/bays/charging": [True, False, False, False, False],
            "/bays/bat_gauge": [40, 100, 0, 55, None],
            "/bays/bat_bars": [3, 6, 0, 4, 3],
            "/bays/bat_timetofull": [90, 0, 0, 60, None],
            "/bays/state": [[0, 0, 0, 2, 2], [0, 0, 0, 5, 0]],
        }
    )
    bays = SPEECHLINE_CHARGER.bays_of(values)
    assert [bay.state for bay in bays] == [
        BayState.CHARGING, BayState.READY, BayState.EMPTY, BayState.FAULT, BayState.FAULT,
    ]  # fmt: skip
    assert [bay.pack_model for bay in bays] == ["Handheld", "Bodypack", None, "Bodypack", None]
    assert bays[3].error == "The transmitter does not answer, Too much current"
    assert bays[4].error == "The charger reports an error"
    assert bays[4].battery == Battery(bars=2)
    odd = values_of(
        {"/bays/device_type": [0, 1], "/bays/state": "odd", "/bays/bat_bars": [{"a": 1}, {"a": 1}]}
    )
    bays = SPEECHLINE_CHARGER.bays_of(odd)
    assert [bay.state for bay in bays] == [BayState.EMPTY, BayState.UNKNOWN]
    assert dict(bays[1].raw) == {"/bays/device_type": "1", "/bays/bat_bars": "null"}


@pytest.mark.parametrize(
    ("bits", "error"),
    [
        (1, "The transmitter does not answer"),
        (2, "The firmware update failed"),
        (4, "Too much current"),
        (8, "The charging voltage is missing"),
        (16, None),
    ],
)
def test_error_bits_of_a_speechline_charger(bits: int, error: str | None) -> None:
    values = values_of({"/bays/device_type": [1], "/bays/bat_gauge": [50], "/bays/state": [[0], [bits]]})
    (bay,) = SPEECHLINE_CHARGER.bays_of(values)
    assert bay.error == error
    assert (bay.state is BayState.FAULT) is (error is not None)


def l_6000(led: str, parameters: Value, warnings: Value = None, *, module: int = 2) -> Bay:
    values = values_of(
        {
            "/slot1/type": module,
            "/slot1/subslot2/accu_detection": True,
            "/slot1/subslot2/led": led,
            "/slot1/subslot2/accu_parameter": parameters,
            "/device/warnings": warnings or [],
        }
    )
    return L_6000.bays_of(values)[1]


FULL: Value = [24, 4150, 1900, 0, 7030, 6, 30, 100, 41, 97, 0, 0]


def test_a_bay_of_an_l_6000() -> None:
    bay = l_6000("GREEN", FULL)
    assert (bay.number, bay.state, bay.pack_model, bay.minutes_to_full) == (2, BayState.READY, "BA 61", 0)
    assert bay.battery == Battery(100, minutes=390, health_percent=97, cycles=41, temperature_c=24)


@pytest.mark.parametrize(
    ("led", "state", "error"),
    [
        ("GREEN_FLASHING", BayState.CHARGING, None),
        ("YELLOW", BayState.CHARGING, None),
        ("YELLOW_FLASHING", BayState.CHARGING, "It is being regenerated"),
        ("YELLOW_RED_FLASHING", BayState.STORED, None),
        ("YELLOW_GREEN_FLASHING", BayState.STORED, None),
        ("RED", BayState.FAULT, "The battery is defective"),
        ("RED_FLASHING", BayState.FAULT, "The battery is too hot or too cold"),
        ("DEV_IDENTIFY", BayState.READY, None),
    ],
)
def test_the_lamp_of_a_bay(led: str, state: BayState, error: str | None) -> None:
    bay = l_6000(led, FULL)
    assert (bay.state, bay.error) == (state, error)


@pytest.mark.parametrize(
    ("percent", "state"),
    [(96, BayState.CHARGING), (97, BayState.READY), (100, BayState.READY), (101, BayState.UNKNOWN)],
)
def test_without_a_lamp_the_percentage_shows_whether_a_bay_is_ready(percent: int, state: BayState) -> None:
    assert l_6000("DEV_IDENTIFY", [24, 0, 0, 0, 0, 6, 30, percent, 41, 97, 0, 0]).state is state


@pytest.mark.parametrize(("module", "model"), [(1, "BA 60"), (2, "BA 61"), (3, None), (256, None)])
def test_the_charging_module_shows_which_batteries_it_takes(module: int, model: str | None) -> None:
    assert l_6000("GREEN", FULL, module=module).pack_model == model


def test_a_bay_of_an_l_6000_that_reports_no_more_than_its_battery_is_unknown() -> None:
    values = values_of({"/slot1/type": 1, "/slot1/subslot1/accu_detection": True})
    bay = L_6000.bays_of(values)[0]
    assert bay == Bay(1, pack_model="BA 60", battery=Battery(), raw=bay.raw)


def test_numbers_that_are_none_and_bays_without_a_battery() -> None:
    bay = l_6000("OFF", [65280] * 12, module=3)
    assert (bay.state, bay.battery, bay.minutes_to_full, bay.pack_model) == (
        BayState.UNKNOWN,
        Battery(),
        None,
        None,
    )
    assert l_6000("DEV_IDENTIFY", [-60, 0, 0, 0, 0, -1, 0, 50, 1, 90, 0, 0]).battery == Battery(
        50, health_percent=90, cycles=1
    )
    assert l_6000("GREEN", FULL, module=0).state is BayState.EMPTY
    values = values_of({"/slot1/type": 1, "/slot1/subslot1/accu_detection": False})
    assert [bay.state for bay in L_6000.bays_of(values)] == [BayState.EMPTY, BayState.UNKNOWN]


@pytest.mark.parametrize(
    ("warnings", "error"),
    [
        ([1], "The bay is too hot"),
        ([9], "It is being regenerated"),
        ([17], "The battery is defective"),
        ([30], "The bay is too cold"),
        # Fans and the temperature of the whole are no fault of a bay.
        ([24], None),
        ([28], None),
        ([0, 2, 25], None),
        ([True], None),
        ("odd", None),
    ],
)
def test_warnings_of_an_l_6000_find_their_bay(warnings: Value, error: str | None) -> None:
    assert l_6000("YELLOW", FULL, warnings).error == error


@pytest.mark.parametrize(
    ("led", "warnings", "error"),
    [
        ("RED", [1], "The battery is defective"),
        ("YELLOW_FLASHING", [1], "The bay is too hot"),
        ("YELLOW_FLASHING", [28, 1], "The bay is too hot"),
    ],
)
def test_an_error_of_a_bay_stands_before_its_warnings_and_these_before_its_notes(
    led: str, warnings: Value, error: str
) -> None:
    assert l_6000(led, FULL, warnings).error == error


def test_bays_of_an_l_6000_without_a_battery_keep_their_numbers_and_values() -> None:
    detection = "/slot1/subslot1/accu_detection"
    assert L_6000.bays_of(values_of({"/slot1/type": 1, detection: False})) == (
        Bay(1, BayState.EMPTY, raw=((detection, "false"), ("/slot1/type", "1"))),
        Bay(2, raw=(("/slot1/type", "1"),)),
    )


@pytest.mark.parametrize(
    ("mode", "percent", "state"),
    [
        (True, 70, BayState.STORED),
        (True, 99, BayState.STORED),
        (True, 100, BayState.READY),
        (False, 70, BayState.READY),
        (None, 70, BayState.READY),
    ],
)
def test_a_chg_70n_in_storage_mode_fills_no_pack(mode: Value, percent: int, state: BayState) -> None:
    values = values_of(
        {
            "/device/storage_mode": mode,
            "/bays/device_type": ["EW-DX SKM"],
            "/bays/bat_gauge": [percent],
            "/bays/bat_timetofull": [0],
        }
    )
    (bay,) = CHG_70N.bays_of(values)
    assert bay.state is state
    assert mapping.device_of(CHG_70N, values, 1, ()).storage_mode is mode


@pytest.mark.parametrize(("mode", "state"), [(True, BayState.STORED), (False, BayState.CHARGING)])
def test_an_l_6000_whose_lamp_says_nothing_stores_in_storage_mode(mode: Value, state: BayState) -> None:
    values = values_of(
        {
            "/device/storage_mode": mode,
            "/slot1/type": 1,
            "/slot1/subslot1/accu_detection": True,
            "/slot1/subslot1/accu_parameter": [20, 0, 0, 0, 0, 1, 0, 70, 3, 90, 0, 0],
        }
    )
    bay = L_6000.bays_of(values)[0]
    assert (bay.state, mapping.device_of(L_6000, values, 2, ()).storage_mode) == (state, mode)


def test_everything_that_a_chg_70n_sends_of_a_bay_has_its_place() -> None:
    values = values_of(
        {
            "/bays/device_type": ["NONE", "EW-DX SKM"],
            "/bays/bat_gauge": [None, 100],
            "/bays/bat_timetofull": [None, 0],
            "/bays/bat_health": [0, 88],
            "/bays/bat_cycles": [0, 65_531],
            "/bays/state": ["NORMAL", "NORMAL"],
            "/bays/serial": ["", "0123"],
        }
    )
    empty, full = CHG_70N.bays_of(values)
    assert (empty.number, empty.state, empty.battery) == (1, BayState.EMPTY, Battery())
    assert full == Bay(
        2,
        BayState.READY,
        pack_model="EW-DX SKM",
        pack_serial="0123",
        battery=Battery(100, health_percent=88, cycles=65_531),
        minutes_to_full=0,
        raw=(
            ("/bays/bat_cycles", "65531"),
            ("/bays/bat_gauge", "100"),
            ("/bays/bat_health", "88"),
            ("/bays/bat_timetofull", "0"),
            ("/bays/device_type", "EW-DX SKM"),
            ("/bays/serial", "0123"),
            ("/bays/state", "NORMAL"),
        ),
    )


@pytest.mark.parametrize(("cycles", "known"), [(-1, None), (0, 0), (65_531, 65_531), (65_532, None)])
def test_cycles_out_of_range_are_unknown(cycles: int, known: int | None) -> None:
    (bay,) = CHG_70N.bays_of(values_of({"/bays/device_type": ["EW-DX SK"], "/bays/bat_cycles": [cycles]}))
    assert bay.battery.cycles == known


@pytest.mark.parametrize("family", [CHG_70N, SPEECHLINE_CHARGER], ids=lambda family: family.title)
@pytest.mark.parametrize(("minutes", "known"), [(-1, None), (1, 1), (6000, 6000), (6001, None)])
def test_minutes_to_full_out_of_range_are_unknown(family: Family, minutes: int, known: int | None) -> None:
    values = values_of({"/bays/device_type": ["EW-DX SK"], "/bays/bat_timetofull": [minutes]})
    (bay,) = family.bays_of(values)
    assert bay.minutes_to_full == known


def test_everything_that_a_speechline_charger_sends_of_a_bay_has_its_place() -> None:
    values = values_of(
        {
            "/bays/device_type": [1, 2, 7],
            "/bays/active": [False, True, True],
            "/bays/charging": [False, True],
            "/bays/bat_gauge": [None, 55],
            "/bays/bat_timetofull": [None, 60],
            "/bays/bat_health": [None, 97],
            "/bays/bat_cycles": [None, 12],
            "/bays/serial": ["", "0456"],
        }
    )
    removed, charging, unknown = SPEECHLINE_CHARGER.bays_of(values)
    assert (removed.number, removed.state, removed.pack_model) == (1, BayState.EMPTY, None)
    assert dict(removed.raw)["/bays/device_type"] == "1"
    assert charging == Bay(
        2,
        BayState.CHARGING,
        pack_model="Bodypack",
        pack_serial="0456",
        battery=Battery(55, health_percent=97, cycles=12),
        minutes_to_full=60,
        raw=(
            ("/bays/active", "true"),
            ("/bays/bat_cycles", "12"),
            ("/bays/bat_gauge", "55"),
            ("/bays/bat_health", "97"),
            ("/bays/bat_timetofull", "60"),
            ("/bays/charging", "true"),
            ("/bays/device_type", "2"),
            ("/bays/serial", "0456"),
        ),
    )
    assert unknown == Bay(3, raw=(("/bays/active", "true"), ("/bays/device_type", "7")))


def test_a_speechline_bay_without_minutes_left_is_ready() -> None:
    values = values_of(
        {"/bays/device_type": ["Handheld"], "/bays/bat_gauge": [70], "/bays/bat_timetofull": [0]}
    )
    (bay,) = SPEECHLINE_CHARGER.bays_of(values)
    assert (bay.state, bay.pack_model) == (BayState.READY, "Handheld")


@pytest.mark.parametrize(
    ("value", "is_marker"),
    [(["EW-DX SK"], True), ([1, "NONE"], True), ([1], False), ([], False), ("odd", False)],
)
def test_a_chg_70n_writes_its_kinds_of_packs_as_text(value: Value, *, is_marker: bool) -> None:
    assert CHG_70N.is_marker_value(value) is is_marker


@pytest.mark.parametrize(
    ("warnings", "error"),
    [
        ([2], "The bay is too hot"),
        ([31], "The bay is too cold"),
        ([23, 24, 25, 26], None),
    ],
)
def test_a_bay_of_the_second_slot_has_its_own_branch_and_warnings(warnings: Value, error: str | None) -> None:
    reported: dict[str, Value] = {
        "/slot2/type": 2,
        "/slot2/subslot1/accu_detection": True,
        "/slot2/subslot1/led": "GREEN",
        "/slot2/subslot1/accu_parameter": [24, 0, 0, 0, 0, 6, 30, 100, 41, 97, 1, 5],
    }
    values = values_of({"/slot1/type": 1, "/device/warnings": warnings} | reported)
    bays = L_6000.bays_of(values)
    assert bays[2] == Bay(
        3,
        BayState.READY,
        pack_model="BA 61",
        battery=Battery(100, minutes=390, health_percent=97, cycles=41, temperature_c=24),
        minutes_to_full=65,
        error=error,
        raw=bays[2].raw,
    )
    assert {address for address, _ in bays[2].raw} == set(reported)


@pytest.mark.parametrize(
    ("place", "value", "battery"),
    [
        (0, -50, Battery(temperature_c=-50)),
        (0, -51, Battery()),
        (0, 150, Battery(temperature_c=150)),
        (0, 151, Battery()),
        (8, 0, Battery(cycles=0)),
        (8, 65_279, Battery(cycles=65_279)),
        (8, 65_280, Battery()),
        (5, 1, Battery()),
        (6, 1, Battery()),
    ],
)
def test_parameters_of_an_l_6000_have_their_ranges(place: int, value: int, battery: Battery) -> None:
    parameters = [65_280] * 12
    parameters[place] = value
    assert l_6000("GREEN", [*parameters]).battery == battery
