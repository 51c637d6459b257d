"""Commands for a channel behind the server, confirmed by what it tells afterwards.

Source: docs/reference/protocols/shure.md 14.2, 16.
"""

from dataclasses import dataclass

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    Confirmation,
    Identify,
    SetChannelName,
    SetGain,
    SetMute,
)
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server, trouble
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
class _Wish:
    topic: Topic
    value: Value
    shown: str


async def carry_out(
    command: Command, talk: Conversation, server: Server, waits: Waits = USUAL_WAITS
) -> Confirmation:
    """Send one command and see what came of it.

    Raises DeviceError INVALID_VALUE, COMMAND_NOT_SUPPORTED, DEVICE_REFUSED, COMMAND_UNCONFIRMED, and what
    ``Server`` raises.
    """
    match command:
        case Identify(int(number)):
            device_id, _ = _channel(talk, number)
            return await _flash(command, device_id, talk, server, waits)
        case SetChannelName(number, name):
            topic = _topic(talk, number, Feature.NAME, "be named")
            return await _set(command, _Wish(topic, _name(name), name.strip()), talk, server, waits)
        case SetGain(number, gain_db):
            topic = _topic(talk, number, Feature.GAIN, "change its gain")
            await _check_gain(gain_db, topic, server)
            return await _set(command, _Wish(topic, gain_db, f"{gain_db:+d} dB"), talk, server, waits)
        case SetMute(number, muted):
            topic = _topic(talk, number, Feature.MUTE, "mute its audio")
            shown = "muted" if muted else "not muted"
            return await _set(command, _Wish(topic, muted, shown), talk, server, waits)
        case _:
            raise DeviceError(
                ErrorCode.COMMAND_NOT_SUPPORTED,
                "The System API offers this for no channel, and the server itself has nothing to set",
                hint="Use the front panel, or Shure's own software",
            )


async def _set(
    command: Command, wish: _Wish, talk: Conversation, server: Server, waits: Waits
) -> Confirmation:
    """A PATCH is answered without a word, so the value is read until it is the one asked for.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    answer = await server.call("PATCH", wish.topic.path, value_body(wish.topic.feature, wish.value))
    if not httpx.codes.is_success(answer.status):
        raise _refused(server, answer)
    told: Value = None
    for _ in range(CONFIRM_TIMES):
        await talk.read(server, wish.topic)
        told = talk.site.values.get(wish.topic)
        if told == wish.value:
            return Confirmation(command, wish.shown)
        await anyio.sleep(waits.confirm_every_s)
    raise DeviceError(
        ErrorCode.COMMAND_UNCONFIRMED,
        f"The server took the command, but tells {'nothing' if told is None else told} afterwards",
        hint="Look at the device before trying again",
    )


async def _flash(
    command: Command, device_id: str, talk: Conversation, server: Server, waits: Waits
) -> Confirmation:
    """The API flashes a whole device and does not stop by itself, so we do, whatever happens."""
    owner = talk.site.devices.get(device_id)
    if owner is None or Feature.IDENTIFY not in (owner.capabilities or ()):
        raise _unsupported("be identified", "Use the front panel")
    answer = await server.call("POST", identify(device_id, on=True))
    if not httpx.codes.is_success(answer.status):
        raise _refused(server, answer)
    try:
        await anyio.sleep(waits.flash_s)
    finally:
        with anyio.move_on_after(STOP_TIMEOUT_S, shield=True):
            await server.call("POST", identify(device_id, on=False))
    return Confirmation(command, f"flashed for {waits.flash_s:g} s")


async def _check_gain(gain_db: int, topic: Topic, server: Server) -> None:
    """The range is each channel's own; where it is not told, the server decides."""
    body = await server.get(gain_range(topic))
    try:
        limits = GainRange() if body is None else read_range(body)
    except ProtocolError:
        limits = GainRange()
    low = gain_db if limits.low is None else limits.low
    high = gain_db if limits.high is None else limits.high
    if not low <= gain_db <= high:
        raise _invalid(f"A gain of {gain_db} dB is out of range", f"Use {low:g} to {high:g} dB")


def _channel(talk: Conversation, number: int) -> tuple[str, AudioChannel | None]:
    """The device that a channel belongs to, and the channel if the device tells of it."""
    found = talk.numbering.find(number)
    if found is None:
        raise _invalid(
            f"There is no channel {number}", f"The server has channels 1 to {talk.numbering.channel_count}"
        )
    device_id, place = found
    channels = talk.site.channels.get(device_id, ())
    return device_id, channels[place] if place < len(channels) else None


def _topic(talk: Conversation, number: int, feature: Feature, what: str) -> Topic:
    device_id, channel = _channel(talk, number)
    if channel is None:
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"The device of channel {number} is not online behind the server",
            hint="Switch it on and wait until the server has found it",
        )
    if feature not in channel.capabilities:
        raise _unsupported(what, "Use the front panel, or Shure's own software")
    return Topic(device_id, feature, channel.id)


def _name(name: str) -> str:
    plain = name.strip()
    if not 1 <= len(plain) <= MAX_NAME or not plain.isprintable():
        raise _invalid(f"'{name}' cannot be a name", f"Use 1 to {MAX_NAME} letters, digits or signs")
    return plain


def _refused(server: Server, answer: Answer) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        str(trouble(server.address, answer)),
        hint="The value is out of its range, or the device is not online behind the server",
    )


def _invalid(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)


def _unsupported(what: str, hint: str) -> DeviceError:
    return DeviceError(
        ErrorCode.COMMAND_NOT_SUPPORTED, f"This channel cannot {what} through the System API", hint=hint
    )
