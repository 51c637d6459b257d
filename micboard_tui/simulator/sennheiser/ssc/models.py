"""The SSC devices that can be simulated. Imports nothing heavy.

To add a model of a known product line, write one entry here. A new product line is a module of its own beside
the others (``em6000_receiver.py``), whose ``build`` makes an ``SscDevice`` from a tree of addresses.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.device.simulated_device import Blueprint, BuildPlan, SimulatedDevice

MANUFACTURER, DRIVER = "sennheiser", "sennheiser-ssc"
PORT = 6970
"""Seen in the wild beside 45 (docs/reference/protocols/sennheiser.md 3), and an ordinary user may open it."""


def _ewdx_receiver(channels: int, product: str, *, has_dante: bool) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import ewdx_receiver  # noqa: PLC0415 - only when it is built

        return ewdx_receiver.build(plan, product, has_dante=has_dante)

    return Blueprint(MANUFACTURER, DRIVER, channels, PORT, build)


def _em6000_receiver(*, has_dante: bool) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import em6000_receiver  # noqa: PLC0415 - only when it is built

        return em6000_receiver.build(plan, has_dante=has_dante)

    return Blueprint(MANUFACTURER, DRIVER, 2, PORT, build)


def _speechline_rack_receiver() -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import speechline_receiver  # noqa: PLC0415 - only when it is built

        return speechline_receiver.build_rack_receiver(plan)

    return Blueprint(MANUFACTURER, DRIVER, 1, PORT, build)


def _speechline_multi_receiver(channels: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import speechline_receiver  # noqa: PLC0415 - only when it is built

        return speechline_receiver.build_multi_receiver(plan)

    return Blueprint(MANUFACTURER, DRIVER, channels, PORT, build)


def _ewdx_charger(bays: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import chg_charger  # noqa: PLC0415 - only when it is built

        return chg_charger.build_ewdx_charger(plan, bays)

    return Blueprint(MANUFACTURER, DRIVER, 0, PORT, build)


def _speechline_charger(bays: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import chg_charger  # noqa: PLC0415 - only when it is built

        return chg_charger.build_speechline_charger(plan, bays)

    return Blueprint(MANUFACTURER, DRIVER, 0, PORT, build)


def _l6000_charger() -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.ssc import l6000_charger  # noqa: PLC0415 - only when it is built

        return l6000_charger.build(plan)

    return Blueprint(MANUFACTURER, DRIVER, 0, PORT, build)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "EW-DX-EM2": _ewdx_receiver(2, "EWDX2CH", has_dante=False),
        "EW-DX-EM4-Dante": _ewdx_receiver(4, "EWDX4CHDS", has_dante=True),
        "EM6000": _em6000_receiver(has_dante=False),
        "EM6000-Dante": _em6000_receiver(has_dante=True),
        "SLDW": _speechline_rack_receiver(),
        "MCR-DW4": _speechline_multi_receiver(4),
        "CHG70N-C": _ewdx_charger(2),
        "CHG2N": _speechline_charger(2),
        "CHG4N": _speechline_charger(4),
        "L6000": _l6000_charger(),
    }
)
"""By model."""
