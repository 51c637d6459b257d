"""What a receiver as a whole knows of itself. Pure."""

from dataclasses import dataclass, field

from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.shure.strings.strings_faults import StringsFaults


@dataclass(slots=True)
class DeviceIdentity:
    """A receiver without its channels."""

    model: str
    name: str
    firmware: str
    band: FrequencyBand
    address: str = "127.0.0.1"
    mac: str = "00:0E:DD:00:00:01"
    flash_left_s: float = 0.0
    has_failed: bool = False
    """Whether its self-test failed."""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def reported_firmware(self) -> str:
        """With a ``*`` where the self-test failed (docs/reference/protocols/shure.md 1.5)."""
        return f"{self.firmware}*" if self.has_failed else self.firmware

    def follow(self, faults: StringsFaults) -> bool:
        """Whether the self-test failed; whether that is new."""
        before, self.has_failed = self.has_failed, faults.warns and bool(self.firmware)
        return self.has_failed is not before

    @property
    def network_name(self) -> str:
        """As the audio network knows it."""
        return f"{self.model.rstrip('+')}-{''.join(self.mac.lower().split(':')[3:])}"

    @property
    def network_settings(self) -> str:
        """Mode, address, mask, gateway and MAC; octets have three digits.

        Source: docs/reference/protocols/shure.md 3.1.
        """
        address = ".".join(f"{int(octet):03d}" for octet in self.address.split("."))
        return f"AUTO {address} 255.255.255.000 000.000.000.000 {self.mac}"
