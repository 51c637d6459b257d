"""The MCP devices that can be simulated. Imports nothing heavy.

To add a receiver, write one entry here: its firmware, and how the name of its transmitters ends.
"""

from collections.abc import Mapping
from types import MappingProxyType

from micboard_tui.simulator.device.simulated_device import Blueprint, BuildPlan, SimulatedDevice
from micboard_tui.simulator.sennheiser.mcp.mcp_port import PORT

# How the second channel of a 2000 series receiver is addressed is not known
# (docs/reference/protocols/sennheiser.md 5.7): one address each.
_CHANNELS = 1


def _receiver(firmware: str, packs: str) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.mcp.mcp_builder import build_receiver  # noqa: PLC0415 - only when it is built

        return build_receiver(plan, firmware, packs)

    return Blueprint("sennheiser", "sennheiser-mcp", _CHANNELS, PORT, build)


def _iem_transmitter(firmware: str) -> Blueprint:
    def build(plan: BuildPlan) -> SimulatedDevice:
        from micboard_tui.simulator.sennheiser.mcp.mcp_builder import build_iem_transmitter  # noqa: PLC0415 - only when it is built

        return build_iem_transmitter(plan, firmware)

    return Blueprint("sennheiser", "sennheiser-mcp", _CHANNELS, PORT, build)


BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType(
    {
        "EM 300-500 G4": _receiver("1.7.0", packs="500 G4"),
        "EM 2050": _receiver("1.4.2", packs="2000"),
        "EM 300-500 G3": _receiver("1.6.1", packs="500 G3"),
        "SR IEM G4": _iem_transmitter("1.7.0"),
    }
)
"""By model."""
