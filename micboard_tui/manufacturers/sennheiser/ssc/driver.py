"""A session with one Sennheiser device over SSCv1: implements ``Driver``."""

import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.sennheiser.command_checks import unconfirmed
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.commands import PreparedCommand, prepare_command
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.family import Family, Flash, Subject
from micboard_tui.manufacturers.sennheiser.ssc.handshake import ACCESS_OFF_HINT, identify, read_everything
from micboard_tui.manufacturers.sennheiser.ssc.subscription_leases import SubscriptionLeases
from micboard_tui.manufacturers.session_timing import (
    AGAIN_HINT,
    TRIP_EVERY_S,
    ignore,
    not_connected,
    until_tick,
    wants_word,
)
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.ssc.codec import encode
from micboard_tui.protocols.ssc.messages import Fault, Message, Value

TICK_S = 0.5
CONFIRM_TIMEOUT_S = 1.0
SET_TRIES = 2
"""A datagram may get lost; setting the same value twice does no harm."""
FLASH_S = 3.0
GOODBYE_TIMEOUT_S = 1.0
METERS_CHECK_S = 0.05
METERS_TIMEOUT_S = 2.0
"""A device that gives no meters within this time gives none."""


class SscDriver:
    """One device. Connects when it is run; every wait has a limit."""

    def __init__(
        self, dial: Dial, options: SessionOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._dial = dial
        self._options = options
        self._clock = clock
        self._conversation: Conversation | None = None
        self._command_lock = anyio.Lock()
        self._flashes: dict[str, tuple[Flash, float]] = {}
        self._has_answered_before = False

    async def run(self, report: Report) -> NoReturn:
        while True:
            await self._run_session(report, self._stay)

    async def read_once(self, report: Report) -> None:
        await self._run_session(report, self._look)

    async def execute(self, command: Command) -> Confirmation:
        conversation = self._conversation
        if conversation is None or conversation.tracker.layout is None:
            raise not_connected()
        return await self._execute(conversation, conversation.tracker.layout, command)

    async def execute_once(self, command: Command) -> Confirmation:
        confirmations: list[Confirmation] = []

        async def act(conversation: Conversation) -> None:
            layout = await read_everything(conversation, await identify(conversation), has_meters=False)
            try:
                confirmations.append(await self._execute(conversation, layout, command))
                if self._flashes:
                    await anyio.sleep(FLASH_S)
            finally:
                await self._goodbye(conversation, None)

        await self._run_session(ignore, act)
        return confirmations[0]

    async def _run_session(self, report: Report, act: Callable[[Conversation], Awaitable[None]]) -> None:
        conversation = Conversation(report, self._clock)
        try:
            async with self._dial(conversation) as link:
                await conversation.hold(link, lambda: act(conversation))
        except DeviceError as error:
            raise self._explain(error, has_answered=conversation.messages > 0) from error
        finally:
            self._has_answered_before = self._has_answered_before or conversation.messages > 0

    def _explain(self, error: DeviceError, *, has_answered: bool) -> DeviceError:
        """A device that never answered may be off, elsewhere, or an EW-DX that admits no third party.

        Source: docs/reference/protocols/sennheiser.md 10.
        """
        never_answered = not (self._has_answered_before or has_answered)
        if error.code is ErrorCode.DEVICE_UNREACHABLE and never_answered:
            return DeviceError(error.code, str(error), hint=ACCESS_OFF_HINT)
        if error.code is ErrorCode.DEVICE_SILENT and self._has_answered_before and not has_answered:
            return DeviceError(error.code, "It does not answer any more", hint=AGAIN_HINT)
        return error

    async def _stay(self, conversation: Conversation) -> None:
        """Subscribe and listen until the link is lost or the device falls silent."""
        leases: SubscriptionLeases | None = None
        try:
            family = await identify(conversation)
            interval_s = self._interval_s(family)
            layout = await read_everything(conversation, family, has_meters=False)
            leases = SubscriptionLeases(conversation, layout.groups, interval_s)
            conversation.report_everything(leases.meter_interval_s)
            self._conversation = conversation
            trip_at = conversation.now() + TRIP_EVERY_S
            while True:
                await leases.renew_due()
                await self._end_flashes(conversation, conversation.now())
                if conversation.now() >= trip_at:
                    trip_at = conversation.now() + TRIP_EVERY_S
                    await conversation.ping()
                await anyio.sleep(until_tick(conversation.now(), TICK_S))
                await self._check_alive(conversation)
                conversation.expire_lost_links()
                if conversation.tracker.meter_interval_s != leases.meter_interval_s:
                    conversation.report_everything(leases.meter_interval_s)
        finally:
            self._conversation = None
            await self._goodbye(conversation, leases)

    def _interval_s(self, family: Family) -> float:
        """How often meters are wanted; 0: not at all."""
        wanted = self._options.meter_interval_s
        return family.meter_interval_s if wanted is None else wanted

    async def _look(self, conversation: Conversation) -> None:
        """Read everything and one set of meters, subscribing only where meters cannot be asked for."""
        family = await identify(conversation)
        interval_s = self._interval_s(family)
        layout = await read_everything(conversation, family, has_meters=interval_s > 0)
        conversation.report_everything()
        if not interval_s or _is_metered(conversation, layout):
            return
        # Some devices give meters to subscribers only (docs/reference/protocols/sennheiser.md 2.4).
        metered = [group for group in layout.groups if group.subject is Subject.METERS]
        leases = SubscriptionLeases(conversation, metered, interval_s)
        try:
            end = conversation.now() + METERS_TIMEOUT_S
            while conversation.now() < end and not _is_metered(conversation, layout):
                await leases.renew_due()
                await anyio.sleep(METERS_CHECK_S)
        finally:
            await self._goodbye(conversation, leases)

    async def _check_alive(self, conversation: Conversation) -> None:
        if wants_word(conversation.silence_s, self._options.silence_limit_s):
            await conversation.ping()

    async def _execute(
        self, conversation: Conversation, layout: DeviceLayout, command: Command
    ) -> Confirmation:
        """One command at a time, confirmed by the value that now holds.

        Source: docs/reference/protocols/sennheiser.md 1.1.
        """
        prepared = prepare_command(command, layout)
        if prepared.flash is not None:
            self._flashes[prepared.address] = prepared.flash, self._clock() + FLASH_S
        async with self._command_lock:
            answer: Value | Fault = None
            for _ in range(SET_TRIES):
                answer = await conversation.set(prepared.address, prepared.value, CONFIRM_TIMEOUT_S)
                if answer is not None:
                    break
            if answer is None and prepared.flash is None:
                answer = await conversation.read(prepared.address)
                if answer is not None and not prepared.is_confirmed_by(answer):
                    raise unconfirmed(_describe(prepared), prepared.format_value(answer))
        if isinstance(answer, Fault):
            raise _refused(prepared, answer)
        if answer is None:
            raise unconfirmed(_describe(prepared))
        return Confirmation(
            command, prepared.format_value(answer), adapted=not prepared.is_confirmed_by(answer)
        )

    async def _end_flashes(self, conversation: Conversation, now: float) -> None:
        for address, (flash, ends_at) in tuple(self._flashes.items()):
            if now >= ends_at:
                del self._flashes[address]
                await conversation.send(encode(Message({address: flash.off}, {})))

    async def _goodbye(self, conversation: Conversation, leases: SubscriptionLeases | None) -> None:
        """Leave the device as we found it, even while everything is being cancelled."""
        with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
            await self._end_flashes(conversation, float("inf"))
            if leases is not None:
                await leases.cancel()


def _is_metered(conversation: Conversation, layout: DeviceLayout) -> bool:
    values = conversation.tracker.values
    return all(layout.family.meters_of(values, number) is not None for number in layout.channels)


def _describe(prepared: PreparedCommand) -> str:
    return f"{prepared.address} {prepared.format_value(prepared.value)}"


def _refused(prepared: PreparedCommand, error: Fault) -> DeviceError:
    reason = f"{error.code} {error.text}".strip()
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        f"The device refuses {_describe(prepared)} ({reason})",
        hint="The value is out of its range, it is locked, or this model cannot do it",
    )
