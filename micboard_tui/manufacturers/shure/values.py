"""Values as command strings and UHF-R write them: numbers, names, "unknown". The one home of sentinels.

Source: docs/reference/protocols/shure.md 2.1.
"""

from micboard_tui.domain.battery import BatteryType, MinutesNote
from micboard_tui.protocols.shure_strings.messages import unquote_text

UNKNOWN_VALUES = frozenset({"", "UNKN", "UNKNOWN", "--,--", "-- --"})
"""Sent where there is no value: no transmitter, no group, not measured."""

MAX_BARS = 5
MAX_PERCENT = 100
MAX_LEVEL = 251
"""252 to 255 mean "not available" wherever a number has three digits."""
MAX_COUNT = 65531
"""65532 to 65535 are reserved wherever a number has five digits."""
_MINUTES_NOTES = {65533: MinutesNote.CONTACT_WARNING, 65534: MinutesNote.CALCULATING}
_BATTERY_TYPES = {
    "LION": BatteryType.LI_ION,
    "ALKA": BatteryType.ALKALINE,
    "NIMH": BatteryType.NIMH,
    "LITH": BatteryType.LITHIUM,
}


def parse_text(raw: str | None) -> str | None:
    """A name or a term; None where the device has none."""
    if raw is None or (plain := unquote_text(raw).strip()) in UNKNOWN_VALUES:
        return None
    return plain


def parse_number(raw: str | None, highest: int) -> int | None:
    """A number up to ``highest``; None for the reserved codes above it and for what is no number."""
    if raw is None or not (raw.isascii() and raw.isdigit()):
        return None
    value = int(raw)
    return value if value <= highest else None


def parse_bare_name(raw: str | None) -> str | None:
    """A name without braces, in which ``_`` stands for a space: only PSM1000 and UHF-R.

    Source: docs/reference/protocols/shure.md 8.2, 9.1, 15.13.
    """
    return None if raw is None else parse_text(raw.replace("_", " "))


def parse_bars(raw: str | None) -> int | None:
    return parse_number(raw, MAX_BARS)


def parse_percent(raw: str | None) -> int | None:
    return parse_number(raw, MAX_PERCENT)


def parse_count(raw: str | None) -> int | None:
    return parse_number(raw, MAX_COUNT)


def parse_minutes_note(raw: str | None) -> MinutesNote | None:
    """Why no minutes are known of a battery, where the device sends the reason."""
    value = parse_number(raw, max(_MINUTES_NOTES))
    return None if value is None else _MINUTES_NOTES.get(value)


def parse_battery_type(raw: str | None) -> BatteryType | None:
    return _BATTERY_TYPES.get(raw or "")


def parse_shifted(raw: str | None, by: int, highest: int = MAX_LEVEL) -> int | None:
    """A level or gain that travels shifted by ``by`` so that it is never negative."""
    value = parse_number(raw, highest)
    return None if value is None else value + by


def parse_switch(raw: str | None, on: str = "ON", off: str = "OFF") -> bool | None:
    return {on: True, off: False}.get(raw or "")
