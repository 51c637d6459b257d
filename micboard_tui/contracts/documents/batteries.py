"""Batteries as members of entries of packs, bays and slots. Unknown is null."""

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.domain.battery import Battery


def battery_level(battery: Battery) -> JsonObject:
    """How full it is, in every form that is known, and its cells."""
    return {
        "battery_percent": battery.percent,
        "battery_bars": battery.bars,
        "battery_minutes": battery.minutes,
        "battery_type": battery.type and battery.type.value,
    }


def battery_condition(battery: Battery) -> JsonObject:
    """How worn and how warm a battery is that tells it."""
    return {
        "battery_health_percent": battery.health_percent,
        "battery_cycles": battery.cycles,
        "battery_temperature_c": battery.temperature_c,
    }
