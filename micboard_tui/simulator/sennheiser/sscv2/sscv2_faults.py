"""The switchboard of one simulated SSCv2 device (docs/reference/protocols/sennheiser.md 8, 10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from micboard_tui.simulator.device.fault_switchboard import (
    FaultSwitchboard,
    OneShot,
    Switch,
    one_shot,
    reboot_switch,
)

ANOTHER_PASSWORD = "Another-pass-1"  # noqa: S105 - of devices that do not exist


@dataclass(slots=True)
class Sscv2Faults(FaultSwitchboard):
    """Switches to be set while the device runs; they work from its next tenth of a second on."""

    refuse: bool = False
    """No client can connect, as with third-party access switched off."""
    silent: bool = False
    """Streams stay open and send nothing; requests are answered."""
    freeze: bool = False
    """Requests are not answered either."""
    full: bool = False
    """Other watchers have taken all sessions."""
    locked: bool = False
    """Too many wrong passwords: refuses the right one too."""
    bad_path: str | None = None
    """A list with this path is refused as a whole, with 400."""
    strict: bool = False
    """A list with a transmitter that is not linked is refused, with 422."""
    password: str | None = None
    """Another one was set, which closes all sessions (docs/reference/protocols/sennheiser.md 6.1)."""
    warns: bool = False
    """The device warns of itself: an EW-DX in its state, a base station in its health."""
    flood: bool = False
    """Streams are sent as many small events as they take, 20,000 a second each."""
    flood_lines: bool = False
    """The same with lines that make no event."""
    cut: OneShot[bool] = field(default_factory=one_shot)
    """The streams break; their sessions stay for a while, and count."""
    forget_sessions: OneShot[bool] = field(default_factory=one_shot)
    """Sessions are gone, though their streams stay open: 422 from now on."""
    change_certificate: OneShot[bool] = field(default_factory=one_shot)
    """A new certificate, as after a factory reset; all clients are disconnected."""
    reboot: OneShot[float] = field(default_factory=reboot_switch)
    """It starts again; all sessions are gone."""

    def temporary_faults(self) -> Mapping[str, Switch]:
        return {
            "reboot": self.reboot.switch,
            "silent": self.toggle("silent"),
            "freeze": self.toggle("freeze"),
            "cut": self.cut.switch,
            "forget_sessions": self.forget_sessions.switch,
            "warns": self.toggle("warns"),
        }

    def lock(self) -> None:
        self.password = ANOTHER_PASSWORD
