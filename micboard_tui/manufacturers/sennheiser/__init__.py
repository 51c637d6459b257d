"""Sennheiser: the plugin, its drivers and how they are found on the network."""

from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.manufacturers.combined_search import combine_discoveries, combine_probes, make_check
from micboard_tui.manufacturers.sennheiser import driver_names, mcp, mdns_discovery, ssc, sscv2

probe = combine_probes(ssc.probe, sscv2.probe, mcp.probe)

MANUFACTURER = Manufacturer(
    code=driver_names.MANUFACTURER,
    title="Sennheiser",
    drivers={driver_names.SSC: ssc.SPEC, driver_names.SSCV2: sscv2.SPEC, driver_names.MCP: mcp.SPEC},
    probe=probe,
    discover=combine_discoveries(mdns_discovery.discover, mcp.discover),
    check=make_check(probe, mdns_discovery.explain_silence, mdns_discovery.USUAL_PORTS),
)
