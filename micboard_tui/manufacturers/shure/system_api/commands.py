"""Commands for a channel behind the server, confirmed by what the server then reports.

Source: docs/reference/protocols/shure.md 14.2, 16.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import anyio
import httpx

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    Confirmation,
    Identify,
    SetChannelName,
    SetGain,
    SetMute,
)
from micboard_tui.manufacturers.command_checks import check_gain
from micboard_tui.manufacturers.command_errors import invalid_value_error, not_identified_error
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.mapping import CHANNEL_ID, DEVICE_ID
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server, unexpected_answer
from micboard_tui.manufacturers.transport.http_text import Request
from micboard_tui.manufacturers.transport.https import Answer
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.messages import AudioChannel, Feature, GainRange, Value
from micboard_tui.protocols.shure_system_api.paths import Topic, gain_range, identify
from micboard_tui.protocols.shure_system_api.reading import read_range
from micboard_tui.protocols.shure_system_api.writing import value_body

MAX_NAME = 31
"""As much as any Shure device shows; the server refuses what its device does not take.

Source: docs/reference/protocols/shure.md 1.5.
"""
_USE_SHURE_SOFTWARE = f"{hints.USE_FRONT_PANEL}, or Shure's own software"
CONFIRM_TIMES = 6
STOP_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Waits:
    """In seconds."""

    confirm_every_s: float = 0.5
    """Between two looks whether a value was taken."""
    flash_s: float = 3.0


USUAL_WAITS = Waits()


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """A command as the value of a channel's feature."""

    channel: int
    feature: Feature
    value: Value
    shown: str
    action: str
    """What a channel without the feature cannot do."""


def prepare_command(command: Command) -> PreparedCommand:
    """As far as it does not depend on the channel: the range of a gain is each channel's own.

    Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED.
    """
    match command:
        case Identify(int(number)):
            return PreparedCommand(number, Feature.IDENTIFY, True, "flashing", "be identified")  # noqa: FBT003 - the value of the feature
        case SetChannelName(number, name):
            return PreparedCommand(number, Feature.NAME, _parse_name(name), name.strip(), "be named")
        case SetGain(number, gain_db):
            return PreparedCommand(number, Feature.GAIN, gain_db, f"{gain_db:+d} dB", "change its gain")
        case SetMute(number, muted):
            shown = "muted" if muted else "not muted"
            return PreparedCommand(number, Feature.MUTE, muted, shown, "mute its audio")
        case _:
            raise DeviceError(
                ErrorCode.COMMAND_NOT_SUPPORTED,
                "The System API offers this for no channel, and the server itself has nothing to set",
                hint=_USE_SHURE_SOFTWARE,
            )


def set_request(topic: Topic, value: Value) -> Request:
    """What sets a value of a channel."""
    return Request("PATCH", topic.path, value_body(topic.feature, value))


def flash_request(device_id: str, *, on: bool) -> Request:
    """What has a device flash, or stop."""
    return Request("POST", identify(device_id, on=on))


def describe_requests(prepared: PreparedCommand, channel: Mapping[str, str]) -> tuple[str, ...]:
    """What is sent for a command to a channel with these properties.

    Raises DeviceError DEVICE_UNREACHABLE where they do not say how the server addresses it.
    """
    device_id, channel_id = channel.get(DEVICE_ID), channel.get(CHANNEL_ID)
    if device_id is None or (channel_id is None and prepared.feature is not Feature.IDENTIFY):
        raise not_identified_error()
    if prepared.feature is Feature.IDENTIFY:
        return tuple(flash_request(device_id, on=on).describe() for on in (True, False))
    topic = Topic(device_id, prepared.feature, channel_id)
    return (set_request(topic, prepared.value).describe(),)


async def execute_command(
    command: Command, conversation: Conversation, server: Server, waits: Waits = USUAL_WAITS
) -> Confirmation:
    """Send one command and see what came of it.

    Raises DeviceError INVALID_VALUE, COMMAND_NOT_SUPPORTED, DEVICE_REFUSED, COMMAND_UNCONFIRMED, and what
    ``Server`` raises.
    """
    prepared = prepare_command(command)
    if prepared.feature is Feature.IDENTIFY:
        return await _flash_device(command, prepared, conversation, server, waits)
    topic = _topic_of(conversation, prepared)
    if isinstance(command, SetGain):
        await _check_gain(command.gain_db, topic, server)
    await _set_value(topic, prepared.value, conversation, server, waits)
    return Confirmation(command, prepared.shown)


