"""What the sessions of all drivers do alike: when they look after themselves, and when a device is silent."""

from micboard_tui.contracts.errors import DeviceError, ErrorCode

TRIP_EVERY_S = 30.0
"""So often one question is asked only to see how long its answer takes."""
PROBE_AFTER = 0.4
"""Of the silence limit: then the device is asked for a word, gently."""
AGAIN_HINT = "Check its power and its cable; the connection is tried again by itself"


def until_tick(now: float, tick_s: float) -> float:
    """All sessions look after themselves in the same moment, which wakes the processor once for all."""
    return tick_s - now % tick_s


def wants_word(silence_s: float, limit_s: float, hint: str = AGAIN_HINT) -> bool:
    """Whether a device has to be asked for a word. Raises DeviceError DEVICE_SILENT beyond ``limit_s``."""
    if silence_s >= limit_s:
        raise DeviceError(ErrorCode.DEVICE_SILENT, f"No word for {silence_s:.0f} s", hint=hint)
    return silence_s >= limit_s * PROBE_AFTER


def not_connected(what: str = "device") -> DeviceError:
    """For a command that comes while there is no session."""
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"The {what} is not connected",
        hint="Wait until it is online and try again",
    )


def ignore(observations: object) -> None:
    """A ``Report`` for whoever wants none: a single command, or a probe."""
