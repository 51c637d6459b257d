"""Sennheiser: the plugin, its drivers and how they are found on the network."""

from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.manufacturers.discovery import checked_by, in_turn, together
from micboard_tui.manufacturers.sennheiser import announced, mcp, ssc, sscv2

probe = in_turn(ssc.probe, sscv2.probe, mcp.probe)

MANUFACTURER = Manufacturer(
    code="sennheiser",
    title="Sennheiser",
    drivers={ssc.DRIVER: ssc.SPEC, sscv2.DRIVER: sscv2.SPEC, mcp.DRIVER: mcp.SPEC},
    probe=probe,
    discover=together(announced.discover, mcp.discover),
    check=checked_by(probe, announced.why, announced.USUAL_PORTS),
)
