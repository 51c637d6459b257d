"""The devices with command strings that can be simulated. Imports nothing heavy.

To add a receiver, write one entry here with the series that it belongs to (``receiver_series.py``); a new
charger is its number of bays. Only a new series, or a new dialect, needs code elsewhere.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.device.simulated_device import (
    COMBINING,
    DOCUMENTED,
    QUADVERSITY,
    ULXD_MODE,
    Blueprint,
    BuildPlan,
    SimulatedDevice,
)

PORT = 2202
"""Of all of them (docs/reference/protocols/shure.md 1.1)."""
MANUFACTURER, DRIVER = "shure", "shure-strings"
NO_MODES: Mapping[str, int] = MappingProxyType({})


def _receiver(
    series: str, channels: int, modes: Mapping[str, int] = NO_MODES, *, has_access_switch: bool = False
) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.shure.strings.strings_builder import build_receiver  # noqa: PLC0415 - only when it is built

        return build_receiver(plan, series)

    return Blueprint(
        MANUFACTURER, DRIVER, channels, PORT, build, has_access_switch=has_access_switch, modes=modes
    )


def _slxd(series: str, channels: int) -> Blueprint:
    return _receiver(series, channels, {DOCUMENTED: channels}, has_access_switch=True)


def _access_point(channels: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.shure.strings.strings_builder import build_access_point  # noqa: PLC0415 - only when it is built

        return build_access_point(plan)

    return Blueprint(MANUFACTURER, DRIVER, channels, PORT, build)


def _iem_transmitter(channels: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.shure.strings.strings_builder import build_iem_transmitter  # noqa: PLC0415 - only when it is built

        return build_iem_transmitter(plan)

    return Blueprint(MANUFACTURER, DRIVER, channels, PORT, build)


def _charger(bays: int, module: str = "") -> Blueprint:
    """``module`` is the kind of module that holds the bays, where there are modules.

    Source: docs/reference/protocols/shure.md 11.
    """

    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.shure.strings.strings_builder import build_charger  # noqa: PLC0415 - only when it is built

        return build_charger(plan, bays, module)

    return Blueprint(MANUFACTURER, DRIVER, 0, PORT, build)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "ULXD4": _receiver("ULX-D", 1),
        "ULXD4D": _receiver("ULX-D", 2),
        "ULXD4Q": _receiver("ULX-D", 4),
        "QLXD4": _receiver("QLX-D", 1),
        "AD4D-A": _receiver("Axient Digital", 2, {COMBINING: 2}),
        # Four antennas a channel leave half the channels (docs/reference/protocols/shure.md 5.1).
        "AD4Q-A": _receiver("Axient Digital", 4, {QUADVERSITY: 2, COMBINING: 4}),
        "ANX4": _receiver("ANX4", 16, {ULXD_MODE: 24}),
        "SLXD4": _slxd("SLX-D", 1),
        "SLXD4D": _slxd("SLX-D", 2),
        "SLXD4+": _slxd("SLX-D+", 1),
        "SLXD4D+": _slxd("SLX-D+", 2),
        "SLXD4Q+": _slxd("SLX-D+", 4),
        "P10T": _iem_transmitter(2),
        "MXWAPT2": _access_point(2),
        "MXWAPT4": _access_point(4),
        "MXWAPT8": _access_point(8),
        "SBC220": _charger(2, "133"),
        "SBC240": _charger(2, "133"),
        "SBC441": _charger(4),
        "SBC840": _charger(8),
        "SBC840M": _charger(8),
        "SBRC": _charger(8, "001"),
    }
)
"""By model."""
