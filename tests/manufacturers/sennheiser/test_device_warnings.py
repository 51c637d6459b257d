"""What devices warn of as a whole, and that simulated ones warn of it as drivers read it."""

import pytest

from micboard_tui.domain.channel import DeviceWarning
from micboard_tui.manufacturers.sennheiser.ssc import mapping
from micboard_tui.manufacturers.sennheiser.ssc.families.chg import CHG_70N, SPEECHLINE_CHARGER
from micboard_tui.manufacturers.sennheiser.ssc.families.digital6000 import DIGITAL_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.families.l6000 import L_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.speechline import MULTI_CHANNEL, RACK
from micboard_tui.manufacturers.sennheiser.ssc.family import Family
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family as Sscv2Family
from micboard_tui.manufacturers.sennheiser.sscv2.spectera_mapping import Spectera
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.manufacturers.sennheiser.warning_tokens import own_warnings_of, parse_tokens
from micboard_tui.protocols.ssc.messages import Message, Value
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.tree import Tree
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from tests.manufacturers.sennheiser.ssc.ssc_devices import values_of
from tests.simulator.simulated_devices import STEP_S, build_device, build_plan


@pytest.mark.parametrize(
    ("family", "reported", "warnings"),
    [
        (CHG_70N, {"/device/warnings": "CascadeComError"}, {"cascade"}),
        (CHG_70N, {"/device/warnings": ["CascadeComError"]}, {"cascade"}),
        (CHG_70N, {"/device/warnings": "SomethingNew"}, {"other"}),
        (CHG_70N, {"/device/warnings": ""}, set()),
        (CHG_70N, {"/device/warnings": 7}, set()),
        (CHG_70N, {}, set()),
        (L_6000, {"/device/warnings": [0, 8, 16, 23, 29, 36]}, set()),
        (L_6000, {"/device/warnings": [24]}, {"fan"}),
        (L_6000, {"/device/warnings": [27, 28]}, {"fan", "temperature"}),
        (L_6000, {"/device/warnings": [28]}, {"temperature"}),
        (L_6000, {"/device/warnings": "28"}, set()),
        (MULTI_CHANNEL, {"/device/warnings": "HW Failure"}, {"hardware"}),
        (MULTI_CHANNEL, {"/device/warnings": ["HW Failure", "Fire"]}, {"hardware", "other"}),
        (MULTI_CHANNEL, {"/device/warnings": "", "/device/state": "NORMAL"}, set()),
        (MULTI_CHANNEL, {"/device/warnings": "", "/device/state": "ERROR"}, {"other"}),
        (MULTI_CHANNEL, {"/device/warnings": "HW Failure", "/device/state": "ERROR"}, {"hardware"}),
        (MULTI_CHANNEL, {"/device/state": "UPDATE"}, set()),
        # Those of the others concern their channels or bays.
        *((family, {"/device/warnings": "HW Failure"}, set()) for family in (EWDX, RACK, DIGITAL_6000)),
        (SPEECHLINE_CHARGER, {"/device/warnings": "HW Failure"}, set()),
    ],
)
def test_ssc_devices_warn_of_themselves(
    family: Family, reported: dict[str, Value], warnings: set[str]
) -> None:
    device = mapping.device_of(family, values_of(reported), 1, ())
    assert device.device_warnings == {DeviceWarning(name) for name in warnings}


def test_what_no_document_describes_is_a_warning_of_a_device_all_the_same() -> None:
    assert own_warnings_of(parse_tokens(["Bad Clock", "Smoke"])) == {DeviceWarning.CLOCK, DeviceWarning.OTHER}
    assert own_warnings_of(parse_tokens([])) == own_warnings_of(None) == frozenset()


@pytest.mark.parametrize(
    ("state", "warnings"),
    [
        ({"state": "Normal", "warnings": []}, set()),
        ({"state": "Normal", "warnings": ["RfPeak"]}, {"rf_overload"}),
        ({"state": "Normal", "warnings": ["OverTemperature"]}, {"other"}),
        ({"state": "Normal", "warnings": "RfPeak"}, set()),
        ({"state": "Busy"}, set()),
    ],
)
def test_an_ewdx_warns_of_itself_in_its_state(state: Json, warnings: set[str]) -> None:
    tree = Tree()
    tree.take("/api/device/state", state)
    assert Ewdx().device_of(tree, [1]).device_warnings == {DeviceWarning(name) for name in warnings}


