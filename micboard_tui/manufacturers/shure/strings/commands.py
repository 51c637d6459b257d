"""Commands in Shure's words, with what each family allows. Pure.

Source: docs/reference/protocols/shure.md 3 to 8, 10, 11, 16.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.strings.mapping import MAX_SLOTS, Words
from micboard_tui.manufacturers.shure.strings.values import word
from micboard_tui.protocols.shure_strings.messages import Get, Rep, Set, braced, text

MAX_NAME = 8
"""Devices show up to 31 characters and take 8 (docs/reference/protocols/shure.md 1.5)."""
MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ = 174_000, 2_000_000
"""What wireless microphones use anywhere; the device knows its own band and refuses the rest."""
FREQUENCY_STEP_KHZ = 25
MAX_GROUP, MAX_GROUP_CHANNEL = 99, 999


@dataclass(frozen=True, slots=True)
class Order:
    """A command ready to be sent."""

    set: Set
    wanted: str
    """The value to be confirmed, in the device's words, without braces."""
    shown: Callable[[str], str]
    """The confirmed value in ours."""
    joint: str = ","
    """What was between words, where a value is several."""

    @property
    def get(self) -> Get:
        """The question that tells whether it took effect."""
        return Get(self.set.channel, self.set.property, self.set.values[: len(self._index)])

    @property
    def _index(self) -> tuple[str, ...]:
        return self.set.values[:1] if self.set.property.startswith("SLOT_") else ()

    def confirmed_by(self, rep: Rep) -> str | None:
        """The value that ``rep`` reports for what was set; None when it speaks of something else."""
        if rep.channel != self.set.channel or rep.property != self.set.property:
            return None
        index = self._index
        if rep.values[: len(index)] != index:
            return None
        return self.joint.join(text(value).strip() for value in rep.values[len(index) :])


def order(command: Command, dialect: Dialect, channels: Mapping[int, Words]) -> Order:
    """The order that carries ``command``.

    Raises DeviceError INVALID_VALUE, COMMAND_NOT_SUPPORTED or DEVICE_REFUSED before anything is sent.
    """
    if (channel := getattr(command, "channel", None)) is not None:
        _require(dialect.kind is not DeviceKind.CHARGER, dialect, "do this with a bay")
        if channel not in channels:
            raise _invalid(f"There is no channel {channel}", f"The device has channels {_listed(channels)}")
    match command:
        case Identify(channel):
            _require(dialect.has_flash, dialect, "flash")
            return Order(Set(channel, "FLASH", ("ON",)), "ON", lambda _: "flashing")
        case SetDeviceName(name):
            return _named(None, dialect.device_name, name, dialect)
        case SetChannelName(channel, name):
            return _named(channel, "CHAN_NAME", name, dialect)
        case SetGain(channel, gain_db):
            return _gain(channel, gain_db, dialect)
        case SetMute(channel, muted):
            return _mute(channel, dialect, muted=muted)
        case SetFrequency(channel, frequency_khz):
            return _frequency(channel, frequency_khz, dialect)
        case SetGroupChannel(channel, group, number):
            return _group_channel(channel, group, number, dialect)
        case SetSlotRf(channel, slot, on):
            return _slot_rf(channel, slot, on=on, dialect=dialect, words=channels[channel])


def _named(channel: int | None, name_property: str, name: str, dialect: Dialect) -> Order:
    plain = name.strip()
    if not 1 <= len(plain) <= MAX_NAME or not plain.isascii() or not plain.isprintable():
        raise _invalid(f"'{name}' cannot be a name", f"Use 1 to {MAX_NAME} plain letters, digits or signs")
    if forbidden := sorted(set(plain) & set("<>{}|")):
        raise _invalid(f"A name cannot hold {' '.join(forbidden)}", "Leave these signs out")
    if not dialect.has_braces:
        bare = plain.replace(" ", "_")
        return Order(Set(channel, name_property, (bare,)), bare, lambda raw: raw.replace("_", " "), "_")
    return Order(Set(channel, name_property, (braced(plain),)), plain, str)


