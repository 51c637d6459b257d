"""Commands as MCP's lines, with what each kind of device takes. Pure.

Source: docs/reference/protocols/sennheiser.md 5.6.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from micboard_tui.contracts.ports import DescribedCommand
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetMute,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.units import format_frequency
from micboard_tui.manufacturers.command_checks import check_frequency, check_gain, check_name
from micboard_tui.manufacturers.command_errors import (
    invalid_value_error,
    not_identified_error,
    not_supported_error,
)
from micboard_tui.manufacturers.sennheiser.mcp.conversation import CHANNEL
from micboard_tui.manufacturers.sennheiser.mcp.mapping import MODELS
from micboard_tui.protocols.mcp.codec import encode
from micboard_tui.protocols.mcp.messages import Line

MAX_NAME = 8
"""Real units pad names to 8."""
GAIN_STEP_DB = 3
_GAINS = {
    DeviceKind.RECEIVER: ("AfOut", -24, 24),
    DeviceKind.IEM_TRANSMITTER: ("Sensitivity", -42, 0),
}


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A command as the line to send."""

    line: Line
    format_value: Callable[[str], str]
    """Formats a confirmed value for users."""

    def is_confirmed_by(self, answer: Line) -> bool:
        """Whether the value in force is the one asked for; a frequency's preset is the device's own."""
        if self.line.keyword == "Frequency":
            return self.line.arguments[:1] == answer.arguments[:1]
        return self.line.rest.strip() == answer.rest.strip()


def check_command(command: Command, model: str | None, _channels: Collection[int], /) -> None:
    """Implements ``CommandCheck``."""
    for kind, known_model in MODELS.items():
        if known_model == model:
            prepare_command(command, kind)


def describe_command(
    command: Command, model: str | None, _channels: Mapping[int, Mapping[str, str]], /
) -> DescribedCommand:
    """Implements ``CommandDescriber``."""
    kind = next((kind for kind, known_model in MODELS.items() if known_model == model), None)
    if kind is None:
        raise not_identified_error()
    prepared = prepare_command(command, kind)
    # docs/reference/protocols/sennheiser.md 5.6: an in-ear transmitter mutes by its carrier.
    switches_carrier = isinstance(command, SetMute) and kind is DeviceKind.IEM_TRANSMITTER
    message = encode([prepared.line]).decode().strip()
    return DescribedCommand((message,), switches_carrier, value=prepared.format_value(prepared.line.rest))


def prepare_command(command: Command, kind: DeviceKind) -> PreparedCommand:
    """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent."""
    if (channel := getattr(command, "channel", None)) not in {None, CHANNEL}:
        raise invalid_value_error(f"There is no channel {channel}", f"The device has channel {CHANNEL} only")
    match command:
        case SetDeviceName(name) | SetChannelName(_, name):
            return PreparedCommand(Line("Name", check_name(name, MAX_NAME)), str.strip)
        case SetGain(_, gain_db):
            return _prepare_gain(gain_db, kind)
        case SetMute(_, muted):
            return PreparedCommand(Line("Mute", "1" if muted else "0"), _format_mute)
        case SetFrequency(_, frequency_khz):
            return _prepare_frequency(frequency_khz)
        case _:
            raise not_supported_error("The Media Control Protocol has no such command")


def _prepare_gain(gain_db: int, kind: DeviceKind) -> PreparedCommand:
    keyword, lowest, highest = _GAINS[kind]
    check_gain(gain_db, lowest, highest, GAIN_STEP_DB)
    return PreparedCommand(Line(keyword, str(gain_db)), _format_gain)


def _prepare_frequency(frequency_khz: int) -> PreparedCommand:
    check_frequency(frequency_khz)
    return PreparedCommand(Line("Frequency", str(frequency_khz)), _format_frequency)


def _format_mute(raw: str) -> str:
    return {"1": "muted", "0": "not muted"}.get(raw.strip(), raw.strip())


def _format_gain(raw: str) -> str:
    return f"{raw.strip()} dB"


def _format_frequency(raw: str) -> str:
    khz = raw.partition(" ")[0]
    return format_frequency(int(khz)) if khz.isascii() and khz.isdigit() else raw.strip()
