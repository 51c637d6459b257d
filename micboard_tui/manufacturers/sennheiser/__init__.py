"""Sennheiser: the plugin, its drivers and how they are found on the network."""

from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.manufacturers.combined_search import checked_by, in_turn, together
from micboard_tui.manufacturers.sennheiser import mcp, mdns_discovery, ssc, sscv2

probe = in_turn(ssc.probe, sscv2.probe, mcp.probe)

MANUFACTURER = Manufacturer(
    code="sennheiser",
    title="Sennheiser",
    drivers={ssc.DRIVER: ssc.SPEC, sscv2.DRIVER: sscv2.SPEC, mcp.DRIVER: mcp.SPEC},
    probe=probe,
    discover=together(mdns_discovery.discover, mcp.discover),
    check=checked_by(probe, mdns_discovery.why, mdns_discovery.USUAL_PORTS),
)
