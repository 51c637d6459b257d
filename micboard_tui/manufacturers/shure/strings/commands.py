"""Commands as command strings, with what each family allows. Pure.

Source: docs/reference/protocols/shure.md 3 to 8, 10, 11, 16.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
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
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.command_checks import check_channel, check_frequency, check_gain, check_name
from micboard_tui.manufacturers.command_errors import invalid_value_error, not_identified_error
from micboard_tui.manufacturers.shure.command_values import (
    SYNCED_BY,
    check_group_channel,
    format_frequency_value,
)
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings.anx4_channels import dialect_of_channels
from micboard_tui.manufacturers.shure.strings.dialect import Dialect, dialect_of, encode_message
from micboard_tui.manufacturers.shure.strings.mapping import MAX_SLOTS, Values
from micboard_tui.manufacturers.shure.values import parse_text
from micboard_tui.protocols.shure_strings.messages import Get, Rep, Set, quote_text, unquote_text

MAX_NAME = 8
"""Devices show up to 31 characters and take 8 (docs/reference/protocols/shure.md 1.5)."""
MAX_GROUP_CHANNEL = 999
_CARRIER_SWITCHES = frozenset({"RF_MUTE", "SLOT_RF_OUTPUT"})


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A command ready to be sent."""

    set: Set
    wanted: str
    """The value to be confirmed, as the device writes it, without braces."""
    format_value: Callable[[str], str]
    """Makes the text that users see of a confirmed value."""
    separator: str = ","
    """Where a value has several parts."""

    @property
    def get(self) -> Get:
        """The question that tells whether it took effect."""
        return Get(self.set.channel, self.set.property, self.set.values[: len(self._index)])

    @property
    def _index(self) -> tuple[str, ...]:
        return self.set.values[:1] if self.set.property.startswith("SLOT_") else ()

    def confirmed_value(self, rep: Rep) -> str | None:
        """The value that ``rep`` reports for what was set; None when it reports something else."""
        if rep.channel != self.set.channel or rep.property != self.set.property:
            return None
        index = self._index
        if rep.values[: len(index)] != index:
            return None
        return self.separator.join(unquote_text(value).strip() for value in rep.values[len(index) :])


def check_command(command: Command, model: str | None, channels: Collection[int], /) -> None:
    """Implements ``CommandCheck``."""
    dialect = None if model is None else dialect_of(model)
    if dialect is not None:
        prepare_command(command, dialect, dict.fromkeys(channels))


def describe_command(
    command: Command, model: str | None, channels: Mapping[int, Values], /
) -> DescribedCommand:
    """Implements ``CommandDescriber``."""
    dialect = None if model is None else dialect_of(model)
    if dialect is None:
        raise not_identified_error()
    if dialect.family is Family.ANX4:
        dialect = dialect_of_channels(channels.values())
    prepared = prepare_command(
        command, dialect, {number: values or None for number, values in channels.items()}
    )
    switches_carrier = prepared.set.property in _CARRIER_SWITCHES
    message = encode_message(prepared.set, dialect).decode().strip()
    value = prepared.format_value(prepared.wanted)
    return DescribedCommand((message,), switches_carrier, SYNCED_BY, value)


def prepare_command(
    command: Command, dialect: Dialect, channels: Mapping[int, Values | None]
) -> PreparedCommand:
    """What to send for ``command``. The values of a channel are None where they were not read.

    Raises DeviceError INVALID_VALUE, COMMAND_NOT_SUPPORTED or DEVICE_REFUSED before anything is sent.
    """
    if (channel := getattr(command, "channel", None)) is not None:
        _require(dialect.kind is not DeviceKind.CHARGER, dialect, "do this with a bay")
        check_channel(channel, channels)
    match command:
        case Identify(channel):
            _require(dialect.has_flash, dialect, "flash")
            return PreparedCommand(Set(channel, "FLASH", ("ON",)), "ON", lambda _: "flashing")
        case SetDeviceName(name):
            return _prepare_name(None, dialect.device_name, name, dialect)
        case SetChannelName(channel, name):
            return _prepare_name(channel, "CHAN_NAME", name, dialect)
        case SetGain(channel, gain_db):
            return _prepare_gain(channel, gain_db, dialect)
        case SetMute(channel, muted):
            return _prepare_mute(channel, dialect, muted=muted)
        case SetFrequency(channel, frequency_khz):
            return _prepare_frequency(channel, frequency_khz, dialect)
        case SetGroupChannel(channel, group, number):
            return _prepare_group_channel(channel, group, number, dialect)
        case SetSlotRf(channel, slot, on):
            _check_slot(channel, slot, dialect, channels[channel])
            return _prepare_slot_rf(channel, slot, on=on)
        case SetSlotName(channel, slot, name):
            _check_slot(channel, slot, dialect, channels[channel])
            return _prepare_slot_name(channel, slot, name)