def _gain(channel: int, gain_db: int, dialect: Dialect) -> Order:
    gain = dialect.gain
    if gain is None:
        raise _unable(dialect, "set a gain")
    if not gain.lowest_db <= gain_db <= gain.highest_db:
        raise _invalid(
            f"A gain of {gain_db} dB is out of range", f"Use {gain.lowest_db} to {gain.highest_db} dB"
        )
    raw = f"{gain_db - gain.lowest_db:03d}" if gain.is_shifted else str(gain_db)

    def shown(told: str) -> str:
        if not told.removeprefix("-").isdigit():
            return told
        return f"{int(told) + (gain.lowest_db if gain.is_shifted else 0):+d} dB"

    return Order(Set(channel, gain.property, (raw,)), raw, shown)


def _mute(channel: int, dialect: Dialect, *, muted: bool) -> Order:
    mute = dialect.mute
    if mute is None:
        raise _unable(dialect, "mute its output")
    state = mute.on if muted else mute.off
    shown = {mute.on: "muted", mute.off: "not muted"}
    return Order(Set(channel, mute.property, (state,)), state, lambda raw: shown.get(raw, raw))


def _frequency(channel: int, frequency_khz: int, dialect: Dialect) -> Order:
    _require(dialect.frequency_digits, dialect, "be tuned")
    plausible = MIN_FREQUENCY_KHZ <= frequency_khz <= MAX_FREQUENCY_KHZ
    if not plausible or frequency_khz % FREQUENCY_STEP_KHZ:
        raise _invalid(
            f"{frequency_khz / 1000:.3f} MHz is no frequency for a microphone",
            f"Use steps of {FREQUENCY_STEP_KHZ} kHz within the receiver's band",
        )
    raw = f"{frequency_khz:0{dialect.frequency_digits}d}"
    return Order(Set(channel, "FREQUENCY", (raw,)), raw, _shown_frequency)


def _group_channel(channel: int, group: int, number: int, dialect: Dialect) -> Order:
    _require(dialect.frequency_digits, dialect, "be tuned")
    if not (1 <= group <= MAX_GROUP and 1 <= number <= MAX_GROUP_CHANNEL):
        raise _invalid(f"Group {group}, channel {number} does not exist", "Use what the front panel offers")
    if dialect.group_channel == "GROUP_CHAN":
        raw = f"{group:02d},{number:02d}"
        return Order(Set(channel, dialect.group_channel, (raw,)), raw, str)
    raw = f"{group},{number}"
    return Order(Set(channel, dialect.group_channel, (braced(raw),)), raw, str)


def _slot_rf(channel: int, slot: int, *, on: bool, dialect: Dialect, words: Words) -> Order:
    _require(dialect.has_slots, dialect, "switch a transmitter's RF")
    if not 1 <= slot <= MAX_SLOTS:
        raise _invalid(f"There is no slot {slot}", f"Use 1 to {MAX_SLOTS}")
    status = word(words.get(f"SLOT_STATUS {slot}"))
    if status != "LINKED.ACTIVE":
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"Slot {slot} of channel {channel} is {(status or 'unknown').lower()}",
            hint="Only a transmitter linked over ShowLink and in reach can be switched",
        )
    raw = "RF_ON" if on else "RF_MUTE"
    return Order(Set(channel, "SLOT_RF_OUTPUT", (str(slot), raw)), raw, _shown_rf)


def same_value(wanted: str, told: str) -> bool:
    """Whether two words mean the same: devices pad numbers as they like.

    Source: docs/reference/protocols/shure.md 1.5, 15.12.
    """
    return wanted == told or [_plain(each) for each in wanted.split(",")] == [
        _plain(each) for each in told.split(",")
    ]


def _plain(value: str) -> str:
    sign = "-" if value.startswith("-") else ""
    digits = value.removeprefix("-")
    return sign + digits.lstrip("0") if digits.isdigit() else value


def _shown_rf(raw: str) -> str:
    return {"RF_ON": "RF on", "RF_MUTE": "RF off"}.get(raw, raw)


def _shown_frequency(raw: str) -> str:
    return f"{int(raw) / 1000:.3f} MHz" if raw.isdigit() else raw


def _listed(channels: Mapping[int, Words]) -> str:
    return ", ".join(map(str, sorted(channels))) or "none"


def _invalid(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)


def _require(able: object, dialect: Dialect, what: str) -> None:
    if not able:
        raise _unable(dialect, what)


def _unable(dialect: Dialect, what: str) -> DeviceError:
    return DeviceError(
        ErrorCode.COMMAND_NOT_SUPPORTED,
        f"{dialect.family} cannot {what} over the network",
        hint="Use the front panel",
    )
