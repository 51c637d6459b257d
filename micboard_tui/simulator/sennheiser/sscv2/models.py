"""The SSCv2 devices that can be simulated, and how to be let in. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.rack.equipment import Blueprint, Equipment, Order

DRIVER = "sennheiser-sscv2"
PORT = 8443
"""443 is not for ordinary users."""
USER, SPECTERA_USER = "api", "controlSennheiser"
PASSWORD = "Simulated-9"  # noqa: S105 - of devices that do not exist; the demo uses it
"""Of all simulated devices; in the form that a real one asks for.

Source: docs/reference/protocols/sennheiser.md 6.1.
"""
PACKS = 8
"""Of a simulated base station; a real one takes many more."""


def _ewdx(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.sscv2.builder import build_ewdx  # noqa: PLC0415 - loads a web server

    return build_ewdx(order)


def _spectera(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.sscv2.builder import build_spectera  # noqa: PLC0415 - loads a web server

    return build_spectera(order)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "EWDX2CHS": Blueprint("sennheiser", DRIVER, 2, PORT, _ewdx, USER, PASSWORD),
        "EWDX4CHDS": Blueprint("sennheiser", DRIVER, 4, PORT, _ewdx, USER, PASSWORD),
        "SPECTERA": Blueprint("sennheiser", DRIVER, PACKS, PORT, _spectera, SPECTERA_USER, PASSWORD),
    }
)
"""EW-DX EM 2, EM 4 Dante and a Spectera base station, by model."""