def _prepare_name(channel: int | None, name_property: str, name: str, dialect: Dialect) -> PreparedCommand:
    plain = _check_plain_name(name)
    if not dialect.has_braces:
        bare = plain.replace(" ", "_")
        return PreparedCommand(
            Set(channel, name_property, (bare,)), bare, lambda raw: raw.replace("_", " "), "_"
        )
    return PreparedCommand(Set(channel, name_property, (quote_text(plain),)), plain, str)


def _check_plain_name(name: str) -> str:
    plain = check_name(name, MAX_NAME)
    if forbidden := sorted(set(plain) & set("<>{}|")):
        raise invalid_value_error(f"A name cannot hold {' '.join(forbidden)}", "Leave these signs out")
    return plain


def _prepare_gain(channel: int, gain_db: int, dialect: Dialect) -> PreparedCommand:
    gain = dialect.gain
    if gain is None:
        raise _not_able_error(dialect, "set a gain")
    check_gain(gain_db, gain.lowest_db, gain.highest_db)
    raw = f"{gain_db - gain.lowest_db:03d}" if gain.is_shifted else str(gain_db)

    def format_gain(value: str) -> str:
        if not value.removeprefix("-").isdigit():
            return value
        return f"{int(value) + (gain.lowest_db if gain.is_shifted else 0):+d} dB"

    return PreparedCommand(Set(channel, gain.property, (raw,)), raw, format_gain)


def _prepare_mute(channel: int, dialect: Dialect, *, muted: bool) -> PreparedCommand:
    mute = dialect.mute
    if mute is None:
        raise _not_able_error(dialect, "mute its output")
    state = mute.on if muted else mute.off
    texts = {mute.on: "muted", mute.off: "not muted"}
    return PreparedCommand(Set(channel, mute.property, (state,)), state, lambda raw: texts.get(raw, raw))


def _prepare_frequency(channel: int, frequency_khz: int, dialect: Dialect) -> PreparedCommand:
    _require(dialect.frequency_digits, dialect, "be tuned")
    check_frequency(frequency_khz)
    raw = f"{frequency_khz:0{dialect.frequency_digits}d}"
    return PreparedCommand(Set(channel, "FREQUENCY", (raw,)), raw, format_frequency_value)


def _prepare_group_channel(channel: int, group: int, number: int, dialect: Dialect) -> PreparedCommand:
    _require(dialect.frequency_digits, dialect, "be tuned")
    check_group_channel(group, number, MAX_GROUP_CHANNEL)
    if dialect.group_channel == "GROUP_CHAN":
        raw = f"{group:02d},{number:02d}"
        return PreparedCommand(Set(channel, dialect.group_channel, (raw,)), raw, str)
    raw = f"{group},{number}"
    return PreparedCommand(Set(channel, dialect.group_channel, (quote_text(raw),)), raw, str)


def _prepare_slot_rf(channel: int, slot: int, *, on: bool) -> PreparedCommand:
    raw = "RF_ON" if on else "RF_MUTE"
    return PreparedCommand(Set(channel, "SLOT_RF_OUTPUT", (str(slot), raw)), raw, _format_rf)


def _prepare_slot_name(channel: int, slot: int, name: str) -> PreparedCommand:
    plain = _check_plain_name(name)
    return PreparedCommand(Set(channel, "SLOT_TX_DEVICE_ID", (str(slot), quote_text(plain))), plain, str)


def _check_slot(channel: int, slot: int, dialect: Dialect, values: Values | None) -> None:
    _require(dialect.has_slots, dialect, "change a transmitter")
    if not 1 <= slot <= MAX_SLOTS:
        raise invalid_value_error(f"There is no slot {slot}", f"Use 1 to {MAX_SLOTS}")
    if values is not None:
        _check_slot_is_linked(channel, slot, values)


def _check_slot_is_linked(channel: int, slot: int, values: Values) -> None:
    status = parse_text(values.get(f"SLOT_STATUS {slot}"))
    if status != "LINKED.ACTIVE":
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"Slot {slot} of channel {channel} is {(status or 'unknown').lower()}",
            hint="Only a transmitter linked over ShowLink and in reach can be switched",
        )


def is_same_value(wanted: str, reported: str) -> bool:
    """Whether two values mean the same: devices pad numbers as they like.

    Source: docs/reference/protocols/shure.md 1.5, 15.12.
    """
    return wanted == reported or [_without_padding(part) for part in wanted.split(",")] == [
        _without_padding(part) for part in reported.split(",")
    ]


def _without_padding(value: str) -> str:
    sign = "-" if value.startswith("-") else ""
    digits = value.removeprefix("-")
    return sign + digits.lstrip("0") if digits.isdigit() else value


def _format_rf(raw: str) -> str:
    return {"RF_ON": "RF on", "RF_MUTE": "RF off"}.get(raw, raw)


def _require(is_able: object, dialect: Dialect, action: str) -> None:
    if not is_able:
        raise _not_able_error(dialect, action)


def _not_able_error(dialect: Dialect, action: str) -> DeviceError:
    return DeviceError(
        ErrorCode.COMMAND_NOT_SUPPORTED,
        f"{dialect.family} cannot {action} over the network",
        hint=hints.USE_FRONT_PANEL,
    )
