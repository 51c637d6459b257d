"""The switchboard of one simulated SSC device: what networks, firmware and people do to it."""

from dataclasses import dataclass, fields

DOWN_S = 8.0
"""How long a device takes to start again."""
MAX_CLIENTS = 8
"""That subscribe (reference/sennheiser.md 1.7)."""


@dataclass(slots=True)
class SscFaults:
    """Switches to be set while the device runs."""

    drop_every: int = 0
    """Every so many datagrams, of both ways together, one is lost; 0: none."""
    drop: float = 0.0
    """The share of datagrams that get lost by chance, each way, 0 to 1."""
    duplicate_keys: bool = False
    """The same key over and over in one object (1.2)."""
    terminator: bytes = b""
    """Behind every datagram: a line end or a NUL (1.2)."""
    split: bool = False
    """One value a datagram, where others bundle them (1.1)."""
    lose_310: bool = False
    """Subscriptions end without a word."""
    meters_by_subscription: bool = False
    """Meters do not answer a plain get (2.4)."""
    silent: bool = False
    """Third-party access is off: nothing answers (10)."""
    locked: bool = False
    """It answers, and only that it lets nobody in."""
    max_clients: int = MAX_CLIENTS
    _reboot_s: float | None = None
    _forget: bool = False

    def reboot(self, down_s: float = DOWN_S) -> None:
        """Tell the subscribers, and be away for ``down_s``."""
        self._reboot_s = down_s

    def forget_subscriptions(self) -> None:
        """All subscriptions are gone, and nobody is told."""
        self._forget = True

    def clear(self) -> None:
        """All switches off."""
        fresh = SscFaults()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))

    def take_reboot(self) -> float | None:
        """How long to be away, once."""
        down_s, self._reboot_s = self._reboot_s, None
        return down_s

    def take_forget(self) -> bool:
        """Whether the subscriptions are to be forgotten, once."""
        forget, self._forget = self._forget, False
        return forget
