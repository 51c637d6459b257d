"""A session with one device over the Media Control Protocol."""

import time

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.command_errors import (
    not_identified_error,
    not_supported_error,
    unconfirmed_error,
)
from micboard_tui.manufacturers.link_conversation import LinkSessions
from micboard_tui.manufacturers.sennheiser.mcp.commands import PreparedCommand, prepare_command
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.handshake import (
    ANSWER_TIMEOUT_S,
    NAME_QUESTION,
    SILENT_HINT,
    TRIES,
    ask_missing,
    control_off_error,
    identify,
    read_everything,
    reread_settings,
)
from micboard_tui.manufacturers.sennheiser.mcp.subscription import GOODBYE, Subscription, SubscriptionState
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.session_timing import (
    ASK_AGAIN_S,
    ROUND_TRIP_EVERY_S,
    Clock,
    IntervalTimer,
    is_quiet,
    seconds_to_tick,
)
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.mcp.messages import Code, Line, Message

TICK_S = 1.0
LATE_S = 1.0
"""A block that fails to come for so long beyond its cycle means that the device forgot us."""
MAX_OFFERS = 8
GOODBYE_ECHO_S = 0.25
NO_DATA_S = 15.0
"""Echoes without any data for so long show a device whose network control was switched off."""


def make_mcp_driver(dial: Dial, options: SessionOptions, clock: Clock = time.monotonic) -> SessionDriver:
    """A driver for the device that ``dial`` reaches."""
    return SessionDriver(
        LinkSessions(dial, lambda report: McpSession(Conversation(report, clock), options)).connect
    )


class McpSession:
    """Implements ``LinkSession``."""

    def __init__(self, conversation: Conversation, options: SessionOptions) -> None:
        self.conversation = conversation
        self._options = options
        self._kind: DeviceKind | None = None
        self._subscription: Subscription | None = None

    @property
    def takes_commands(self) -> bool:
        return self.conversation.kind is not None

    async def stay(self) -> None:
        """Subscribe and listen until the link is lost or the device falls silent."""
        conversation = self.conversation
        kind = self._kind = await read_everything(conversation)
        subscription = self._subscription = Subscription(kind, self._options.meter_interval_s)
        conversation.use_subscription(subscription)
        await _subscribe(conversation, subscription)
        conversation.start_reporting(kind)
        round_trip_timer = IntervalTimer(conversation.now, ROUND_TRIP_EVERY_S)
        ask_timer = IntervalTimer(conversation.now, ASK_AGAIN_S)
        while True:
            await anyio.sleep(seconds_to_tick(conversation.now(), TICK_S))
            has_to_answer = is_quiet(conversation.silence_s, self._options.silence_limit_s, SILENT_HINT)
            if has_to_answer and ask_timer.has_elapsed():
                await conversation.send(NAME_QUESTION)
            if conversation.settings_missed:
                await reread_settings(conversation, kind)
            if (question := conversation.missing.next_question(conversation.now())) is not None:
                await conversation.send(question)
            if round_trip_timer.has_elapsed():
                await conversation.ask(NAME_QUESTION, ANSWER_TIMEOUT_S)
            await _check_data(conversation)
            await _keep_subscribed(conversation, subscription)

    async def look(self) -> None:
        """Subscribes to nothing."""
        kind = await read_everything(self.conversation)
        await ask_missing(self.conversation)
        self.conversation.start_reporting(kind)

    async def prepare(self) -> None:
        self._kind = await identify(self.conversation)

    async def execute(self, command: Command) -> Confirmation:
        """Confirmed by its echo with the resulting values (docs/reference/protocols/sennheiser.md 5.1)."""
        if self._kind is None:
            raise not_identified_error()
        prepared = prepare_command(command, self._kind)
        answer = await self.conversation.ask(prepared.line, ANSWER_TIMEOUT_S, TRIES)
        if not isinstance(answer, Line):
            raise _unconfirmed_error(prepared, answer)
        return Confirmation(
            command, prepared.format_value(answer.rest), adapted=not prepared.is_confirmed_by(answer)
        )

    async def leave(self) -> None:
        """Switch off what we switched on."""
        if self._subscription is not None:
            self._subscription = None
            await self.conversation.ask_last(GOODBYE, GOODBYE_ECHO_S, TRIES)


async def _subscribe(conversation: Conversation, subscription: Subscription) -> None:
    """Subscribe, with the first of our offers that the device follows. Raises DeviceError API_ERROR."""
    for _ in range(MAX_OFFERS):
        push = subscription.next_push(conversation.now())
        if push is None:
            break
        await conversation.ask(push, ANSWER_TIMEOUT_S)
    _check_subscribed(subscription)


async def _check_data(conversation: Conversation) -> None:
    """Raises DeviceError DEVICE_REFUSED when echoes come and even a question gets no data."""
    if conversation.now() - conversation.data_at < NO_DATA_S:
        return
    answer = await conversation.ask(NAME_QUESTION, ANSWER_TIMEOUT_S, TRIES)
    if answer is None and conversation.silence_s < NO_DATA_S:
        raise control_off_error()


async def _keep_subscribed(conversation: Conversation, subscription: Subscription) -> None:
    """Send Push again when its time has come, or when the device seems to have forgotten it.

    Source: docs/reference/protocols/sennheiser.md 5.7.
    """
    _check_subscribed(subscription)
    interval_s = subscription.interval_s
    if interval_s != 0 and conversation.since_block_s > (interval_s or 0) + LATE_S:
        subscription.resend_early(conversation.now())
    if (push := subscription.next_push(conversation.now())) is not None:
        await conversation.send(push)


def _check_subscribed(subscription: Subscription) -> None:
    if subscription.state is SubscriptionState.REFUSED:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"It refuses to send its meters regularly (Push {subscription.push.rest})",
            hint="Update its firmware; G4 needs 1.7.0 or newer",
        )


def _unconfirmed_error(prepared: PreparedCommand, answer: Message | None) -> DeviceError:
    line = prepared.line
    if answer is None or isinstance(answer, Line):
        return unconfirmed_error(f"{line.keyword} {line.rest}")
    if answer.code == Code.INVALID_COMMAND:
        return not_supported_error(
            f"The device does not support {line.keyword}", "Use the front panel, or update its firmware"
        )
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        f"The device refuses {line.keyword} {line.rest} ({answer.code} {answer.text})",
        hint=hints.CHECK_RANGE_OR_LOCK,
    )
