"""Commands as addresses and values, within what each family allows. Pure.

Source: docs/reference/protocols/sennheiser.md 2 to 4.
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeVar

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import DescribedCommand
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.domain.units import format_frequency
from micboard_tui.manufacturers.command_checks import check_frequency, check_gain, check_name
from micboard_tui.manufacturers.command_errors import (
    invalid_value_error,
    not_identified_error,
    not_supported_error,
)
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.families import family_of_product
from micboard_tui.manufacturers.sennheiser.ssc.family import Flash, FrequencyProperty, GainProperty
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_flag, parse_integer, parse_text
from micboard_tui.protocols.ssc.messages import Value
from micboard_tui.protocols.ssc.requests import encode_set

MAX_CHANNEL_NAME, MAX_DEVICE_NAME = 8, 18
"""What EW-DX takes (docs/reference/protocols/sennheiser.md 2.1, 2.2)."""
T = TypeVar("T")


class PreparedCommand(NamedTuple):
    """A command as the value to set at an address."""

    address: str
    value: Value
    format_value: Callable[[Value], str]
    """Formats a confirmed value for users."""
    flash: Flash | None = None
    """To be ended after a moment."""

    def is_confirmed_by(self, value: Value) -> bool:
        """Whether ``value`` is what was asked for; devices write numbers and flags as they like.

        Source: docs/reference/protocols/sennheiser.md 1.1.
        """
        return value == self.value or self.format_value(value) == self.format_value(self.value)


def check_command(command: Command, model: str | None, channels: Collection[int], /) -> None:
    """Implements ``CommandCheck``."""
    family = None if model is None else family_of_product(model)
    if family is not None:
        prepare_command(command, DeviceLayout(family, max(channels, default=0), ()))


def describe_command(
    command: Command, model: str | None, channels: Mapping[int, Mapping[str, str]], /
) -> DescribedCommand:
    """Implements ``CommandDescriber``."""
    family = None if model is None else family_of_product(model)
    if family is None:
        raise not_identified_error()
    prepared = prepare_command(command, DeviceLayout(family, max(channels, default=0), ()))
    values = [prepared.value] if prepared.flash is None else [prepared.value, prepared.flash.off]
    messages = tuple(encode_set(prepared.address, value).decode() for value in values)
    value = prepared.format_value(prepared.value)
    return DescribedCommand(messages, synced_by=family.settable.synced_by, value=value)


def prepare_command(command: Command, layout: DeviceLayout) -> PreparedCommand:
    """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent."""
    _check_unit(command, layout)
    settable = layout.family.settable
    match command:
        case Identify(unit):
            return _prepare_flash(unit, layout)
        case SetDeviceName(name):
            address = _require(settable.device_name, layout, "be given a name")
            return PreparedCommand(address, check_name(name, MAX_DEVICE_NAME), _format_text)
        case SetChannelName(n, name):
            address = _require(settable.channel_name, layout, "name its channels").format(n=n)
            plain = check_name(name, MAX_CHANNEL_NAME)
            return PreparedCommand(address, plain.upper() if settable.is_capitalized else plain, _format_text)
        case SetGain(n, gain_db):
            return _prepare_gain(_require(settable.gain, layout, "set its gain"), n, gain_db)
        case SetMute(n, muted):
            address = _require(settable.mute, layout, "mute its output").format(n=n)
            return PreparedCommand(address, muted, _format_mute)
        case SetFrequency(n, frequency_khz):
            return _prepare_frequency(_require(settable.frequency, layout, "be tuned"), n, frequency_khz)
        case SetGroupChannel() | SetSlotRf() | SetSlotName():
            raise _not_supported(layout, "do that")


def _check_unit(command: Command, layout: DeviceLayout) -> None:
    unit = getattr(command, "channel", None)
    if unit is not None and not 1 <= unit <= layout.count:
        noun = "channel" if layout.channels else "bay"
        raise invalid_value_error(f"There is no {noun} {unit}", f"The device has {noun}s 1 to {layout.count}")


def _prepare_flash(unit: int | None, layout: DeviceLayout) -> PreparedCommand:
    settable = layout.family.settable
    if unit is None:
        flash = _require(settable.device_flash, layout, "flash")
    else:
        flash = _require(settable.unit_flash, layout, "flash one of its channels")(unit)
    return PreparedCommand(flash.address, flash.on, lambda _: "flashing", flash)


def _prepare_gain(gain: GainProperty, n: int, gain_db: int) -> PreparedCommand:
    check_gain(gain_db, gain.min_db, gain.max_db, gain.unit_db)

    def format_gain(value: Value) -> str:
        steps = parse_integer(value, -100, 100)
        return parse_text(value) or "?" if steps is None else f"{gain.origin_db + steps * gain.unit_db:+d} dB"

    return PreparedCommand(
        gain.address.format(n=n), round((gain_db - gain.origin_db) / gain.unit_db), format_gain
    )


def _prepare_frequency(frequency: FrequencyProperty, n: int, frequency_khz: int) -> PreparedCommand:
    check_frequency(frequency_khz, frequency.min_khz, frequency.max_khz)
    return PreparedCommand(frequency.address.format(n=n), frequency_khz, _format_frequency)


def _format_text(value: Value) -> str:
    return parse_text(value) or ""


def _format_mute(value: Value) -> str:
    return {True: "muted", False: "not muted", None: "?"}[parse_flag(value)]


def _format_frequency(value: Value) -> str:
    khz = parse_integer(value, 0, 10_000_000)
    return parse_text(value) or "?" if khz is None else format_frequency(khz)


def _require(settable: T | None, layout: DeviceLayout, action: str) -> T:
    if settable is None:
        raise _not_supported(layout, action)
    return settable


def _not_supported(layout: DeviceLayout, action: str) -> DeviceError:
    return not_supported_error(f"{layout.family.title} cannot {action} over the network")
