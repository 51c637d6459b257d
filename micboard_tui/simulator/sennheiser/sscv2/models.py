"""The SSCv2 devices that can be simulated. Imports nothing heavy.

To add a receiver that has the resources of an EW-DX, write one entry here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.device.simulated_device import Blueprint, BuildPlan, SimulatedDevice
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD, SPECTERA_USER, USER

MANUFACTURER, DRIVER = "sennheiser", "sennheiser-sscv2"
PORT = 8443
"""443 is not for ordinary users."""
_SPECTERA_PACKS = 8
"""Of a simulated base station; a real one takes many more."""


def _ewdx_receiver(channels: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.sscv2.sscv2_builder import build_ewdx  # noqa: PLC0415 - loads a web server

        return build_ewdx(plan)

    return Blueprint(MANUFACTURER, DRIVER, channels, PORT, build, USER, PASSWORD)


def _spectera(packs: int, schema: str = "18.1") -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.sscv2.sscv2_builder import build_spectera  # noqa: PLC0415 - loads a web server

        return build_spectera(plan, schema)

    return Blueprint(MANUFACTURER, DRIVER, packs, PORT, build, SPECTERA_USER, PASSWORD)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "EWDX2CHS": _ewdx_receiver(2),
        "EWDX4CHDS": _ewdx_receiver(4),
        "SPECTERA": _spectera(_SPECTERA_PACKS),
        "SPECTERA-17.0": _spectera(_SPECTERA_PACKS, "17.0"),
    }
)
"""EW-DX EM 2, EM 4 Dante and a Spectera base station, by model."""
