"""A session with one UHF-R receiver over UDP."""

import time

import anyio

from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.command_errors import unconfirmed_error
from micboard_tui.manufacturers.link_conversation import LinkSessions
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.session_timing import Clock, IntervalTimer, is_quiet, seconds_to_tick
from micboard_tui.manufacturers.shure.uhfr.commands import prepare_command
from micboard_tui.manufacturers.shure.uhfr.conversation import Conversation
from micboard_tui.manufacturers.shure.uhfr.handshake import PROPERTIES, is_answer_to, read_everything
from micboard_tui.manufacturers.shure.uhfr.mapping import MAX_CHANNELS
from micboard_tui.manufacturers.shure.uhfr.metering import Metering
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.shure_uhfr.messages import Get

TICK_S = 1.0
REFRESH_S = 5.0
"""Between two questions for what does not come with the meters: a report may be lost."""
REREAD_S = 30.0
"""Between two questions for everything."""
ROUND_TRIP_TIMEOUT_S = 0.5
CONFIRM_TIMEOUT_S = 0.5
CONFIRM_TRIES = 3
UNMETERED_PROPERTIES = ("TX_TYPE",)
"""All else that changes comes with the meters or with their renewal.

Source: docs/reference/protocols/shure.md 9.3.
"""


def make_uhfr_driver(dial: Dial, options: SessionOptions, clock: Clock = time.monotonic) -> SessionDriver:
    """A driver for the receiver that ``dial`` reaches."""
    sessions = LinkSessions(dial, lambda report: UhfrSession(Conversation(report, clock), options))
    return SessionDriver(sessions.connect)


class UhfrSession:
    """Implements ``LinkSession``."""

    def __init__(self, conversation: Conversation, options: SessionOptions) -> None:
        self.conversation = conversation
        self._options = options
        self._metering = Metering(conversation, options)

    @property
    def takes_commands(self) -> bool:
        return self.conversation.is_open

    async def stay(self) -> None:
        """Meter and listen until the receiver falls silent."""
        conversation = self.conversation
        await self.prepare()
        conversation.set_meter_interval(self._metering.interval_s)
        refresh_timer = IntervalTimer(conversation.now, REFRESH_S)
        reread_timer = IntervalTimer(conversation.now, REREAD_S)
        while True:
            await self._metering.renew()
            if reread_timer.has_elapsed():
                await self._reread()
            elif refresh_timer.has_elapsed():
                await self._ask_for(UNMETERED_PROPERTIES if self._metering.units else PROPERTIES)
            await anyio.sleep(seconds_to_tick(conversation.now(), TICK_S))
            if is_quiet(conversation.silence_s, self._options.silence_limit_s):
                await conversation.send(Get(1, PROPERTIES[0]))

    async def look(self) -> None:
        await self.prepare()
        await self._metering.take_samples()

    async def prepare(self) -> None:
        await read_everything(self.conversation, self._options.connect_timeout_s)

    async def execute(self, command: Command) -> Confirmation:
        """Confirmed by its report. What is refused is not answered."""
        prepared = prepare_command(command, self.conversation.channels)
        answer = await self.conversation.ask(
            prepared.set, prepared.is_reported_by, CONFIRM_TIMEOUT_S, CONFIRM_TRIES
        )
        was_answered = answer is not None
        if answer is None or not prepared.is_wanted(answer):
            # A report of before may have crossed the command, so ask what is in force.
            answer = await self.conversation.ask(
                prepared.get, is_answer_to(prepared.get), CONFIRM_TIMEOUT_S, CONFIRM_TRIES
            )
        value = None if answer is None else " ".join(answer.values)
        is_wanted = answer is not None and prepared.is_wanted(answer)
        if value is None or not (is_wanted or was_answered):
            in_force = None if value is None else prepared.format_value(value)
            raise unconfirmed_error(f"{prepared.set.property} {prepared.wanted}", in_force)
        return Confirmation(command, prepared.format_value(value), adapted=not is_wanted)

    async def leave(self) -> None:
        await self._metering.stop()

    async def _reread(self) -> None:
        """Everything again, a channel that did not answer at first included."""
        conversation = self.conversation
        name = Get(1, PROPERTIES[0])
        await conversation.ask(name, is_answer_to(name), ROUND_TRIP_TIMEOUT_S, 1)
        if MAX_CHANNELS not in conversation.channels:
            await conversation.send(Get(MAX_CHANNELS, PROPERTIES[0]))
        await self._ask_for((*PROPERTIES, *sorted(conversation.answered)))

    async def _ask_for(self, properties: tuple[str, ...]) -> None:
        conversation = self.conversation
        await conversation.send(
            *(Get(number, name) for number in conversation.channels for name in properties)
        )
