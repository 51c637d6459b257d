"""The first seconds with a UHF-R receiver: is it there, how many channels has it, what does it say."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.shure.uhfr.conversation import UNSURE_WORDS, Conversation
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_CHANNELS
from micboard_tui.protocols.shure_uhfr.messages import Get, Report

TRIES = 4
SECOND_CHANNEL_TIMEOUT_S = 0.25
ANSWER_S = 0.15
"""Within so long whatever is answered has been answered."""
ROUNDS = 4
"""So often what was not answered is asked again."""
WORDS = ("CHAN_NAME", "TX_TYPE", "TX_BAT", "MUTE", "AUDIO_GAIN", "FREQUENCY", "GROUP_CHAN")


async def is_there(talk: Conversation, channel: int, timeout_s: float) -> bool:
    """Whether a channel answers."""
    name = Get(channel, "CHAN_NAME")
    return await talk.ask(name, tells(name), timeout_s, TRIES) is not None


def tells(question: Get) -> Callable[[Report], bool]:
    return lambda report: (report.channel, report.property) == tuple(question)


async def read_everything(talk: Conversation, timeout_s: float) -> None:
    """Count the channels and ask each for all it knows.

    Raises DeviceError DEVICE_SILENT when nobody answers within about ``timeout_s``.
    """
    if not await is_there(talk, 1, timeout_s / TRIES):
        raise DeviceError(
            ErrorCode.DEVICE_SILENT,
            "Nothing answers as a UHF-R receiver would",
            hint="Check its address, that it is switched on, and that UDP reaches its network",
        )
    await is_there(talk, MAX_CHANNELS, SECOND_CHANNEL_TIMEOUT_S)
    await talk.say(*(Get(number, name) for number in talk.channels for name in UNSURE_WORDS))
    for _ in range(ROUNDS):
        missing = [
            Get(number, name)
            for number, channel in talk.channels.items()
            for name in WORDS
            if name not in channel.words
        ]
        if not missing:
            break
        await talk.say(*missing)
        await anyio.sleep(ANSWER_S)
    talk.open()
