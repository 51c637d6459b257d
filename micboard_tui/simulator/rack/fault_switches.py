"""What the switchboards of simulated devices have in common."""

from dataclasses import dataclass, fields

DOWN_S = 8.0
"""How long a device takes to start again."""


@dataclass(slots=True)
class Switches:
    """To be set while the device runs; implements ``Switchboard``."""

    def clear(self) -> None:
        """All switches off."""
        fresh = type(self)()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))


@dataclass(slots=True)
class DatagramFaults(Switches):
    """Of a device that speaks in datagrams, and tells whoever subscribed."""

    drop: float = 0.0
    """The share of datagrams that get lost by chance, each way, 0 to 1."""
    silent: bool = False
    """Hears nothing and says nothing, as with access switched off at its front panel."""
    _reboot_s: float | None = None
    _forget: bool = False

    def reboot(self, down_s: float = DOWN_S) -> None:
        """Be away for ``down_s``, and come back without subscribers."""
        self._reboot_s = down_s

    def forget(self) -> None:
        """All subscriptions are gone, and nobody is told."""
        self._forget = True

    def take_reboot(self) -> float | None:
        """How long to be away, once."""
        down_s, self._reboot_s = self._reboot_s, None
        return down_s

    def take_forget(self) -> bool:
        """Whether the subscriptions are to be forgotten, once."""
        forget, self._forget = self._forget, False
        return forget
