"""A session with one Shure device over command strings."""

import time

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.command_errors import not_identified_error, unconfirmed_error
from micboard_tui.manufacturers.link_conversation import Contact, LinkSessions
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.session_timing import (
    ROUND_TRIP_EVERY_S,
    Clock,
    IntervalTimer,
    is_quiet,
    seconds_to_tick,
)
from micboard_tui.manufacturers.shure import access_hints
from micboard_tui.manufacturers.shure.strings import anx4_channels
from micboard_tui.manufacturers.shure.strings.antenna_polling import AntennaPolling
from micboard_tui.manufacturers.shure.strings.commands import is_same_value, prepare_command
from micboard_tui.manufacturers.shure.strings.conversation import Conversation, Stage
from micboard_tui.manufacturers.shure.strings.handshake import (
    identify,
    read_channel,
    read_everything,
)
from micboard_tui.manufacturers.shure.strings.metering import Metering, OtherRates
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.shure_strings.messages import Get, Rep

TICK_S = 1.0
CONFIRM_TIMEOUT_S = 3.0
REREAD_TIMEOUT_S = 1.0
LAYOUT_PROPERTIES = ("QUADVERSITY_MODE", "MODEL", *anx4_channels.LAYOUT_PROPERTIES)
"""When one of these changes, the receiver has other channels than before.

Source: docs/reference/protocols/shure.md 5.1, 5.8.
"""


def make_strings_driver(dial: Dial, options: SessionOptions, clock: Clock = time.monotonic) -> SessionDriver:
    """A driver for what ``dial`` connects with."""
    rates = OtherRates()

    def explain(error: DeviceError, contact: Contact) -> DeviceError:
        return explain_error(error, contact, options.known_model)

    sessions = LinkSessions(
        dial, lambda report: StringsSession(Conversation(report, clock), options, rates), explain
    )
    return SessionDriver(sessions.connect)


class StringsSession:
    """Implements ``LinkSession``."""

    def __init__(self, conversation: Conversation, options: SessionOptions, rates: OtherRates) -> None:
        """``rates`` outlive the session: what they hold is to be put back even after a lost connection."""
        self.conversation = conversation
        self._options = options
        self._rates = rates
        self._metering: Metering | None = None

    @property
    def takes_commands(self) -> bool:
        return self.conversation.stage is Stage.LISTENING

    async def stay(self) -> None:
        """Meter and listen until the link is lost or the device falls silent."""
        conversation = self.conversation
        metering = await self._open()
        conversation.finish_listing(metering.interval_s)
        layout = self._layout()
        antennas = AntennaPolling(conversation, conversation.dialect)
        round_trip_timer = IntervalTimer(conversation.now, ROUND_TRIP_EVERY_S)
        while True:
            await metering.assert_rate()
            await antennas.ask()
            if round_trip_timer.has_elapsed():
                await conversation.ask(self._name_question(), _names_device, REREAD_TIMEOUT_S)
            await anyio.sleep(seconds_to_tick(conversation.now(), TICK_S))
            if is_quiet(conversation.silence_s, self._options.silence_limit_s):
                await conversation.send(self._name_question())
            await self._read_new_transmitters()
            if self._layout() != layout and conversation.dialect is not None:
                conversation.restart_listing()
                await read_everything(conversation, conversation.dialect)
                conversation.finish_listing(metering.interval_s)
                layout = self._layout()

    async def look(self) -> None:
        metering = await self._open()
        self.conversation.finish_listing(None)
        await metering.take_samples()

    async def prepare(self) -> None:
        await self._open()
        self.conversation.finish_listing(None)

    async def execute(self, command: Command) -> Confirmation:
        """Confirmed by its REP (docs/reference/protocols/shure.md 16)."""
        conversation = self.conversation
        if conversation.dialect is None:
            raise not_identified_error()
        values = {number: channel.values for number, channel in conversation.channels.items()}
        prepared = prepare_command(command, conversation.dialect, values)
        answer = await conversation.ask(
            prepared.set, lambda rep: prepared.confirmed_value(rep) is not None, CONFIRM_TIMEOUT_S
        )
        if answer is None:
            # A refused command may simply stay unanswered (docs/reference/protocols/shure.md 1.6), so ask
            # what is in force.
            answer = await conversation.ask(
                prepared.get, lambda rep: prepared.confirmed_value(rep) is not None, REREAD_TIMEOUT_S
            )
            value = prepared.confirmed_value(answer) if isinstance(answer, Rep) else None
            if value is None or not is_same_value(prepared.wanted, value):
                in_force = None if value is None else prepared.format_value(value)
                raise unconfirmed_error(f"{prepared.set.property} {prepared.wanted}", in_force)
            return Confirmation(command, prepared.format_value(value))
        if not isinstance(answer, Rep):
            raise DeviceError(
                ErrorCode.DEVICE_REFUSED,
                f"The device refuses {prepared.set.property} {prepared.wanted}",
                hint=hints.CHECK_RANGE_OR_LOCK,
            )
        value = prepared.confirmed_value(answer) or ""
        return Confirmation(
            command, prepared.format_value(value), adapted=not is_same_value(prepared.wanted, value)
        )

    async def leave(self) -> None:
        """Leave the device as we found it (docs/reference/protocols/shure.md 15.1)."""
        self.conversation.close()
        if self._metering is not None:
            await self._metering.stop()

    async def _open(self) -> Metering:
        """Identify and read everything. The meters are ready to be asked for."""
        dialect = await read_everything(self.conversation, await identify(self.conversation))
        self._metering = Metering(self.conversation, dialect, self._options, self._rates)
        return self._metering

    def _layout(self) -> tuple[str | None, ...]:
        return tuple(self.conversation.device_values.get(name) for name in LAYOUT_PROPERTIES)

    def _name_question(self) -> Get:
        """What every device answers, and what changes nothing."""
        dialect = self.conversation.dialect
        return Get(None, "DEVICE_ID" if dialect is None else dialect.device_name)

    async def _read_new_transmitters(self) -> None:
        """Where another transmitter may have come, ask for all of its properties.

        Source: docs/reference/protocols/shure.md 10.
        """
        dialect = self.conversation.dialect
        for number, channel in tuple(self.conversation.channels.items()):
            if channel.wants_reading and dialect is not None:
                channel.wants_reading = False
                await read_channel(self.conversation, dialect, number)


def explain_error(error: DeviceError, contact: Contact, model: str | None) -> DeviceError:
    """Tell a device that does not let us in from one that is gone: that one has spoken before.

    ``model``: what the device was known to be; None: nothing.
    """
    if error.code is ErrorCode.DEVICE_REFUSED and contact is Contact.BEFORE:
        return DeviceError(
            ErrorCode.DEVICE_UNREACHABLE,
            str(error),
            hint=hints.RECONNECTS,
        )
    if contact is not Contact.NEVER:
        return error
    if error.code is ErrorCode.DEVICE_SILENT:
        return DeviceError(ErrorCode.DEVICE_REFUSED, str(error), hint=access_hints.silent_hint(model))
    if error.code is ErrorCode.DEVICE_REFUSED:
        return DeviceError(error.code, str(error), hint=access_hints.refused_hint(model))
    return error


def _names_device(rep: Rep) -> bool:
    return rep.property in {"DEVICE_ID", "DEVICE_NAME"}
