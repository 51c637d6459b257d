"""The receiver's side of one channel: what the front panel sets, and the air behind it. Pure."""

from dataclasses import dataclass, field

from micboard_tui.simulator.device.frequency_band import FrequencyBand, NoPresetError
from micboard_tui.simulator.shure.set_values import RefusedError
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Pack

FLASH_S = 10.0
"""A flashing panel stops by itself after so long. [inferred]"""
SLOTS = 8


@dataclass(slots=True)
class Slot:
    """A transmitter registered with an Axient channel; empty without a model."""

    model: str = ""
    name: str = ""
    is_linked: bool = False
    """Whether it has ShowLink."""
    pack: Pack | None = None
    """The pack itself, where it is carried."""

    @property
    def status(self) -> str:
        if not self.model:
            return "EMPTY"
        if not self.is_linked:
            return "STANDARD"
        return "LINKED.ACTIVE" if self.active is not None else "LINKED.INACTIVE"

    @property
    def active(self) -> Pack | None:
        """The pack, while ShowLink reaches it."""
        return self.pack if self.is_linked and self.pack is not None and self.pack.is_on else None


@dataclass(slots=True)
class Carrier:
    """Where one carrier is tuned to; ``group`` is None after a frequency was dialled by hand."""

    frequency_khz: int
    group: tuple[int, int] | None = None


@dataclass(slots=True)
class Channel:
    """One channel, as its receiver knows it."""

    number: int
    name: str
    air: Air
    band: FrequencyBand
    carrier: Carrier
    second: Carrier | None = None
    """With frequency diversity the pack sends on two."""
    gain: int = 18
    """0 to 60, which is -18 to +42 dB."""
    muted: bool = False
    meter_rate_ms: int = 0
    sample_in_ms: int = 0
    flash_left_s: float = 0.0
    slots: tuple[Slot, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    has_network_audio: bool = False

    def tune(self, frequency_khz: int, group: tuple[int, int] | None = None) -> None:
        """Listen elsewhere. Raises RefusedError outside the band."""
        if not self.band.holds(frequency_khz):
            raise RefusedError
        self.carrier.frequency_khz, self.carrier.group = frequency_khz, group
        self.air.tune(frequency_khz)

    def tune_second(self, frequency_khz: int, group: tuple[int, int] | None = None) -> None:
        """The same for the second carrier; the pack follows over ShowLink."""
        if self.second is None or not self.band.holds(frequency_khz):
            raise RefusedError
        self.second.frequency_khz, self.second.group = frequency_khz, group

    def preset_khz(self, group: tuple[int, int]) -> int:
        """The frequency of a preset of its band. Raises RefusedError."""
        try:
            return self.band.frequency_of(*group)
        except NoPresetError:
            raise RefusedError from None

    def meter(self, rate_ms: int) -> None:
        self.meter_rate_ms = self.sample_in_ms = rate_ms

    def is_due(self, elapsed_ms: int) -> bool:
        """Whether a sample is to be sent, ``elapsed_ms`` after the last call."""
        if not self.meter_rate_ms:
            return False
        self.sample_in_ms -= elapsed_ms
        if self.sample_in_ms > 0:
            return False
        self.sample_in_ms = max(0, self.sample_in_ms + self.meter_rate_ms)
        return True
