"""The MCP devices that can be simulated. Imports nothing heavy."""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.rack.equipment import Blueprint, Equipment, Order

PORT = 53212
"""Of every device, and of everybody who speaks to one (docs/reference/protocols/sennheiser.md 5.1)."""


def _build(order: Order) -> Equipment:
    from micboard_tui.simulator.sennheiser.mcp.builder import build  # noqa: PLC0415 - only for who orders one

    return build(order)


# How the second channel of a 2000 series receiver is addressed is not known
# (docs/reference/protocols/sennheiser.md 5.7): one address each.
MODELS = ("EM 300-500 G4", "EM 2050", "EM 300-500 G3", "SR IEM G4")
BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {model: Blueprint("sennheiser", "sennheiser-mcp", 1, PORT, _build) for model in MODELS}
)
