"""The System API server that can be simulated. Imports nothing heavy.

What stands behind it is put together in ``site_builder.py``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.device.simulated_device import Blueprint, BuildPlan, SimulatedDevice
from micboard_tui.simulator.shure.system_api.site_layout import API_KEY, CHANNELS

PORT = 10000


def _build(plan: BuildPlan) -> SimulatedDevice:
    from micboard_tui.simulator.shure.system_api.site_builder import build_server  # noqa: PLC0415 - loads an HTTP server

    return build_server(plan)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {"SystemAPI": Blueprint("shure", "shure-system-api", CHANNELS, PORT, _build, secret=API_KEY)}
)
"""By what the server is called on the board."""
