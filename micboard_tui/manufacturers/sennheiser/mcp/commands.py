"""Commands in MCP's words, with what each kind of device takes. Pure.

Source: docs/reference/protocols/sennheiser.md 5.6.
"""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetMute,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp.conversation import CHANNEL
from micboard_tui.protocols.mcp.messages import Line

MAX_NAME = 8
"""Real units pad names to 8."""
MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ = 174_000, 2_000_000
"""What wireless microphones use anywhere; the device knows its own band and refuses the rest."""
FREQUENCY_STEP_KHZ = 25
GAIN_STEP_DB = 3
_GAINS = {
    DeviceKind.RECEIVER: ("AfOut", -24, 24),
    DeviceKind.IEM_TRANSMITTER: ("Sensitivity", -42, 0),
}


@dataclass(frozen=True, slots=True)
class Order:
    """A command ready to be sent."""

    line: Line
    shown: Callable[[str], str]
    """The confirmed value, in our words."""

    def is_done(self, answer: Line) -> bool:
        """Whether the value in force is the one asked for; a frequency's preset is the device's own."""
        wanted, told = self.line, answer
        if self.line.keyword == "Frequency":
            return wanted.words[:1] == told.words[:1]
        return wanted.rest.strip() == told.rest.strip()


def order(command: Command, kind: DeviceKind) -> Order:
    """The order that carries ``command``.

    Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent.
    """
    if (channel := getattr(command, "channel", None)) not in {None, CHANNEL}:
        raise _invalid(f"There is no channel {channel}", f"The device has channel {CHANNEL} only")
    match command:
        case SetDeviceName(name) | SetChannelName(_, name):
            return _named(name)
        case SetGain(_, gain_db):
            return _gain(gain_db, kind)
        case SetMute(_, muted):
            return Order(Line("Mute", "1" if muted else "0"), _shown_mute)
        case SetFrequency(_, frequency_khz):
            return _frequency(frequency_khz)
        case _:
            raise DeviceError(
                ErrorCode.COMMAND_NOT_SUPPORTED,
                "The Media Control Protocol has no such command",
                hint="Use the front panel",
            )


def _named(name: str) -> Order:
    plain = name.strip()
    if not 1 <= len(plain) <= MAX_NAME or not plain.isascii() or not plain.isprintable():
        raise _invalid(f"'{name}' cannot be a name", f"Use 1 to {MAX_NAME} plain letters, digits or signs")
    return Order(Line("Name", plain), str.strip)


def _gain(gain_db: int, kind: DeviceKind) -> Order:
    keyword, lowest, highest = _GAINS[kind]
    if not lowest <= gain_db <= highest or gain_db % GAIN_STEP_DB:
        raise _invalid(
            f"{gain_db} dB cannot be set", f"Use {lowest} to {highest} dB in steps of {GAIN_STEP_DB} dB"
        )
    return Order(Line(keyword, str(gain_db)), _shown_gain)


def _frequency(frequency_khz: int) -> Order:
    plausible = MIN_FREQUENCY_KHZ <= frequency_khz <= MAX_FREQUENCY_KHZ
    if not plausible or frequency_khz % FREQUENCY_STEP_KHZ:
        raise _invalid(
            f"{frequency_khz / 1000:.3f} MHz is no frequency for a microphone",
            f"Use steps of {FREQUENCY_STEP_KHZ} kHz within the device's band",
        )
    return Order(Line("Frequency", str(frequency_khz)), _shown_frequency)


def _shown_mute(raw: str) -> str:
    return {"1": "muted", "0": "not muted"}.get(raw.strip(), raw.strip())


def _shown_gain(raw: str) -> str:
    return f"{raw.strip()} dB"


def _shown_frequency(raw: str) -> str:
    word = raw.partition(" ")[0]
    return f"{int(word) / 1000:.3f} MHz" if word.isascii() and word.isdigit() else raw.strip()


def _invalid(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)
