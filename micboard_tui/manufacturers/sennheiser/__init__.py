"""Sennheiser: the plugin, its drivers and how they are found on the network."""

from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.manufacturers.sennheiser import mcp

MANUFACTURER = Manufacturer(
    code="sennheiser",
    title="Sennheiser",
    drivers={mcp.DRIVER: mcp.SPEC},
    probe=mcp.probe,
    discover=mcp.discover,
)
