"""What the families of Shure receivers have in common, and what sets them apart (reference/shure.md 2)."""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    ULXD = "ULX-D"
    QLXD = "QLX-D"
    AXIENT = "Axient Digital"
    SLXD = "SLX-D"
    SLXD_PLUS = "SLX-D+"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family writes what all of them say."""

    family: Family
    tx_model: str
    """The property whose unknown word means that no transmitter is there (15.5)."""
    battery: dict[str, str]
    """Our field of a battery: the property that tells it."""
    group_channel: str = "GROUP_CHANNEL"
    frequency_digits: int = 7
    answers_index_0: bool = True
    meter_interval_s: float = 0.1
    """The default; QLX-D locks up when a client vanishes while it meters, so seldom there (15.1)."""
    max_channels: int = 4
    has_mute: bool = False
    has_flash: bool = True
    has_slots: bool = False


# 3.3 for ULX-D; 4 names no difference for QLX-D but health, which newer firmware has.
_ULXD_BATTERY = {
    "bars": "BATT_BARS",
    "percent": "BATT_CHARGE",
    "minutes": "BATT_RUN_TIME",
    "type": "BATT_TYPE",
    "health_percent": "BATT_HEALTH",
    "cycles": "BATT_CYCLE",
    "temperature_c": "BATT_TEMP_C",
}
# 5.3; SLX-D has the first three and no percent (6.2).
_AXIENT_BATTERY = {
    "bars": "TX_BATT_BARS",
    "minutes": "TX_BATT_MINS",
    "type": "TX_BATT_TYPE",
    "percent": "TX_BATT_CHARGE_PERCENT",
    "health_percent": "TX_BATT_HEALTH_PERCENT",
    "cycles": "TX_BATT_CYCLE_COUNT",
    "temperature_c": "TX_BATT_TEMP_C",
}

ULXD = Dialect(
    Family.ULXD,
    tx_model="TX_TYPE",
    battery=_ULXD_BATTERY,
    group_channel="GROUP_CHAN",
    frequency_digits=6,
    has_mute=True,
)
QLXD = Dialect(
    Family.QLXD,
    tx_model="TX_TYPE",
    battery=_ULXD_BATTERY,
    group_channel="GROUP_CHAN",
    frequency_digits=6,
    answers_index_0=False,
    meter_interval_s=1.0,
    max_channels=1,
    has_flash=False,
)
AXIENT = Dialect(
    Family.AXIENT,
    tx_model="TX_MODEL",
    battery=_AXIENT_BATTERY,
    has_mute=True,
    has_slots=True,
)
SLXD = Dialect(Family.SLXD, tx_model="TX_MODEL", battery=_AXIENT_BATTERY)
SLXD_PLUS = Dialect(Family.SLXD_PLUS, tx_model="TX_MODEL", battery=_AXIENT_BATTERY)


def dialect_of(model: str) -> Dialect | None:
    """The dialect of a model word (1.11); None for what this driver does not speak."""
    word = model.upper()
    if word.startswith("SLXD"):
        return SLXD_PLUS if "+" in word or word.startswith("SLXD4Q") else SLXD
    for prefix, dialect in (("ULXD4", ULXD), ("QLXD4", QLXD), ("AD4", AXIENT)):
        if word.startswith(prefix):
            return dialect
    return None
