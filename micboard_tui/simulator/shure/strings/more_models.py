"""Shure's other models that can be simulated. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.rack.equipment import Blueprint, Equipment, Order

PORT = 2202
STRINGS, UHFR = "shure-strings", "shure-uhfr"


def _build(order: Order) -> Equipment:
    from micboard_tui.simulator.shure.strings.builder import build  # noqa: PLC0415 - only when it is built

    return build(order)


def _blueprint(channels: int, driver: str = STRINGS) -> Blueprint:
    return Blueprint("shure", driver, channels, PORT, _build)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "P10T": _blueprint(2),
        "MXWAPT2": _blueprint(2),
        "MXWAPT4": _blueprint(4),
        "MXWAPT8": _blueprint(8),
        "UR4S": _blueprint(1, UHFR),
        "UR4D": _blueprint(2, UHFR),
        "SBC220": _blueprint(0),
        "SBC240": _blueprint(0),
        "SBC441": _blueprint(0),
        "SBC840": _blueprint(0),
        "SBC840M": _blueprint(0),
        "SBRC": _blueprint(0),
    }
)
"""By model. Chargers have no channels."""
