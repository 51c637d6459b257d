"""A session with one UHF-R receiver over UDP: implements ``Driver``."""

import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.session_timing import ignore, not_connected, until_tick, wants_word
from micboard_tui.manufacturers.shure.uhfr.commands import order
from micboard_tui.manufacturers.shure.uhfr.conversation import Conversation
from micboard_tui.manufacturers.shure.uhfr.handshake import WORDS, read_everything, tells
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_CHANNELS
from micboard_tui.manufacturers.shure.uhfr.metering import Metering
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.shure_uhfr.messages import Get

TICK_S = 1.0
REFRESH_S = 5.0
"""Between two looks at what is not told with the meters: news may be lost on the way."""
REREAD_S = 30.0
"""Between two looks at everything."""
TRIP_TIMEOUT_S = 0.5
CONFIRM_TIMEOUT_S = 0.5
CONFIRM_TRIES = 3
GOODBYE_TIMEOUT_S = 1.0
LOOKS = 20
LOOK_S = 0.1
BESIDE_METERS = ("TX_TYPE",)
"""All else that changes comes with the meters or with their renewal.

Source: docs/reference/protocols/shure.md 9.3.
"""


class ShureUhfrDriver:
    """One receiver. Sends nothing until it is run; every wait has a limit."""

    def __init__(
        self, dial: Dial, options: SessionOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._dial = dial
        self._options = options
        self._clock = clock
        self._talk: Conversation | None = None
        self._commanding = anyio.Lock()

    async def run(self, report: Report) -> NoReturn:
        while True:
            await self._converse(report, self._stay)

    async def read_once(self, report: Report) -> None:
        await self._converse(report, self._look)

    async def execute(self, command: Command) -> Confirmation:
        if self._talk is None:
            raise not_connected()
        return await self._execute(self._talk, command)

    async def execute_once(self, command: Command) -> Confirmation:
        confirmations: list[Confirmation] = []

        async def act(talk: Conversation) -> None:
            await read_everything(talk, self._options.connect_timeout_s)
            confirmations.append(await self._execute(talk, command))

        await self._converse(ignore, act)
        return confirmations[0]

    async def _converse(self, report: Report, act: Callable[[Conversation], Awaitable[None]]) -> None:
        talk = Conversation(report, self._clock)
        async with self._dial(talk) as link:
            await talk.hold(link, lambda: act(talk))

    async def _stay(self, talk: Conversation) -> None:
        """Meter and listen until the receiver falls silent."""
        metering = Metering(talk, self._options.meter_interval_s)
        try:
            await read_everything(talk, self._options.connect_timeout_s)
            self._talk = talk
            refresh_at = talk.now() + REFRESH_S
            reread_at = talk.now() + REREAD_S
            while True:
                await metering.renew()
                if talk.now() >= reread_at:
                    reread_at = talk.now() + REREAD_S
                    await self._reread(talk)
                elif talk.now() >= refresh_at:
                    refresh_at = talk.now() + REFRESH_S
                    words = BESIDE_METERS if metering.units else WORDS
                    await talk.say(*(Get(number, word) for number in talk.channels for word in words))
                await anyio.sleep(until_tick(talk.now(), TICK_S))
                await self._check_alive(talk)
        finally:
            self._talk = None
            await _goodbye(metering)

    @staticmethod
    async def _reread(talk: Conversation) -> None:
        """Everything again, a channel that did not answer at first included."""
        name = Get(1, WORDS[0])
        await talk.ask(name, tells(name), TRIP_TIMEOUT_S, 1)
        if MAX_CHANNELS not in talk.channels:
            await talk.say(Get(MAX_CHANNELS, WORDS[0]))
        words = (*WORDS, *sorted(talk.answered))
        await talk.say(*(Get(number, word) for number in talk.channels for word in words))

    async def _look(self, talk: Conversation) -> None:
        """Read everything and one set of meters."""
        metering = Metering(talk, self._options.meter_interval_s)
        try:
            await read_everything(talk, self._options.connect_timeout_s)
            for _ in range(LOOKS if metering.units else 0):
                await metering.renew()
                if all(channel.samples for channel in talk.channels.values()):
                    break
                await anyio.sleep(LOOK_S)
        finally:
            await _goodbye(metering)

    async def _check_alive(self, talk: Conversation) -> None:
        if wants_word(talk.silence_s, self._options.silence_limit_s):
            await talk.say(Get(1, WORDS[0]))

    async def _execute(self, talk: Conversation, command: Command) -> Confirmation:
        """One command at a time, confirmed by its report. What is refused is not answered."""
        ready = order(command, talk.channels)
        async with self._commanding:
            answer = await talk.ask(ready.set, ready.confirmed_by, CONFIRM_TIMEOUT_S, CONFIRM_TRIES)
            was_answered = answer is not None
            if answer is None or not ready.is_wanted(answer):
                # A report of before may have crossed the command, so ask what is in force.
                answer = await talk.ask(ready.get, tells(ready.get), CONFIRM_TIMEOUT_S, CONFIRM_TRIES)
        told = None if answer is None else " ".join(answer.values)
        is_wanted = answer is not None and ready.is_wanted(answer)
        if told is None or not (is_wanted or was_answered):
            in_force = "" if told is None else f"; in force is {ready.shown(told)}"
            raise DeviceError(
                ErrorCode.COMMAND_UNCONFIRMED,
                f"The device did not confirm {ready.set.property} {ready.wanted}{in_force}",
                hint="Look at the device before trying again",
            )
        return Confirmation(command, ready.shown(told), adapted=not is_wanted)


async def _goodbye(metering: Metering) -> None:
    """Stop the meters, even while everything is being cancelled."""
    with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
        await metering.stop()