@pytest.mark.parametrize(
    ("path", "value", "warnings"),
    [
        ("device/state", {"state": "CriticalFailure"}, {"hardware"}),
        ("device/state", {"state": "Standby", "warnings": []}, set()),
        ("device/state", {"state": "Normal", "warnings": ["NoClock"]}, {"clock"}),
        ("health/psu", {"psu1": "connected", "psu2": "disconnected"}, {"power_supply"}),
        ("health/psu", {"psu1": "Connected", "psu2": "Unconnected"}, set()),
        ("health/psu", [{"state": "Disconnected"}], {"power_supply"}),
        ("health/tempstateoverall", {"value": "Warning"}, {"temperature"}),
        ("health/tempstateoverall", "Critical", {"temperature"}),
        ("health/tempstateoverall", {"value": "Normal"}, set()),
        ("health/fan/FAN_3/errorstate", {"value": True}, {"fan"}),
        ("health/fan/FAN_3/errorstate", True, {"fan"}),
        ("health/fan/FAN_3/errorstate", {"value": False}, set()),
        ("health/fan/FAN_3/errorstate", {"value": 1}, set()),
    ],
)
def test_a_base_station_warns_by_its_state_and_its_health(path: str, value: Json, warnings: set[str]) -> None:
    tree = Tree()
    tree.take(f"/api/{path}", value)
    assert Spectera().device_of(tree, []).device_warnings == {DeviceWarning(name) for name in warnings}


@pytest.mark.parametrize(
    ("model", "family", "warnings"),
    [
        ("CHG70N-C", CHG_70N, {"cascade"}),
        ("L6000", L_6000, {"fan", "temperature"}),
        ("MCR-DW4", MULTI_CHANNEL, {"hardware"}),
    ],
)
def test_simulated_ssc_devices_warn_of_themselves(model: str, family: Family, warnings: set[str]) -> None:
    device = build_device(SscDevice, build_plan(model))

    def own_warnings() -> frozenset[DeviceWarning]:
        reply = device.tree.answer(Message({"/device/warnings": None, "/device/state": None}, {}))
        return mapping.device_of(family, values_of(reply.values), 1, ()).device_warnings

    calm = own_warnings()
    device.faults.switches()["warns"](on=True)
    assert own_warnings() - calm == {DeviceWarning(name) for name in warnings}
    device.faults.switches()["warns"](on=False)
    assert own_warnings() == calm == frozenset()


@pytest.mark.parametrize(
    ("model", "family", "address", "warning"),
    [
        ("EW-DX-EM2", EWDX, "/rx1/warnings", DeviceWarning.RF_OVERLOAD),
        ("EM6000", DIGITAL_6000, "/rx1/active_warnings", DeviceWarning.CLOCK),
    ],
)
def test_others_warn_on_every_channel(
    model: str, family: Family, address: str, warning: DeviceWarning
) -> None:
    device = build_device(SscDevice, build_plan(model))
    device.faults.warns = True
    values = values_of(device.tree.answer(Message({address: None}, {})).values)
    assert warning in family.facts_of(values, 1, Presence.HERE).device_warnings


@pytest.mark.parametrize(
    ("model", "family", "warnings"),
    [
        ("EWDX2CHS", Ewdx(), {"other"}),
        ("SPECTERA", Spectera(), {"fan", "temperature", "power_supply"}),
    ],
)
async def test_simulated_sscv2_devices_warn_of_themselves(
    model: str, family: Sscv2Family, warnings: set[str]
) -> None:
    device = build_device(Sscv2Device, build_plan(model))

    def own_warnings() -> frozenset[DeviceWarning]:
        tree = Tree(family.collections)
        known = (path for path in family.device_paths() if device.resources.knows(path))
        for path in known:
            tree.take(path, device.resources.read(path))
        return family.device_of(tree, [1]).device_warnings

    assert own_warnings() == frozenset()
    device.faults.switches()["warns"](on=True)
    await device.tick(STEP_S)
    assert own_warnings() == {DeviceWarning(name) for name in warnings}
