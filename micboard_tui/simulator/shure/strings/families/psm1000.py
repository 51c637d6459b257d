"""PSM1000: asked property by property, and it sends two levels instead of samples.

Source: docs/reference/protocols/shure.md 8.
"""

from collections.abc import Sequence

from micboard_tui.protocols.shure_strings.codec import encode_line
from micboard_tui.protocols.shure_strings.messages import Message, Rep
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.set_values import MAX_NAME, RefusedError, single_value
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import shared_properties
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import Property, setting_property

MAX_RATE_MS = 65535
LOUDEST = 3_548_184
"""The greatest level ever observed (docs/reference/protocols/shure.md 8.3)."""
LOWEST_DB = -67


def format_level(dbfs: float) -> str:
    """A linear amplitude; what it is linear to is not documented."""
    return f"{round(LOUDEST * 10 ** (dbfs / 20)):011d}"


def reports(channel: Channel) -> Sequence[Message]:
    """Left and right. What is mixed for the ears is as loud as its voice, received or not."""
    voice = channel.air.voice
    return (
        Rep(channel.number, "AUDIO_IN_LVL_L", (format_level(voice.peak_dbfs),)),
        Rep(channel.number, "AUDIO_IN_LVL_R", (format_level(voice.rms_dbfs),)),
    )


def bare_name(values: Sequence[str]) -> str:
    """A name without braces; ``_`` or a space is a space."""
    name = " ".join(values).replace("_", " ").strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise RefusedError
    return name


def _device(_device: DeviceIdentity, _channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    def write(device: DeviceIdentity, values: Sequence[str]) -> None:
        device.name = bare_name(values)

    return [Property("DEVICE_NAME", lambda device: device.name.replace(" ", "_"), write)]


def _channel(_channel: Channel) -> list[Property[Channel]]:
    def rename(channel: Channel, values: Sequence[str]) -> None:
        channel.name = bare_name(values)

    return [
        Property("CHAN_NAME", lambda channel: channel.name.replace(" ", "_"), rename),
        Property("AUDIO_IN_LVL", lambda channel: str(channel.gain), _set_level),
        shared_properties.group_plain(),
        shared_properties.frequency(6),
        setting_property("RF_TX_LVL", "50", "10", "100"),
        Property("RF_MUTE", lambda channel: "1" if channel.muted else "0", _set_mute),
        setting_property("AUDIO_TX_MODE", "3", "1", "2"),
        setting_property("AUDIO_IN_LINE_LVL", "1", "0"),
        shared_properties.meter_rate(MAX_RATE_MS),
    ]


def _set_level(channel: Channel, values: Sequence[str]) -> None:
    value = single_value(values)
    if not (value.isascii() and value.removeprefix("-").isdigit()) or not LOWEST_DB <= int(value) <= 0:
        raise RefusedError
    channel.gain = int(value)


def _set_mute(channel: Channel, values: Sequence[str]) -> None:
    value = single_value(values)
    if value not in {"0", "1"}:
        raise RefusedError
    channel.muted = value == "1"


PSM1000 = Family(
    _device,
    _channel,
    lambda _: [],
    reports=reports,
    encode=encode_line,
    needs_line_ends=True,
    # The safer likeness (docs/reference/protocols/shure.md 19).
    writes_singly=True,
    lists=False,
    # No REP ERR of it was ever recorded. [inferred]
    says_err=False,
    takes_index_0=False,
)
