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
    garbage: bool = False
    """Sends what is no MCP in place of every datagram."""
    shortest_ms: int = 100
    """Shorter cycles are answered with 1020."""
    refuses_short_once: bool = False
    """Cycles shorter than ``shortest_ms`` are refused for the block that is asked for once, too.

    Source: docs/reference/protocols/sennheiser.md 13.
    """
    control_off: bool = False
    """Network control is off: echoes Push, and sends no data and no answer (13)."""
    unsent_settings: frozenset[str] = frozenset()
    """The settings that are lost when all of them are sent; single questions get through (13)."""
    forgets_rf_muted: bool = False
    """All subscribers are forgotten while the RF is muted, as some firmware does.

    Source: docs/reference/protocols/sennheiser.md 5.7, 10.
    """
