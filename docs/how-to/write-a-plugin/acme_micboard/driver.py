"""A session with one receiver. Implements ``Driver`` of micboard_tui.contracts.ports."""

import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

from acme_micboard.conversation import Conversation, ignore
from acme_micboard.wire import number
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation, SetChannelName
from micboard_tui.manufacturers.transport.link import Dial

DRIVER = "acme-tinylink"
PORT = 4711
USUAL_INTERVAL_S = 0.1
TICK_S = 0.5


class AcmeDriver:
    """Connects when it is run. Every wait has a limit."""

    def __init__(self, dial: Dial, options: SessionOptions) -> None:
        self._dial, self._options = dial, options
        wanted_s = options.meter_interval_s
        self._interval_s = USUAL_INTERVAL_S if wanted_s is None else wanted_s
        self._talk: Conversation | None = None
        self._turn = anyio.Lock()

    async def run(self, report: Report) -> NoReturn:
        while True:
            await self._converse(report, self._stay)

    async def read_once(self, report: Report) -> None:
        await self._converse(report, self._look)

    async def execute(self, command: Command) -> Confirmation:
        if self._talk is None:
            raise DeviceError(ErrorCode.DEVICE_UNREACHABLE, "It is not connected", hint="Wait until it is")
        async with self._turn:
            return await _obeyed(self._talk, command)

    async def execute_once(self, command: Command) -> Confirmation:
        done: list[Confirmation] = []

        async def act(talk: Conversation) -> None:
            await talk.ask("HELLO", answers=("IS",))
            done.append(await _obeyed(talk, command))

        await self._converse(ignore, act)
        return done[0]

    async def _converse(self, report: Report, act: Callable[[Conversation], Awaitable[None]]) -> None:
        talk = Conversation(report, self._interval_s)
        async with self._dial(talk) as link:
            await talk.hold(link, lambda: act(talk))

    async def _stay(self, talk: Conversation) -> None:
        """Meter and listen until the device falls silent, is lost, or we are cancelled."""
        try:
            await self._open(talk)
            self._talk = talk
            while True:
                await anyio.sleep(TICK_S)
                self._check_alive(talk)
        finally:
            self._talk = None
            # We leave the device as we found it. The link sends what was said before it closes.
            talk.say("METER", 0)

    async def _look(self, talk: Conversation) -> None:
        """Everything, and one set of meters."""
        try:
            channels = await self._open(talk)
            with anyio.move_on_after(3 * self._interval_s):
                await talk.until_metered(channels)
        finally:
            talk.say("METER", 0)

    async def _open(self, talk: Conversation) -> int:
        """Ask for everything and for meters; answers with the number of channels."""
        said = await talk.ask("HELLO", answers=("IS",))
        channels = (number(said[2], 1, 2) if len(said) > 2 else None) or 1
        for channel in range(1, channels + 1):
            await talk.ask("SHOW", channel, answers=("CHANNEL",))
        if self._interval_s:
            talk.say("METER", round(self._interval_s * 1000))
        return channels

    def _check_alive(self, talk: Conversation) -> None:
        silence_s = time.monotonic() - talk.heard_at
        if silence_s >= self._options.silence_limit_s:
            raise DeviceError(
                ErrorCode.DEVICE_SILENT,
                f"No word for {silence_s:.0f} s",
                hint="Check its power and its cable",
            )
        if silence_s >= self._options.silence_limit_s / 2:
            talk.say("HELLO")


async def _obeyed(talk: Conversation, command: Command) -> Confirmation:
    """Done when the device says so. What the device cannot do is said, and never sent."""
    if not isinstance(command, SetChannelName):
        raise DeviceError(
            ErrorCode.COMMAND_NOT_SUPPORTED, "TinyLink cannot do that", hint="Do it at the front panel"
        )
    said = await talk.ask("NAME", command.channel, command.name, answers=("CHANNEL", "NO"))
    if said[0] == "NO":
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED, f"It refuses ({' '.join(said[1:])})", hint="Choose another name"
        )
    name = " ".join(said[5:])
    return Confirmation(command, name, adapted=name != command.name)
