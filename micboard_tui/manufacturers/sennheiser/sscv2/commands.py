"""What can be set on an EW-DX over SSCv2. Names are read-only here. Pure.

Source: docs/reference/protocols/sennheiser.md 6.3; ranges from 2.2.
"""

from collections.abc import Sequence

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import Command, Identify, SetFrequency, SetGain, SetMute
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import Order, not_supported, require_channel
from micboard_tui.protocols.sscv2.message import Json

MIN_GAIN_DB, MAX_GAIN_DB, GAIN_STEP_DB = -3, 42, 3
MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ, FREQUENCY_STEP_KHZ = 470_200, 1_999_000, 25


def order(command: Command, numbers: Sequence[int]) -> Order:
    """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent."""
    require_channel(getattr(command, "channel", None), tuple(numbers))
    match command:
        case Identify(None):
            return Order("/api/device/identification", "visual", wanted=True, shown=_shown_flash)
        case Identify(int(channel)):
            return Order(f"/api/channel/{channel - 1}/identify", "enabled", wanted=True, shown=_shown_flash)
        case SetGain(channel, gain_db):
            return _gain(channel, gain_db)
        case SetMute(channel, muted):
            return Order(f"/api/channel/{channel - 1}", "mute", muted, _shown_mute)
        case SetFrequency(channel, frequency_khz):
            return _frequency(channel, frequency_khz)
        case _:
            raise not_supported(
                "EW-DX does not let other makers' controllers do that over SSCv2",
                "Use the front panel, Control Cockpit or WSM",
            )


def _gain(channel: int, gain_db: int) -> Order:
    if not MIN_GAIN_DB <= gain_db <= MAX_GAIN_DB:
        raise _invalid(f"A gain of {gain_db} dB is out of range", f"Use {MIN_GAIN_DB} to {MAX_GAIN_DB} dB")
    return Order(f"/api/channel/{channel - 1}", "gain", gain_db, _shown_gain)


def _frequency(channel: int, frequency_khz: int) -> Order:
    plausible = MIN_FREQUENCY_KHZ <= frequency_khz <= MAX_FREQUENCY_KHZ
    if not plausible or (frequency_khz - MIN_FREQUENCY_KHZ) % FREQUENCY_STEP_KHZ:
        raise _invalid(
            f"{frequency_khz / 1000:.3f} MHz is no frequency for an EW-DX",
            f"Use steps of {FREQUENCY_STEP_KHZ} kHz within the receiver's band",
        )
    own = f"/api/rf/channels/{channel - 1}"
    # Written at a path of its own, read as a field of the channel [one codebase, unverified].
    return Order(f"{own}/frequency", "frequency", frequency_khz, _shown_frequency, asked=own)


def _shown_flash(value: Json) -> str:
    return "flashing" if value is True else "not flashing"


def _shown_mute(value: Json) -> str:
    return "muted" if value is True else "not muted"


def _shown_gain(value: Json) -> str:
    return f"{value:+g} dB" if isinstance(value, int | float) else str(value)


def _shown_frequency(value: Json) -> str:
    return f"{value / 1000:.3f} MHz" if isinstance(value, int | float) else str(value)


def _invalid(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)
