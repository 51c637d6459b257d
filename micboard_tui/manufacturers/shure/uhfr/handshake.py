"""The first seconds with a UHF-R receiver: whether it is there, its channels, and all their values."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.shure.uhfr.conversation import UNVERIFIED_PROPERTIES, Conversation
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_CHANNELS
from micboard_tui.protocols.shure_uhfr.messages import Get, Report

TRIES = 4
SECOND_CHANNEL_TIMEOUT_S = 0.25
ANSWER_S = 0.15
"""Within so long whatever is answered has been answered."""
ROUNDS = 4
"""So often what was not answered is asked again."""
PROPERTIES = ("CHAN_NAME", "TX_TYPE", "TX_BAT", "MUTE", "AUDIO_GAIN", "FREQUENCY", "GROUP_CHAN")


async def is_answering(conversation: Conversation, channel: int, timeout_s: float) -> bool:
    """Whether a channel answers."""
    name = Get(channel, "CHAN_NAME")
    return await conversation.ask(name, is_answer_to(name), timeout_s, TRIES) is not None


def is_answer_to(question: Get) -> Callable[[Report], bool]:
    return lambda report: (report.channel, report.property) == tuple(question)


async def read_everything(conversation: Conversation, timeout_s: float) -> None:
    """Count the channels and ask each for all it knows.

    Raises DeviceError DEVICE_SILENT when nothing answers within about ``timeout_s``.
    """
    if not await is_answering(conversation, 1, timeout_s / TRIES):
        raise DeviceError(
            ErrorCode.DEVICE_SILENT,
            "No UHF-R receiver answers",
            hint="Check its address, its power, and that UDP reaches it",
        )
    await is_answering(conversation, MAX_CHANNELS, SECOND_CHANNEL_TIMEOUT_S)
    await conversation.send(
        *(Get(number, name) for number in conversation.channels for name in UNVERIFIED_PROPERTIES)
    )
    for _ in range(ROUNDS):
        missing = [
            Get(number, name)
            for number, channel in conversation.channels.items()
            for name in PROPERTIES
            if name not in channel.values
        ]
        if not missing:
            break
        await conversation.send(*missing)
        await anyio.sleep(ANSWER_S)
    conversation.open()
