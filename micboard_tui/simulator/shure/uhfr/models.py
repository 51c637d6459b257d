"""The UHF-R receivers that can be simulated. Imports nothing heavy.

To add a model, write one entry here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.device.simulated_device import Blueprint, BuildPlan, SimulatedDevice

PORT = 2202
"""As with command strings, but over UDP (docs/reference/protocols/shure.md 9)."""


def _receiver(channels: int) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.shure.uhfr.uhfr_builder import build_receiver  # noqa: PLC0415 - only when it is built

        return build_receiver(plan)

    return Blueprint("shure", "shure-uhfr", channels, PORT, build)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType({"UR4S": _receiver(1), "UR4D": _receiver(2)})
"""By model."""
