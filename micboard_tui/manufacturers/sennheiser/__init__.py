"""Sennheiser: the plugin, its drivers and how they are found on the network."""

from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.manufacturers.combined_search import checked_by, in_turn, together
from micboard_tui.manufacturers.sennheiser import driver_names, mcp, mdns_discovery, ssc, sscv2

probe = in_turn(ssc.probe, sscv2.probe, mcp.probe)

MANUFACTURER = Manufacturer(
    code=driver_names.MANUFACTURER,
    title="Sennheiser",
    drivers={driver_names.SSC: ssc.SPEC, driver_names.SSCV2: sscv2.SPEC, driver_names.MCP: mcp.SPEC},
    probe=probe,
    discover=together(mdns_discovery.discover, mcp.discover),
    check=checked_by(probe, mdns_discovery.explain_silence, mdns_discovery.USUAL_PORTS),
)
