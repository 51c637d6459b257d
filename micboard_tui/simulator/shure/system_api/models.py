"""What can be simulated behind a System API server. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.rack.equipment import Blueprint, Equipment, Order

API_KEY = "simulated-system-api-key"
"""What lets clients in."""
PORT = 10000
ADTQ_CHANNELS, ANX4_CHANNELS = 4, 8
CHANNELS = ADTQ_CHANNELS + ANX4_CHANNELS
BAYS = 4


def _build(order: Order) -> Equipment:
    from micboard_tui.simulator.shure.system_api.system_api_server import build  # noqa: PLC0415 - loads an HTTP server

    return build(order)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {"SystemAPI": Blueprint("shure", "shure-system-api", CHANNELS, PORT, _build, secret=API_KEY)}
)
"""By what the server is called on the board."""
