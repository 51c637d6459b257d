"""Simulated chargers that tell their bays in arrays: CHG 70N-C, CHG 4N.

Source: docs/reference/protocols/sennheiser.md 2.7, 2.8.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micboard_tui.protocols.ssc.messages import Code, Json, Value
from micboard_tui.simulator.device.simulated_device import BuildPlan
from micboard_tui.simulator.sennheiser.ssc.address_tree import Leaf, RefusedError, Tree, constant
from micboard_tui.simulator.sennheiser.ssc.charging_bays import Bay, Docked, Error, bays_of, step_all
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.ssc.writable_leaves import name, setter, switch

_WARNINGS = {Error.COMMUNICATION: "BatteryComError", Error.HOT: "BatteryTempOutOfRange"}
_KINDS = {"Handheld": 1, "Bodypack": 2}
_EWDX_PACKS = ("EW-DX SK", "EW-DX SKM", "EW-DX SKM-S", "BA70")
_ERROR_BITS = {Error.COMMUNICATION: 1, Error.HOT: 4}
_BARS = 6


@dataclass(slots=True)
class Panel:
    name: str
    flashing: bool = False
    storage_mode: bool = False


def build_ewdx_charger(plan: BuildPlan, bay_count: int) -> SscDevice:
    return chg70n_of(Panel(plan.name), bays_of(bay_count, _EWDX_PACKS, plan.dice))


def build_speechline_charger(plan: BuildPlan, bay_count: int) -> SscDevice:
    return chg4n_of(Panel(plan.name), bays_of(bay_count, tuple(_KINDS), plan.dice))


def chg70n_of(panel: Panel, bays: list[Bay]) -> SscDevice:
    """Whole EW-DX transmitters, or their batteries."""
    leaves = _device(panel, "CHG 70N-C", "1.1.3") | {
        "/device/location": Leaf(lambda: "Backstage"),
        "/device/identification/visual": switch(lambda: panel.flashing, setter(panel, "flashing")),
        "/device/storage_mode": switch(lambda: panel.storage_mode, setter(panel, "storage_mode")),
        "/device/warnings": Leaf(lambda: ""),
        "/device/cascade": Leaf(list),
        "/bays/state": _each(bays, lambda bay: "ERROR" if bay.error else "NORMAL"),
        "/bays/device_type": _docked(bays, lambda pack: pack.model, "NONE"),
        "/bays/bat_gauge": _docked(bays, lambda pack: pack.percent),
        "/bays/bat_timetofull": _docked(bays, lambda pack: pack.minutes_to_full),
        "/bays/bat_health": _docked(bays, lambda pack: pack.health_percent),
        "/bays/bat_cycles": _docked(bays, lambda pack: pack.cycles),
        "/bays/version": _docked(bays, lambda _: "3.0.2", ""),
        "/bays/serial": _docked(bays, lambda pack: pack.serial, ""),
        "/bays/warnings": _each(bays, lambda bay: "" if bay.error is None else _WARNINGS[bay.error]),
        "/bays/sync_error": _each(bays, lambda _: ""),
        "/bays/identify": _identify(bays),
    }
    return SscDevice(Tree(leaves), (), lambda seconds: step_all(bays, seconds))


def chg4n_of(panel: Panel, bays: list[Bay]) -> SscDevice:
    """SpeechLine transmitters; numbers for everything."""
    leaves = _device(panel, "CHG4N", "1.0.8") | {
        "/device/state": Leaf(lambda: 0),
        "/bays/active": _each(bays, lambda bay: bay.docked is not None),
        "/bays/device_type": _docked(bays, lambda pack: _KINDS[pack.model], 0),
        "/bays/charging": _each(bays, _is_charging),
        "/bays/bat_gauge": _docked(bays, lambda pack: pack.percent, 0),
        "/bays/bat_bars": Leaf(
            lambda: [0 if bay.docked is None else round(bay.docked.charge * _BARS) for bay in bays],
            limits={"type": "Number", "min": 0, "max": _BARS, "inc": 1, "units": "bars"},
        ),
        "/bays/bat_timetofull": _docked(bays, lambda pack: pack.minutes_to_full, 0),
        "/bays/bat_health": _docked(bays, lambda pack: pack.health_percent, 0),
        "/bays/bat_cycles": _docked(bays, lambda pack: pack.cycles, 0),
        "/bays/serial": _docked(bays, lambda pack: pack.serial, ""),
        "/bays/version": _docked(bays, lambda _: "2.1.0", ""),
        "/bays/linkdate": _docked(bays, lambda _: "2026-03-14", ""),
        "/bays/identify": _identify(bays),
        "/bays/state": Leaf(lambda: [[2 if bay.error else 0 for bay in bays], [_bits(bay) for bay in bays]]),
    }
    return SscDevice(Tree(leaves), (), lambda seconds: step_all(bays, seconds))


def _device(panel: Panel, product: str, firmware: str) -> dict[str, Leaf]:
    return {
        "/device/identity/product": constant(product),
        "/device/identity/version": constant(firmware),
        "/device/identity/serial": constant("4021563"),
        "/device/identity/vendor": constant("Sennheiser"),
        "/device/name": name(lambda: panel.name, setter(panel, "name"), 18),
    }


def _each(bays: Sequence[Bay], read: Callable[[Bay], Json]) -> Leaf:
    return Leaf(lambda: [read(bay) for bay in bays])


def _docked(bays: Sequence[Bay], read: Callable[[Docked], Json], nothing: Json = None) -> Leaf:
    return _each(bays, lambda bay: nothing if bay.docked is None else read(bay.docked))


def _is_charging(bay: Bay) -> bool:
    return bay.docked is not None and not bay.docked.is_full and bay.error is None


def _bits(bay: Bay) -> int:
    return 0 if bay.error is None else _ERROR_BITS[bay.error]


def _identify(bays: Sequence[Bay]) -> Leaf:
    def write(wanted: Value) -> None:
        if not isinstance(wanted, list) or len(wanted) > len(bays):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        for bay, on in zip(bays, wanted, strict=False):
            # null leaves a bay as it is (docs/reference/protocols/sennheiser.md 2.7).
            if on is not None:
                bay.flashing = bool(on)

    return Leaf(lambda: [bay.flashing for bay in bays], write)
