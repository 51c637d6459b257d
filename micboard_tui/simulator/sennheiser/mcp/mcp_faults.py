"""The switchboard of one simulated MCP device: what networks and firmware do to it."""

from dataclasses import dataclass

from micboard_tui.simulator.device.fault_switchboard import DatagramFaults


@dataclass(slots=True)
class McpFaults(DatagramFaults):
    """Switches to be set while the device runs."""

    one_line: bool = False
    """Every line in a datagram of its own, as some firmware does.

    Source: docs/reference/protocols/sennheiser.md 5.1.
    """
    shortest_ms: int = 100
    """Shorter cycles are answered with 1020."""
    forgets_rf_muted: bool = False
    """All subscribers are forgotten while the RF is muted, as some firmware does.

    Source: docs/reference/protocols/sennheiser.md 5.7, 10.
    """
