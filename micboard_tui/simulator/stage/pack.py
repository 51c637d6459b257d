"""What a performer carries: a transmitter and its battery. Pure; time comes from ``step``."""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum

CALCULATING_S = 60.0
"""For so long after power-on a pack does not know its minutes (docs/reference/protocols/shure.md 17.8)."""
WARM_C = 34.0
_WARMING_PER_S = 0.004
_BAR_STEPS = (0.05, 0.2, 0.4, 0.65, 0.9)


class Cells(StrEnum):
    """What is in the battery compartment. Only the vendor's own packs report percent and minutes."""

    LITHIUM_ION = "lithium ion pack"
    ALKALINE = "alkaline"
    NIMH = "nickel metal hydride"


@dataclass(slots=True)
class Battery:
    """Only ever empties; a new one is another object."""

    cells: Cells = Cells.LITHIUM_ION
    charge: float = 1.0
    """0 to 1."""
    full_minutes: int = 540
    health_percent: int = 100
    cycles: int = 10
    temperature_c: float = 24.0

    @property
    def is_smart(self) -> bool:
        """Whether it reports more than bars."""
        return self.cells is Cells.LITHIUM_ION

    @property
    def bars(self) -> int:
        """0 to 5."""
        return bisect_right(_BAR_STEPS, self.charge)

    @property
    def percent(self) -> int | None:
        return int(self.charge * 100) if self.is_smart else None

    @property
    def minutes(self) -> int | None:
        return int(self.charge * self.full_minutes) if self.is_smart else None

    def drain(self, seconds: float) -> None:
        self.charge = max(0.0, self.charge - seconds / 60 / self.full_minutes)
        if self.temperature_c < WARM_C:
            self.temperature_c += (WARM_C - self.temperature_c) * min(1.0, seconds * _WARMING_PER_S)


@dataclass(slots=True)
class Pack:
    """A transmitter. ``version`` grows with everything that it says about itself."""

    model: str
    name: str = ""
    frequency_khz: int = 0
    is_remote: bool = False
    """Whether the receiver reaches it by a second radio (ShowLink), even while its carrier is off."""
    is_on: bool = True
    is_muted: bool = False
    rf_muted: bool = False
    battery: Battery = field(default_factory=Battery)
    offset_db: int = 0
    pad_on: bool | None = None
    """None: this kind has no pad."""
    polarity: str = "POSITIVE"
    power: str = "NORMAL"
    lock: str = "NONE"
    """Or POWER, MENU, ALL."""
    talks: bool = False
    on_for_s: float = CALCULATING_S
    off_for_s: float = 0.0
    version: int = 0
    _shown: tuple[int, int, int] = (0, 0, 0)

    @property
    def minutes_known(self) -> bool:
        """False while it calculates, right after power-on."""
        return self.on_for_s >= CALCULATING_S

    @property
    def on_air(self) -> bool:
        return self.is_on and not self.rf_muted

    def changed(self) -> None:
        self.version += 1

    def switch(self, *, on: bool) -> None:
        if on != self.is_on:
            self.is_on = on
            self.on_for_s = self.off_for_s = 0.0
            self.changed()

    def mute(self, *, on: bool) -> None:
        if on != self.is_muted:
            self.is_muted = on
            self.changed()

    def mute_rf(self, *, on: bool) -> None:
        if on != self.rf_muted:
            self.rf_muted = on
            self.changed()

    def insert(self, battery: Battery) -> None:
        """Change the battery, which switches the pack off."""
        self.switch(on=False)
        self.battery = battery

    def step(self, seconds: float, drain_factor: float) -> None:
        """Let time pass; an empty battery switches the pack off."""
        if not self.is_on:
            self.off_for_s += seconds
            return
        was_known = self.minutes_known
        self.on_for_s += seconds
        battery = self.battery
        battery.drain(seconds * drain_factor)
        shown = (
            int(battery.charge * 100),
            int(battery.charge * battery.full_minutes),
            int(battery.temperature_c),
        )
        if shown != self._shown or was_known != self.minutes_known:
            self._shown = shown
            self.changed()
        if battery.charge <= 0.0:
            self.switch(on=False)