async def _set_value(
    topic: Topic, wanted: Value, conversation: Conversation, server: Server, waits: Waits
) -> None:
    """A PATCH is answered without a value, so the value is read until it is the one asked for.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    answer = await server.call(*set_request(topic, wanted))
    if not httpx.codes.is_success(answer.status):
        raise _refused_error(server, answer)
    value: Value = None
    for _ in range(CONFIRM_TIMES):
        await conversation.read(server, topic)
        value = conversation.site.values.get(topic)
        if value == wanted:
            return
        await anyio.sleep(waits.confirm_every_s)
    raise DeviceError(
        ErrorCode.COMMAND_UNCONFIRMED,
        f"The server took the command, but then reports {'nothing' if value is None else value}",
        hint=hints.LOOK_AT_DEVICE,
    )


async def _flash_device(
    command: Command, prepared: PreparedCommand, conversation: Conversation, server: Server, waits: Waits
) -> Confirmation:
    """The API flashes a whole device and does not stop by itself, so we do, whatever happens."""
    device_id, _ = _find_channel(conversation, prepared.channel)
    owner = conversation.site.devices.get(device_id)
    if owner is None or prepared.feature not in (owner.capabilities or ()):
        raise _unsupported_error(prepared.action, hints.USE_FRONT_PANEL)
    answer = await server.call(*flash_request(device_id, on=True))
    if not httpx.codes.is_success(answer.status):
        raise _refused_error(server, answer)
    try:
        await anyio.sleep(waits.flash_s)
    finally:
        with anyio.move_on_after(STOP_TIMEOUT_S, shield=True):
            await server.call(*flash_request(device_id, on=False))
    return Confirmation(command, f"flashed for {waits.flash_s:g} s")


async def _check_gain(gain_db: int, topic: Topic, server: Server) -> None:
    """The range is each channel's own; where it is not known, the server decides."""
    body = await server.get(gain_range(topic))
    try:
        limits = GainRange() if body is None else read_range(body)
    except ProtocolError:
        limits = GainRange()
    low = gain_db if limits.low is None else limits.low
    high = gain_db if limits.high is None else limits.high
    check_gain(gain_db, low, high)


def _find_channel(conversation: Conversation, number: int) -> tuple[str, AudioChannel | None]:
    """The device that a channel belongs to, and the channel if the device tells of it."""
    location = conversation.numbering.find_channel(number)
    if location is None:
        raise invalid_value_error(
            f"There is no channel {number}",
            f"The server has channels 1 to {conversation.numbering.channel_count}",
        )
    device_id, index = location
    channels = conversation.site.channels.get(device_id, ())
    return device_id, channels[index] if index < len(channels) else None


def _topic_of(conversation: Conversation, prepared: PreparedCommand) -> Topic:
    device_id, channel = _find_channel(conversation, prepared.channel)
    if channel is None:
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"The device of channel {prepared.channel} is not online behind the server",
            hint="Switch it on and wait until the server has found it",
        )
    if prepared.feature not in channel.capabilities:
        raise _unsupported_error(prepared.action, _USE_SHURE_SOFTWARE)
    return Topic(device_id, prepared.feature, channel.id)


def _parse_name(name: str) -> str:
    plain = name.strip()
    if not 1 <= len(plain) <= MAX_NAME or not plain.isprintable():
        raise invalid_value_error(
            f"'{name}' cannot be a name", f"Use 1 to {MAX_NAME} letters, digits or signs"
        )
    return plain


def _refused_error(server: Server, answer: Answer) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        str(unexpected_answer(server.address, answer)),
        hint="The value is out of its range, or the device is not online behind the server",
    )


def _unsupported_error(what: str, hint: str) -> DeviceError:
    return DeviceError(
        ErrorCode.COMMAND_NOT_SUPPORTED, f"This channel cannot {what} through the System API", hint=hint
    )
