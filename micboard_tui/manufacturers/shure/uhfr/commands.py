"""Commands in UHF-R's words (docs/reference/protocols/shure.md 9.2, 16). Pure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
)
from micboard_tui.manufacturers.shure.strings.commands import (
    FREQUENCY_STEP_KHZ,
    MAX_FREQUENCY_KHZ,
    MIN_FREQUENCY_KHZ,
)
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_ATTENUATION_DB
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_uhfr.messages import NAME_WIDTH, Get, Report, Set, padded

MAX_GROUP, MAX_GROUP_CHANNEL = 99, 99


@dataclass(frozen=True, slots=True)
class Order:
    """A command ready to be sent."""

    set: Set
    shown: Callable[[str], str]
    """The confirmed value in ours."""

    @property
    def get(self) -> Get:
        """The question that tells whether it took effect."""
        return Get(self.set.channel, self.set.property)

    @property
    def wanted(self) -> str:
        return " ".join(self.set.values)

    def confirmed_by(self, report: Report) -> bool:
        """Whether ``report`` speaks of what was set."""
        return (report.channel, report.property) == (self.set.channel, self.set.property)

    def is_wanted(self, report: Report) -> bool:
        """Whether it reports the value asked for; numbers and names may be padded otherwise."""
        return [_plain(each) for each in report.values] == [_plain(each) for each in self.set.values]


def order(command: Command, channels: Collection[int]) -> Order:
    """The order that carries ``command``.

    Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent.
    """
    match command:
        case SetChannelName(channel, name):
            ready = _name(channel, name)
        case SetGain(channel, gain_db):
            ready = _gain(channel, gain_db)
        case SetMute(channel, muted):
            ready = Order(Set(channel, "MUTE", ("ON" if muted else "OFF",)), _shown_mute)
        case SetFrequency(channel, frequency_khz):
            ready = _frequency(channel, frequency_khz)
        case SetGroupChannel(channel, group, number):
            ready = _group(channel, group, number)
        case _:
            raise DeviceError(
                ErrorCode.COMMAND_NOT_SUPPORTED,
                "UHF-R cannot do this over the network",
                hint="Use the front panel",
            )
    if channel not in channels:
        listed = ", ".join(map(str, sorted(channels))) or "none"
        raise _invalid(f"There is no channel {channel}", f"The device has channels {listed}")
    return ready


def _name(channel: int, name: str) -> Order:
    plain = name.strip()
    try:
        written = padded(plain, 0)
    except ProtocolError as error:
        raise _invalid(f"'{name}' cannot be a name", "Use plain letters, digits and signs, no *") from error
    if not 1 <= len(plain) <= NAME_WIDTH:
        raise _invalid(f"'{name}' cannot be a name", f"Use 1 to {NAME_WIDTH} letters, digits or signs")
    return Order(Set(channel, "CHAN_NAME", (written,)), lambda raw: raw.replace("_", " ").strip())


def _gain(channel: int, gain_db: int) -> Order:
    if not -MAX_ATTENUATION_DB <= gain_db <= 0:
        raise _invalid(f"A gain of {gain_db} dB is out of range", f"Use {-MAX_ATTENUATION_DB} to 0 dB")
    return Order(Set(channel, "AUDIO_GAIN", (f"{-gain_db:02d}",)), _shown_gain)


def _frequency(channel: int, frequency_khz: int) -> Order:
    plausible = MIN_FREQUENCY_KHZ <= frequency_khz <= min(MAX_FREQUENCY_KHZ, 999_999)
    if not plausible or frequency_khz % FREQUENCY_STEP_KHZ:
        raise _invalid(
            f"{frequency_khz / 1000:.3f} MHz is no frequency for a microphone",
            f"Use steps of {FREQUENCY_STEP_KHZ} kHz within the receiver's band",
        )
    return Order(Set(channel, "FREQUENCY", (f"{frequency_khz:06d}",)), _shown_frequency)


def _group(channel: int, group: int, number: int) -> Order:
    if not (1 <= group <= MAX_GROUP and 1 <= number <= MAX_GROUP_CHANNEL):
        raise _invalid(f"Group {group}, channel {number} does not exist", "Use what the front panel offers")
    values = (f"{group:02d}", f"{number:02d}")
    return Order(Set(channel, "GROUP_CHAN", values), lambda raw: raw.replace(" ", ","))


def _plain(value: str) -> str:
    return value.lstrip("0") if value.isdigit() else value.rstrip("_")


def _shown_mute(raw: str) -> str:
    return {"ON": "muted", "OFF": "not muted"}.get(raw, raw)


def _shown_gain(raw: str) -> str:
    return f"{-int(raw):+d} dB" if raw.isdigit() else raw


def _shown_frequency(raw: str) -> str:
    return f"{int(raw) / 1000:.3f} MHz" if raw.isdigit() else raw


def _invalid(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)
