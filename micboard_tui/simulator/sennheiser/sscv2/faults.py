"""The switchboard of one simulated SSCv2 device (docs/reference/protocols/sennheiser.md 8, 10)."""

from dataclasses import dataclass

from micboard_tui.simulator.rack.fault_switches import DOWN_S, Switches


@dataclass(slots=True)
class Sscv2Faults(Switches):
    """Switches to be set while the device runs; they work from its next tenth of a second on."""

    refuse: bool = False
    """Nobody can connect, as with third-party access switched off."""
    silent: bool = False
    """Streams stay open and tell nothing; questions are answered."""
    freeze: bool = False
    """Questions are not answered either."""
    full: bool = False
    """Other watchers have taken all sessions."""
    locked: bool = False
    """Too many wrong passwords: refuses the right one too."""
    bad_path: str | None = None
    """A list with this path is refused as a whole, with 400."""
    strict: bool = False
    """A list with a transmitter that is not linked is refused, with 422."""
    password: str | None = None
    """Somebody set another one, which closes all sessions (docs/reference/protocols/sennheiser.md 6.1)."""
    _cut: bool = False
    _forget: bool = False
    _certificate: bool = False
    _reboot_s: float | None = None

    def cut(self) -> None:
        """The streams break; their sessions stay for a while, and count."""
        self._cut = True

    def forget_sessions(self) -> None:
        """Sessions are gone, though their streams stay open: 422 from now on."""
        self._forget = True

    def change_certificate(self) -> None:
        """A new certificate, as after a factory reset; everybody is disconnected."""
        self._certificate = True

    def reboot(self, down_s: float = DOWN_S) -> None:
        """Drop everybody, be away for ``down_s``, and come back without sessions."""
        self._reboot_s = down_s

    def take_cut(self) -> bool:
        """Whether streams are to be broken, once."""
        cut, self._cut = self._cut, False
        return cut

    def take_forget(self) -> bool:
        """Whether sessions are to be forgotten, once."""
        forget, self._forget = self._forget, False
        return forget

    def take_certificate(self) -> bool:
        """Whether a new certificate is to be made, once."""
        certificate, self._certificate = self._certificate, False
        return certificate

    def take_reboot(self) -> float | None:
        """How long to be away, once."""
        down_s, self._reboot_s = self._reboot_s, None
        return down_s
