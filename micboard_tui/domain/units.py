"""How quantities are written for people, on the board and by the command line alike. Pure."""

from micboard_tui.domain.battery import BARS, Battery

DASH = "\N{EN DASH}"
"""What stands for a value that is not known; never zero."""

MAX_SHOWN_MINUTES = 100 * 60 - 1
"""More minutes than a charge has room for; percent or bars are written instead."""
HOUR_S = 3600.0
_DURATION_UNITS = (("d", 86400), ("h", 3600), ("m", 60))


def format_number(value: float | None, width: int = 0) -> str:
    """A level in dB, dBm or dBFS, or any other number, as a whole number, right-aligned."""
    return (DASH if value is None else f"{value:.0f}").rjust(width)


def format_mhz(khz: int | None, width: int = 0) -> str:
    """A frequency in MHz as the front panel writes it, right-aligned."""
    return (DASH if khz is None else f"{khz / 1000:.3f}").rjust(width)


def format_frequency(khz: int | None) -> str:
    """A frequency with its unit: ``470.125 MHz``."""
    return f"{format_mhz(khz)} MHz"


def format_duration(seconds: float) -> str:
    """A span or an age in its largest unit: ``9s``, ``4m``, ``2h``, ``3d``."""
    whole = max(0, int(seconds))
    for unit, size in _DURATION_UNITS:
        if whole >= size:
            return f"{whole // size}{unit}"
    return f"{whole}s"


def format_span(seconds: float) -> str:
    """``2:05`` is two hours and five minutes; below an hour in its largest unit."""
    return format_duration(seconds) if seconds < HOUR_S else format_hours_minutes(int(seconds) // 60)


def round_minutes(minutes: float | None) -> float | None:
    """Minutes for programs, to the tenth; None: not known."""
    return None if minutes is None else round(minutes, 1)


def format_count(count: int, noun: str) -> str:
    """``1 channel``, ``2 channels``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def format_gigabytes(size: int) -> str:
    """A size in bytes: ``12.3 GB``."""
    return f"{size / 1e9:.1f} GB"


def format_hours_minutes(minutes: int) -> str:
    """Minutes as a clock writes them: ``7:49``."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def format_charge(battery: Battery | None) -> str:
    """The charge in five cells at most: minutes where they are known, else percent, else bars."""
    if battery is None:
        return DASH
    if battery.minutes is not None and battery.minutes <= MAX_SHOWN_MINUTES:
        return format_hours_minutes(battery.minutes)
    if battery.percent is not None:
        return f"{battery.percent}%"
    if battery.bars is not None:
        return f"{battery.bars}/{BARS}"
    return DASH


def format_charge_in_full(battery: Battery | None) -> str:
    """The charge in every form that is known: ``6:45 78 % 4/5``."""
    if battery is None:
        return DASH
    forms = []
    if battery.minutes is not None:
        forms.append(format_hours_minutes(battery.minutes))
    if battery.percent is not None:
        forms.append(f"{battery.percent} %")
    if battery.bars is not None:
        forms.append(f"{battery.bars}/{BARS}")
    return " ".join(forms) or DASH
