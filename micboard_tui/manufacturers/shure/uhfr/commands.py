"""Commands as UHF-R takes them (docs/reference/protocols/shure.md 9.2, 16). Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import DescribedCommand
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
)
from micboard_tui.manufacturers.command_checks import check_channel, check_frequency, check_gain
from micboard_tui.manufacturers.command_errors import invalid_value_error
from micboard_tui.manufacturers.shure.command_values import (
    SYNCED_BY,
    check_group_channel,
    format_frequency_value,
)
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_ATTENUATION_DB, MAX_FREQUENCY_KHZ
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_uhfr.codec import encode
from micboard_tui.protocols.shure_uhfr.messages import NAME_WIDTH, Get, Report, Set, padded

MAX_GROUP_CHANNEL = 99


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A command ready to be sent."""

    set: Set
    format_value: Callable[[str], str]
    """Makes the text that users see of a confirmed value."""

    @property
    def get(self) -> Get:
        """The question that tells whether it took effect."""
        return Get(self.set.channel, self.set.property)

    @property
    def wanted(self) -> str:
        return " ".join(self.set.values)

    def is_reported_by(self, report: Report) -> bool:
        """Whether ``report`` has the property that was set."""
        return (report.channel, report.property) == (self.set.channel, self.set.property)

    def is_wanted(self, report: Report) -> bool:
        """Whether it reports the value asked for; numbers and names may be padded otherwise."""
        return [_without_padding(value) for value in report.values] == [
            _without_padding(value) for value in self.set.values
        ]


def check_command(command: Command, _model: str | None, channels: Collection[int], /) -> None:
    """Implements ``CommandCheck``; all models allow the same."""
    prepare_command(command, channels)


def describe_command(
    command: Command, _model: str | None, channels: Mapping[int, Mapping[str, str]], /
) -> DescribedCommand:
    """Implements ``CommandDescriber``."""
    prepared = prepare_command(command, channels.keys())
    message = encode(prepared.set).decode().strip()
    return DescribedCommand((message,), synced_by=SYNCED_BY, value=prepared.format_value(prepared.wanted))


def prepare_command(command: Command, channels: Collection[int]) -> PreparedCommand:
    """What to send for ``command``.

    Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent.
    """
    match command:
        case SetChannelName(channel, name):
            prepared = _prepare_name(channel, name)
        case SetGain(channel, gain_db):
            prepared = _prepare_gain(channel, gain_db)
        case SetMute(channel, muted):
            prepared = PreparedCommand(Set(channel, "MUTE", ("ON" if muted else "OFF",)), _format_mute)
        case SetFrequency(channel, frequency_khz):
            prepared = _prepare_frequency(channel, frequency_khz)
        case SetGroupChannel(channel, group, number):
            prepared = _prepare_group(channel, group, number)
        case _:
            raise DeviceError(
                ErrorCode.COMMAND_NOT_SUPPORTED,
                "UHF-R cannot do this over the network",
                hint=hints.USE_FRONT_PANEL,
            )
    check_channel(channel, channels)
    return prepared


def _prepare_name(channel: int, name: str) -> PreparedCommand:
    plain = name.strip()
    try:
        written = padded(plain, 0)
    except ProtocolError as error:
        raise invalid_value_error(
            f"'{name}' cannot be a name", "Use plain letters, digits and signs, no *"
        ) from error
    if not 1 <= len(plain) <= NAME_WIDTH:
        raise invalid_value_error(
            f"'{name}' cannot be a name", f"Use 1 to {NAME_WIDTH} letters, digits or signs"
        )
    return PreparedCommand(Set(channel, "CHAN_NAME", (written,)), lambda raw: raw.replace("_", " ").strip())


def _prepare_gain(channel: int, gain_db: int) -> PreparedCommand:
    check_gain(gain_db, -MAX_ATTENUATION_DB, 0)
    return PreparedCommand(Set(channel, "AUDIO_GAIN", (f"{-gain_db:02d}",)), _format_gain)


def _prepare_frequency(channel: int, frequency_khz: int) -> PreparedCommand:
    check_frequency(frequency_khz, max_khz=MAX_FREQUENCY_KHZ)
    return PreparedCommand(Set(channel, "FREQUENCY", (f"{frequency_khz:06d}",)), format_frequency_value)


def _prepare_group(channel: int, group: int, number: int) -> PreparedCommand:
    check_group_channel(group, number, MAX_GROUP_CHANNEL)
    values = (f"{group:02d}", f"{number:02d}")
    return PreparedCommand(Set(channel, "GROUP_CHAN", values), lambda raw: raw.replace(" ", ","))


def _without_padding(value: str) -> str:
    return value.lstrip("0") if value.isdigit() else value.rstrip("_")


def _format_mute(raw: str) -> str:
    return {"ON": "muted", "OFF": "not muted"}.get(raw, raw)


def _format_gain(raw: str) -> str:
    return f"{-int(raw):+d} dB" if raw.isdigit() else raw
