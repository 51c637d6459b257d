"""Commands as addresses and values, with what each family allows. Pure.

Source: docs/reference/protocols/sennheiser.md 2 to 4.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import Layout
from micboard_tui.manufacturers.sennheiser.ssc.family import Band, Flash, Gain
from micboard_tui.manufacturers.sennheiser.ssc.values import flag, text, whole
from micboard_tui.protocols.ssc.messages import Value

MAX_CHANNEL_NAME, MAX_DEVICE_NAME = 8, 18
"""What EW-DX takes (docs/reference/protocols/sennheiser.md 2.1, 2.2)."""
FREQUENCY_STEP_KHZ = 25
T = TypeVar("T")


class Order(NamedTuple):
    """A command ready to be sent."""

    address: str
    value: Value
    shown: Callable[[Value], str]
    """A confirmed value in our words."""
    flash: Flash | None = None
    """To be ended after a moment."""

    def is_confirmed_by(self, told: Value) -> bool:
        """Whether ``told`` is what was asked for; devices write numbers and flags as they like.

        Source: docs/reference/protocols/sennheiser.md 1.1.
        """
        return told == self.value or self.shown(told) == self.shown(self.value)


def order(command: Command, layout: Layout) -> Order:
    """The order that carries ``command``.

    Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent.
    """
    _check_unit(command, layout)
    controls = layout.family.controls
    match command:
        case Identify(unit):
            return _flash(unit, layout)
        case SetDeviceName(name):
            address = _able(controls.device_name, layout, "be given a name")
            return Order(address, _named(name, MAX_DEVICE_NAME), _shown_text)
        case SetChannelName(n, name):
            address = _able(controls.channel_name, layout, "name its channels").format(n=n)
            plain = _named(name, MAX_CHANNEL_NAME)
            return Order(address, plain.upper() if controls.capitals else plain, _shown_text)
        case SetGain(n, gain_db):
            return _gain(_able(controls.gain, layout, "set its gain"), n, gain_db)
        case SetMute(n, muted):
            return Order(_able(controls.mute, layout, "mute its output").format(n=n), muted, _shown_mute)
        case SetFrequency(n, frequency_khz):
            return _tuned(_able(controls.frequency, layout, "be tuned"), n, frequency_khz)
        case SetGroupChannel() | SetSlotRf():
            raise _unable(layout, "do that")


def _check_unit(command: Command, layout: Layout) -> None:
    unit = getattr(command, "channel", None)
    if unit is not None and not 1 <= unit <= layout.count:
        what = "channel" if layout.channels else "bay"
        raise _invalid(f"There is no {what} {unit}", f"The device has {what}s 1 to {layout.count}")


def _flash(unit: int | None, layout: Layout) -> Order:
    controls = layout.family.controls
    if unit is None:
        flash = _able(controls.flash_device, layout, "flash")
    else:
        flash = _able(controls.flash_unit, layout, "flash one of its channels")(unit)
    return Order(flash.address, flash.on, lambda _: "flashing", flash)


def _named(name: str, longest: int) -> str:
    plain = name.strip()
    if not 1 <= len(plain) <= longest or not plain.isascii() or not plain.isprintable():
        raise _invalid(f"'{name}' cannot be a name", f"Use 1 to {longest} plain letters, digits or signs")
    return plain


def _gain(gain: Gain, n: int, gain_db: int) -> Order:
    if not gain.low_db <= gain_db <= gain.high_db:
        raise _invalid(f"A gain of {gain_db} dB is out of range", f"Use {gain.low_db} to {gain.high_db} dB")

    def shown(value: Value) -> str:
        raw = whole(value, -100, 100)
        return text(value) or "?" if raw is None else f"{gain.origin_db + raw * gain.unit_db:+d} dB"

    return Order(gain.address.format(n=n), round((gain_db - gain.origin_db) / gain.unit_db), shown)


def _tuned(band: Band, n: int, frequency_khz: int) -> Order:
    if not band.low_khz <= frequency_khz <= band.high_khz or frequency_khz % FREQUENCY_STEP_KHZ:
        raise _invalid(
            f"{frequency_khz / 1000:.3f} MHz is no frequency for it",
            f"Use steps of {FREQUENCY_STEP_KHZ} kHz within the receiver's band",
        )
    return Order(band.address.format(n=n), frequency_khz, _shown_frequency)


def _shown_text(value: Value) -> str:
    return text(value) or ""


def _shown_mute(value: Value) -> str:
    return {True: "muted", False: "not muted", None: "?"}[flag(value)]


def _shown_frequency(value: Value) -> str:
    khz = whole(value, 0, 10_000_000)
    return text(value) or "?" if khz is None else f"{khz / 1000:.3f} MHz"


def _able(what: T | None, layout: Layout, words: str) -> T:
    if what is None:
        raise _unable(layout, words)
    return what


def _unable(layout: Layout, words: str) -> DeviceError:
    return DeviceError(
        ErrorCode.COMMAND_NOT_SUPPORTED,
        f"{layout.family.title} cannot {words} over the network",
        hint="Use the front panel",
    )


def _invalid(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)
