"""A simulated L 6000: four slots of two bays, one slot without a module.

Source: docs/reference/protocols/sennheiser.md 3.2.
"""

from dataclasses import dataclass

from micboard_tui.protocols.ssc.messages import Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import AddressTree, Leaf, constant_leaf
from micboard_tui.simulator.sennheiser.ssc.charging_bays import Bay, BayError, build_bays, step_bays
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import setter, switch_leaf, text_leaf

MODULES = (1, 2, 2, 0)
"""What is in the slots: for handhelds, for bodypacks, none."""
NO_VALUE = 65280
BAYS_A_SLOT = 2
OWN_WARNINGS = (25, 28)
"""The fan of the second slot, and the temperature of the whole."""
_GREEN_FROM, _FLASHING_FROM = 97, 81
_FULL_MV, _FULL_MAH, _RUN_MINUTES = 4150, 1900, 390


@dataclass(slots=True)
class DeviceSettings:
    name: str
    storage_mode: bool = False


def build(plan: BuildPlan) -> SscDevice:
    count = len(MODULES) * BAYS_A_SLOT
    bays = build_bays(count, ("BA 60",), plan.dice, can_fail=plan.scenario.breaks_bays)
    return make_charger(DeviceSettings(plan.name), bays, MODULES)


def make_charger(settings: DeviceSettings, bays: list[Bay], modules: tuple[int, ...]) -> SscDevice:
    """The charger with these bays; those of a slot without a module stay empty."""
    charging = [bay for number, bay in enumerate(bays) if modules[number // BAYS_A_SLOT]]
    leaves = {
        "/device/identity/product": constant_leaf("L6000"),
        "/device/identity/version": constant_leaf("2.0.1"),
        "/device/identity/vendor": constant_leaf("Sennheiser"),
        "/device/name": text_leaf(lambda: settings.name, setter(settings, "name"), 18),
        "/device/storage_mode": switch_leaf(lambda: settings.storage_mode, setter(settings, "storage_mode")),
        "/device/warnings": Leaf(
            lambda: [*_warnings(bays, charging), *(OWN_WARNINGS if device.faults.warns else ())]
        ),
    }
    for slot, module in enumerate(modules, start=1):
        leaves[f"/slot{slot}/type"] = constant_leaf(module)
        for subslot in range(1, BAYS_A_SLOT + 1):
            bay = bays[(slot - 1) * BAYS_A_SLOT + subslot - 1]
            leaves |= _bay(f"/slot{slot}/subslot{subslot}", bay, has_module=module > 0)
    device = SscDevice(AddressTree(leaves), (), lambda seconds: step_bays(charging, seconds))
    return device


def _bay(branch: str, bay: Bay, *, has_module: bool) -> dict[str, Leaf]:
    return {
        f"{branch}/accu_detection": Leaf(lambda: has_module and bay.docked is not None),
        f"{branch}/identify": switch_leaf(lambda: bay.flashing, setter(bay, "flashing")),
        f"{branch}/led": Leaf(lambda: _lamp(bay) if has_module else "OFF"),
        f"{branch}/accu_parameter": Leaf(lambda: _parameters(bay) if has_module else [NO_VALUE] * 12),
    }


def _lamp(bay: Bay) -> str:
    if bay.flashing:
        return "DEV_IDENTIFY"
    if bay.docked is None:
        return "OFF"
    if bay.error is not None:
        return "RED_FLASHING" if bay.error is BayError.HOT else "RED"
    percent = bay.docked.percent
    if percent >= _GREEN_FROM:
        return "GREEN"
    return "GREEN_FLASHING" if percent >= _FLASHING_FROM else "YELLOW"


def _parameters(bay: Bay) -> Value:
    """Twelve numbers, all of them "no value" without a battery."""
    pack = bay.docked
    if pack is None:
        return [NO_VALUE] * 12
    left = int(pack.charge * _RUN_MINUTES)
    to_full = pack.minutes_to_full
    voltage = 3300 + round(pack.charge * (_FULL_MV - 3300))
    capacity = round(pack.charge * _FULL_MAH)
    current = 0 if pack.is_full else 640
    return [
        *(round(pack.temperature_c), voltage, capacity, current, capacity * 37 // 10),
        *(left // 60, left % 60, pack.percent, pack.cycles, pack.health_percent),
        *(to_full // 60, to_full % 60),
    ]


def _warnings(bays: list[Bay], charging: list[Bay]) -> list[int]:
    """Numbers: from 0 the bays that are too hot, from 16 the defects."""
    bases = {BayError.HOT: 0, BayError.COMMUNICATION: 16}
    return [
        bases[bay.error] + index
        for index, bay in enumerate(bays)
        if bay.error is not None and bay in charging
    ]
