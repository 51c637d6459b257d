"""The SSC devices that can be simulated. Imports nothing heavy."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from micboard_tui.simulator.rack.equipment import Blueprint, Equipment, Order

MANUFACTURER, DRIVER = "sennheiser", "sennheiser-ssc"
PORT = 6970
"""Seen in the wild beside 45 (docs/reference/protocols/sennheiser.md 3), and an ordinary user may open it."""


def _ewdx(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.ssc.ewdx_receiver import build  # noqa: PLC0415 - when it is needed

    return build(order)


def _em6000(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.ssc.em6000_receiver import build  # noqa: PLC0415 - when it is needed

    return build(order)


def _speechline(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.ssc.speechline_receiver import build  # noqa: PLC0415 - when it is needed

    return build(order)


def _charger(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.ssc.chg_charger import build  # noqa: PLC0415 - when it is needed

    return build(order)


def _l6000(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.ssc.l6000_charger import build  # noqa: PLC0415 - when it is needed

    return build(order)


def _blueprint(channels: int, build: Callable[[Order], Equipment]) -> Blueprint:
    return Blueprint(MANUFACTURER, DRIVER, channels, PORT, build)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "EW-DX-EM2": _blueprint(2, _ewdx),
        "EW-DX-EM4-Dante": _blueprint(4, _ewdx),
        "EM6000": _blueprint(2, _em6000),
        "SLDW": _blueprint(1, _speechline),
        "MCR-DW4": _blueprint(4, _speechline),
        "CHG70N-C": _blueprint(0, _charger),
        "CHG4N": _blueprint(0, _charger),
        "L6000": _blueprint(0, _l6000),
    }
)
"""By model."""
