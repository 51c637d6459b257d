"""One bay of a charger, the battery in it, and their properties. Pure.

Source: docs/reference/protocols/shure.md 11.
"""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.simulator.shure.strings.families.shared_properties import (
    TEMPERATURE_OFFSET,
    UNKNOWN_3,
    UNKNOWN_5,
)
from micboard_tui.simulator.shure.strings.properties import Property, format_digits

CALCULATING_S = 20.0
"""For so long after a battery was put in, the time until it is full is not known."""
PRECHARGE = 0.05
STORED_CHARGE = 0.4
"""Of a battery that is ready to be stored (docs/reference/protocols/shure.md 19)."""
FULL_MINUTES, CALCULATING_MINUTES, ERROR_MINUTES = 65529, 65533, 65534
WARM_C, ROOM_C = 31.0, 23.0
_WARMING_PER_S = 0.002


@dataclass(slots=True)
class Cell:
    """A rechargeable battery."""

    charge: float
    """0 to 1."""
    health_percent: int = 100
    cycles: int = 10
    capacity_mah: int = 1400
    full_minutes: int = 180
    """From empty to full."""
    temperature_c: float = ROOM_C
    charged_for_s: float = 0.0

    def store(self, seconds: float) -> None:
        """Charge or discharge to what a battery is best stored with."""
        share = seconds / 60 / self.full_minutes
        if self.charge > STORED_CHARGE:
            self.charge = max(STORED_CHARGE, self.charge - share)
        else:
            self.charge = min(STORED_CHARGE, self.charge + share)

    def step(self, seconds: float) -> None:
        """Charge."""
        self.charged_for_s += seconds
        is_full = self.charge >= 1.0
        self.charge = min(1.0, self.charge + seconds / 60 / self.full_minutes)
        goal = ROOM_C if is_full else WARM_C
        self.temperature_c += (goal - self.temperature_c) * min(1.0, seconds * _WARMING_PER_S)

    @property
    def minutes_left(self) -> int:
        """Until it is full."""
        return int((1 - self.charge) * self.full_minutes)


@dataclass(slots=True)
class Bay:
    """Empty without a cell."""

    number: int
    cell: Cell | None = None
    error: int = 0
    """As the charger numbers them; while there is one, nothing is charged."""

    stores: bool = False
    """While the charger is in storage mode."""

    def step(self, seconds: float) -> None:
        if self.cell is None or self.error:
            return
        if self.stores:
            self.cell.store(seconds)
        else:
            self.cell.step(seconds)

    @property
    def state(self) -> str:
        cell = self.cell
        if cell is None:
            return "NO_BATT"
        if self.error:
            return "ERROR"
        if self.stores and cell.charge >= STORED_CHARGE:
            return "DISCHARGING" if cell.charge > STORED_CHARGE else "READY_TO_STORE"
        if cell.charge >= 1.0:
            return "FULL"
        is_calculating = cell.charged_for_s < CALCULATING_S
        return "PRECHARGE" if cell.charge < PRECHARGE else "CALCULATING" if is_calculating else "NORMAL"


def _of_cell(name: str, read: Callable[[Cell], str], none: str) -> Property[Bay]:
    return Property(name, lambda bay: none if bay.cell is None else read(bay.cell))


def _time_to_full(bay: Bay) -> str:
    if bay.cell is None:
        return UNKNOWN_5
    state = bay.state
    if state in {"DISCHARGING", "READY_TO_STORE"}:
        return UNKNOWN_5
    if state == "ERROR":
        return format_digits(ERROR_MINUTES, 5)
    if state == "FULL":
        return format_digits(FULL_MINUTES, 5)
    return format_digits(CALCULATING_MINUTES if state == "CALCULATING" else bay.cell.minutes_left, 5)


def _fahrenheit(cell: Cell) -> str:
    return format_digits(round(int(cell.temperature_c) * 9 / 5 + 32) + TEMPERATURE_OFFSET, 3)


def bay_properties() -> list[Property[Bay]]:
    """All properties of a bay, in the order of GET ALL."""
    return [
        Property("BATT_DETECTED", lambda bay: "NO" if bay.cell is None else "YES"),
        Property("BATT_STATE", lambda bay: bay.state),
        _of_cell("BATT_BARS", lambda cell: format_digits(min(5, int(cell.charge * 5)), 3), UNKNOWN_3),
        _of_cell("BATT_CHARGE", lambda cell: format_digits(int(round(cell.charge * 100, 6)), 3), UNKNOWN_3),
        Property("BATT_TIME_TO_FULL", _time_to_full),
        _of_cell("BATT_HEALTH", lambda cell: format_digits(cell.health_percent, 3), UNKNOWN_3),
        _of_cell("BATT_CYCLE", lambda cell: format_digits(cell.cycles, 5), UNKNOWN_5),
        _of_cell(
            "BATT_TEMP_C",
            lambda cell: format_digits(int(cell.temperature_c) + TEMPERATURE_OFFSET, 3),
            UNKNOWN_3,
        ),
        _of_cell("BATT_TEMP_F", _fahrenheit, UNKNOWN_3),
        _of_cell("BATT_CAPACITY_MAX", lambda cell: format_digits(cell.capacity_mah, 5), UNKNOWN_5),
        _of_cell(
            "BATT_CURRENT_CAPACITY",
            lambda cell: format_digits(int(cell.capacity_mah * cell.charge), 5),
            UNKNOWN_5,
        ),
        _of_cell(
            "BATT_CURRENT_CAPACITY_MAX",
            lambda cell: format_digits(int(cell.capacity_mah * cell.health_percent / 100), 5),
            UNKNOWN_5,
        ),
        Property("BATT_ERROR", lambda bay: UNKNOWN_3 if bay.cell is None else format_digits(bay.error, 3)),
    ]
