"""The switchboard of one simulated MCP device: what networks and firmware do to it."""

from dataclasses import dataclass, fields

DOWN_S = 8.0
"""How long a device takes to start again."""


@dataclass(slots=True)
class McpFaults:
    """Switches to be set while the device runs; implements ``Switchboard``."""

    drop: float = 0.0
    """The share of datagrams that get lost, each way, 0 to 1."""
    one_line: bool = False
    """Every line in a datagram of its own, as some firmware does (5.1)."""
    shortest_ms: int = 100
    """Shorter cycles are answered with 1020."""
    forgets_rf_muted: bool = False
    """Whoever subscribed is forgotten while the RF is muted, as some firmware does (5.7, 10)."""
    silent: bool = False
    """Hears nothing and says nothing: network control is off at the front panel."""
    _forget: bool = False
    _reboot_s: float | None = None

    def forget(self) -> None:
        """Whoever subscribed is forgotten, once."""
        self._forget = True

    def reboot(self, down_s: float = DOWN_S) -> None:
        """Be away for ``down_s``, and come back without subscribers."""
        self._reboot_s = down_s

    def clear(self) -> None:
        """All switches off."""
        fresh = McpFaults()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))

    def take_forget(self) -> bool:
        """Whether to forget everybody, once."""
        forget, self._forget = self._forget, False
        return forget

    def take_reboot(self) -> float | None:
        """How long to be away, once."""
        down_s, self._reboot_s = self._reboot_s, None
        return down_s
