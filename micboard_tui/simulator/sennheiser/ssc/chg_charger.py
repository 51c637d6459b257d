"""Simulated chargers that report their bays in arrays: CHG 70N-C, CHG 2N and CHG 4N.

Source: docs/reference/protocols/sennheiser.md 2.7, 2.8.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micboard_tui.protocols.ssc.messages import Code, Json, Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import AddressTree, Leaf, RefusedError, constant_leaf
from micboard_tui.simulator.sennheiser.ssc.charging_bays import (
    Bay,
    BayError,
    DockedPack,
    build_bays,
    step_bays,
)
from micboard_tui.simulator.sennheiser.ssc.network_leaves import ethernet, mdns
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.ssc_faults import SscFaults
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import (
    Setting,
    call_leaf,
    list_leaf,
    restore_leaf,
    setter,
    stored_text,
    switch_leaf,
    text_leaf,
)

_WARNINGS = {BayError.COMMUNICATION: "BatteryComError", BayError.HOT: "BatteryTempOutOfRange"}
_KINDS = {"Handheld": 1, "Bodypack": 2}
_EWDX_PACKS = ("EW-DX SK", "EW-DX SKM", "EW-DX SKM-S", "BA70")
_ERROR_BITS = {BayError.COMMUNICATION: 1, BayError.HOT: 4}
_BARS = 6


@dataclass(slots=True)
class DeviceSettings:
    name: str
    flashing: bool = False
    storage_mode: bool = False
    host: str = "127.0.0.1"


def build_ewdx_charger(plan: BuildPlan, bay_count: int) -> SscDevice:
    return make_ewdx_charger(
        DeviceSettings(plan.name, host=plan.host), _build_bays(plan, bay_count, _EWDX_PACKS)
    )


def build_speechline_charger(plan: BuildPlan, bay_count: int) -> SscDevice:
    return make_speechline_charger(DeviceSettings(plan.name), _build_bays(plan, bay_count, tuple(_KINDS)))


def _build_bays(plan: BuildPlan, count: int, models: tuple[str, ...]) -> list[Bay]:
    return build_bays(count, models, plan.dice, can_fail=plan.scenario.breaks_bays)


def make_ewdx_charger(settings: DeviceSettings, bays: list[Bay]) -> SscDevice:
    """Whole EW-DX transmitters, or their batteries."""

    def restart(_value: Value = None) -> None:
        device.faults.reboot()

    def call_restart() -> Value:
        restart()
        return None

    updates: Setting[list[Json]] = Setting([False] * len(bays))
    leaves = _device(settings, "CHG 70N-C", "1.1.3") | {
        "/device/location": stored_text("Backstage", 400),
        "/device/restore": restore_leaf(restart, ("FACTORY_DEFAULTS",)),
        "/device/restart": Leaf(call_restart, restart, is_subscribable=False, is_write_only=True),
        **mdns(),
        **ethernet(settings.host),
        "/device/identification/visual": switch_leaf(lambda: settings.flashing, setter(settings, "flashing")),
        "/device/storage_mode": switch_leaf(lambda: settings.storage_mode, setter(settings, "storage_mode")),
        "/device/warnings": Leaf(lambda: "CascadeComError" if device.faults.warns else ""),
        "/device/cascade": Leaf(list),
        "/bays/state": _bay_list(bays, lambda bay: "ERROR" if bay.error else "NORMAL"),
        "/bays/device_type": _pack_list(bays, lambda pack: pack.model, "NONE"),
        "/bays/bat_gauge": _pack_list(bays, lambda pack: pack.percent),
        "/bays/bat_timetofull": _pack_list(bays, lambda pack: pack.minutes_to_full),
        "/bays/bat_health": _pack_list(bays, lambda pack: pack.health_percent),
        "/bays/bat_cycles": _pack_list(bays, lambda pack: pack.cycles),
        "/bays/version": _pack_list(bays, lambda _: "3.0.2", ""),
        "/bays/serial": _pack_list(bays, lambda pack: pack.serial, ""),
        "/bays/warnings": _bay_list(bays, lambda bay: _warnings(bay, device.faults)),
        "/bays/sync_error": _bay_list(bays, lambda _: ""),
        "/bays/identify": _identify(bays),
        "/bays/update/enable": list_leaf(lambda: [*updates.value], updates.write),
        "/bays/update/progress": _bay_list(bays, lambda _: 0),
        "/bays/update/error": _bay_list(bays, lambda _: ""),
        "/bays/sync_settings": call_leaf(lambda value: _check_sync(bays, value)),
    }
    device = SscDevice(AddressTree(leaves), (), lambda seconds: step_bays(bays, seconds))
    return device


def make_speechline_charger(settings: DeviceSettings, bays: list[Bay]) -> SscDevice:
    """SpeechLine transmitters; numbers for everything."""
    leaves = _device(settings, f"CHG{len(bays)}N", "1.0.8") | {
        "/device/state": Leaf(lambda: 0),
        "/bays/active": _bay_list(bays, lambda bay: bay.docked is not None),
        "/bays/device_type": _pack_list(bays, lambda pack: _KINDS[pack.model], 0),
        "/bays/charging": _bay_list(bays, _is_charging),
        "/bays/bat_gauge": _pack_list(bays, lambda pack: pack.percent, 0),
        "/bays/bat_bars": Leaf(
            lambda: [0 if bay.docked is None else round(bay.docked.charge * _BARS) for bay in bays],
            limits={"type": "Number", "min": 0, "max": _BARS, "inc": 1, "units": "bars"},
        ),
        "/bays/bat_timetofull": _pack_list(bays, lambda pack: pack.minutes_to_full, 0),
        "/bays/bat_health": _pack_list(bays, lambda pack: pack.health_percent, 0),
        "/bays/bat_cycles": _pack_list(bays, lambda pack: pack.cycles, 0),
        "/bays/serial": _pack_list(bays, lambda pack: pack.serial, ""),
        "/bays/version": _pack_list(bays, lambda _: "2.1.0", ""),
        "/bays/linkdate": _pack_list(bays, lambda _: "2026-03-14", ""),
        "/bays/identify": _identify(bays),
        "/bays/state": Leaf(lambda: [[2 if bay.error else 0 for bay in bays], [_bits(bay) for bay in bays]]),
    }
    return SscDevice(AddressTree(leaves), (), lambda seconds: step_bays(bays, seconds))


def _device(settings: DeviceSettings, product: str, firmware: str) -> dict[str, Leaf]:
    return {
        "/device/identity/product": constant_leaf(product),
        "/device/identity/version": constant_leaf(firmware),
        "/device/identity/serial": constant_leaf("4021563"),
        "/device/identity/vendor": constant_leaf("Sennheiser"),
        "/device/name": text_leaf(lambda: settings.name, setter(settings, "name"), 18),
    }


def _bay_list(bays: Sequence[Bay], read: Callable[[Bay], Json]) -> Leaf:
    return Leaf(lambda: [read(bay) for bay in bays])


def _pack_list(bays: Sequence[Bay], read: Callable[[DockedPack], Json], nothing: Json = None) -> Leaf:
    return _bay_list(bays, lambda bay: nothing if bay.docked is None else read(bay.docked))


def _warnings(bay: Bay, faults: SscFaults) -> Json:
    warning = "" if bay.error is None else _WARNINGS[bay.error]
    if faults.warnings_in_arrays:
        return [warning] if warning else []
    return warning


def _check_sync(bays: Sequence[Bay], value: Value) -> None:
    """Refuse what names no bay; a transmitter of ours takes nothing from its charger."""
    numbers = (
        [each.get("bay_id") for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    )
    if not numbers or not all(isinstance(number, int) and 0 <= number < len(bays) for number in numbers):
        raise RefusedError(Code.NOT_ACCEPTABLE)


def _is_charging(bay: Bay) -> bool:
    return bay.docked is not None and not bay.docked.is_full and bay.error is None


def _bits(bay: Bay) -> int:
    return 0 if bay.error is None else _ERROR_BITS[bay.error]


def _identify(bays: Sequence[Bay]) -> Leaf:
    def write(value: Value) -> None:
        if not isinstance(value, list) or len(value) > len(bays):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        for bay, on in zip(bays, value, strict=False):
            # null leaves a bay as it is (docs/reference/protocols/sennheiser.md 2.7).
            if on is not None:
                bay.flashing = bool(on)

    return Leaf(lambda: [bay.flashing for bay in bays], write)
