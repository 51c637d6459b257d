"""A session with one device over the Media Control Protocol: implements ``Driver``."""

import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp.commands import Order, order
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.handshake import (
    ANSWER_TIMEOUT_S,
    SILENT_HINT,
    TRIES,
    identify,
    read_everything,
    reread_settings,
)
from micboard_tui.manufacturers.sennheiser.mcp.subscription import GOODBYE, Subscription
from micboard_tui.manufacturers.session_timing import (
    TRIP_EVERY_S,
    ignore,
    not_connected,
    until_tick,
    wants_word,
)
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.mcp.messages import Code, Line, Message

TICK_S = 1.0
LATE_S = 1.0
"""A block that fails to come for so long beyond its cycle means that the device forgot us."""
MAX_OFFERS = 8
GOODBYE_TIMEOUT_S = 1.0
GOODBYE_ECHO_S = 0.25
A_WORD = Line("Name")
"""What every device answers and nothing follows from."""


class McpDriver:
    """One device. Speaks when it is run; every wait has a limit."""

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
        await self._converse(report, _look)

    async def execute(self, command: Command) -> Confirmation:
        if self._talk is None or self._talk.kind is None:
            raise not_connected()
        return await self._execute(self._talk, self._talk.kind, command)

    async def execute_once(self, command: Command) -> Confirmation:
        confirmations: list[Confirmation] = []

        async def act(talk: Conversation) -> None:
            confirmations.append(await self._execute(talk, await identify(talk), command))

        await self._converse(ignore, act)
        return confirmations[0]

    async def _converse(self, report: Report, act: Callable[[Conversation], Awaitable[None]]) -> None:
        talk = Conversation(report, self._clock)
        async with self._dial(talk) as link:
            await talk.hold(link, lambda: act(talk))

    async def _stay(self, talk: Conversation) -> None:
        """Subscribe and listen until the link is lost or the device falls silent."""
        self._talk = talk
        try:
            kind = await read_everything(talk)
            talk.subscription = subscription = Subscription(kind, self._options.meter_interval_s)
            await _settle(talk, subscription)
            talk.open(kind)
            trip_at = talk.now() + TRIP_EVERY_S
            while True:
                await anyio.sleep(until_tick(talk.now(), TICK_S))
                await self._check_alive(talk)
                if talk.settings_missed:
                    await reread_settings(talk)
                if talk.now() >= trip_at:
                    trip_at = talk.now() + TRIP_EVERY_S
                    await talk.ask(A_WORD, ANSWER_TIMEOUT_S)
                await _keep(talk, subscription)
        finally:
            self._talk = None
            await _goodbye(talk)

    async def _check_alive(self, talk: Conversation) -> None:
        if wants_word(talk.silence_s, self._options.silence_limit_s, SILENT_HINT):
            await talk.say(A_WORD)

    async def _execute(self, talk: Conversation, kind: DeviceKind, command: Command) -> Confirmation:
        """One command at a time, confirmed by its echo with the resulting values.

        Source: docs/reference/protocols/sennheiser.md 5.1.
        """
        ready = order(command, kind)
        async with self._commanding:
            answer = await talk.ask(ready.line, ANSWER_TIMEOUT_S, TRIES)
        return _judged(command, ready, answer)


async def _look(talk: Conversation) -> None:
    """Read everything and one set of meters, all of it told once and by no subscription."""
    talk.open(await read_everything(talk))


async def _settle(talk: Conversation, subscription: Subscription) -> None:
    """Subscribe, with the first of our offers that the device follows. Raises DeviceError API_ERROR."""
    for _ in range(MAX_OFFERS):
        push = subscription.due(talk.now())
        if push is None:
            break
        await talk.ask(push, ANSWER_TIMEOUT_S)
    _check_subscribed(subscription)


async def _keep(talk: Conversation, subscription: Subscription) -> None:
    """Say Push again when its time has come, or when the device seems to have forgotten it.

    Source: docs/reference/protocols/sennheiser.md 5.7.
    """
    _check_subscribed(subscription)
    interval_s = subscription.interval_s
    if interval_s != 0 and talk.without_block_s > (interval_s or 0) + LATE_S:
        subscription.again()
    if (push := subscription.due(talk.now())) is not None:
        await talk.say(push)


def _check_subscribed(subscription: Subscription) -> None:
    if subscription.is_refused:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"It refuses to tell its meters by itself (Push {subscription.wanted.rest})",
            hint="Update its firmware; G4 needs 1.7.0 or newer",
        )


def _judged(command: Command, ready: Order, answer: Message | None) -> Confirmation:
    if answer is None:
        raise DeviceError(
            ErrorCode.COMMAND_UNCONFIRMED,
            f"The device did not confirm {ready.line.keyword} {ready.line.rest}",
            hint="Look at the device before trying again",
        )
    if isinstance(answer, Line):
        return Confirmation(command, ready.shown(answer.rest), adapted=not ready.is_done(answer))
    if answer.code == Code.INVALID_COMMAND:
        raise DeviceError(
            ErrorCode.COMMAND_NOT_SUPPORTED,
            f"The device does not know {ready.line.keyword}",
            hint="Use the front panel, or update its firmware",
        )
    raise DeviceError(
        ErrorCode.DEVICE_REFUSED,
        f"The device refuses {ready.line.keyword} {ready.line.rest} ({answer.code} {answer.text})",
        hint="The value is out of its range, or the front panel is locked",
    )


async def _goodbye(talk: Conversation) -> None:
    """Switch off what we switched on, even while everything is being cancelled."""
    if talk.subscription is not None:
        with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
            await talk.leave(GOODBYE, GOODBYE_ECHO_S, TRIES)
