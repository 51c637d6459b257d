"""A session with one Sennheiser device over SSCv1: implements ``Driver``."""

import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import Layout
from micboard_tui.manufacturers.sennheiser.ssc.commands import Order, order
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.family import Family, Flash, Subject
from micboard_tui.manufacturers.sennheiser.ssc.handshake import ACCESS_OFF_HINT, identify, read_everything
from micboard_tui.manufacturers.sennheiser.ssc.subscription_leases import Leases
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
LOOK_S = 0.05
MAX_LOOK_S = 2.0
"""Whoever gives no meters within this time gives none."""


class SscDriver:
    """One device. Connects when it is run; every wait has a limit."""

    def __init__(
        self, dial: Dial, options: SessionOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._dial = dial
        self._options = options
        self._clock = clock
        self._talk: Conversation | None = None
        self._commanding = anyio.Lock()
        self._flashing: dict[str, tuple[Flash, float]] = {}
        self._has_spoken = False

    async def run(self, report: Report) -> NoReturn:
        while True:
            await self._converse(report, self._stay)

    async def read_once(self, report: Report) -> None:
        await self._converse(report, self._look)

    async def execute(self, command: Command) -> Confirmation:
        talk = self._talk
        if talk is None or talk.ledger.layout is None:
            raise not_connected()
        return await self._execute(talk, talk.ledger.layout, command)

    async def execute_once(self, command: Command) -> Confirmation:
        confirmations: list[Confirmation] = []

        async def act(talk: Conversation) -> None:
            layout = await read_everything(talk, await identify(talk), meters=False)
            try:
                confirmations.append(await self._execute(talk, layout, command))
                if self._flashing:
                    await anyio.sleep(FLASH_S)
            finally:
                await self._goodbye(talk, None)

        await self._converse(ignore, act)
        return confirmations[0]

    async def _converse(self, report: Report, act: Callable[[Conversation], Awaitable[None]]) -> None:
        talk = Conversation(report, self._clock)
        try:
            async with self._dial(talk) as link:
                await talk.hold(link, lambda: act(talk))
        except DeviceError as error:
            raise self._judged(error, said_something=talk.messages > 0) from error
        finally:
            self._has_spoken = self._has_spoken or talk.messages > 0

    def _judged(self, error: DeviceError, *, said_something: bool) -> DeviceError:
        """What never spoke may be switched off, elsewhere, or an EW-DX that lets nobody in.

        Source: docs/reference/protocols/sennheiser.md 10.
        """
        never_spoke = not (self._has_spoken or said_something)
        if error.code is ErrorCode.DEVICE_UNREACHABLE and never_spoke:
            return DeviceError(error.code, str(error), hint=ACCESS_OFF_HINT)
        if error.code is ErrorCode.DEVICE_SILENT and self._has_spoken and not said_something:
            return DeviceError(error.code, "It does not answer any more", hint=AGAIN_HINT)
        return error

    async def _stay(self, talk: Conversation) -> None:
        """Subscribe and listen until the link is lost or the device falls silent."""
        leases: Leases | None = None
        try:
            family = await identify(talk)
            interval_s = self._interval_s(family)
            layout = await read_everything(talk, family, meters=False)
            leases = Leases(talk, layout.groups, interval_s)
            _promise(talk, leases.promised_s)
            self._talk = talk
            trip_at = talk.now() + TRIP_EVERY_S
            while True:
                await leases.keep()
                await self._end_flashes(talk, talk.now())
                if talk.now() >= trip_at:
                    trip_at = talk.now() + TRIP_EVERY_S
                    await talk.ping()
                await anyio.sleep(until_tick(talk.now(), TICK_S))
                await self._check_alive(talk)
                talk.pass_time()
                if talk.ledger.meter_interval_s != leases.promised_s:
                    _promise(talk, leases.promised_s)
        finally:
            self._talk = None
            await self._goodbye(talk, leases)

    def _interval_s(self, family: Family) -> float:
        """How often meters are wanted; 0: not at all."""
        wanted = self._options.meter_interval_s
        return family.meter_interval_s if wanted is None else wanted

    async def _look(self, talk: Conversation) -> None:
        """Read everything and one set of meters, subscribing only where meters cannot be asked for."""
        family = await identify(talk)
        interval_s = self._interval_s(family)
        layout = await read_everything(talk, family, meters=interval_s > 0)
        talk.tell_everything()
        if not interval_s or _is_metered(talk, layout):
            return
        # Some devices give meters to subscribers only (docs/reference/protocols/sennheiser.md 2.4).
        metered = [group for group in layout.groups if group.subject is Subject.METERS]
        leases = Leases(talk, metered, interval_s)
        try:
            until = talk.now() + MAX_LOOK_S
            while talk.now() < until and not _is_metered(talk, layout):
                await leases.keep()
                await anyio.sleep(LOOK_S)
        finally:
            await self._goodbye(talk, leases)

    async def _check_alive(self, talk: Conversation) -> None:
        if wants_word(talk.silence_s, self._options.silence_limit_s):
            await talk.ping()

    async def _execute(self, talk: Conversation, layout: Layout, command: Command) -> Confirmation:
        """One command at a time, confirmed by the value that now holds.

        Source: docs/reference/protocols/sennheiser.md 1.1.
        """
        ready = order(command, layout)
        if ready.flash is not None:
            self._flashing[ready.address] = ready.flash, self._clock() + FLASH_S
        async with self._commanding:
            told: Value | Fault = None
            for _ in range(SET_TRIES):
                told = await talk.set(ready.address, ready.value, CONFIRM_TIMEOUT_S)
                if told is not None:
                    break
            if told is None and ready.flash is None:
                told = await talk.read(ready.address)
                if told is not None and not ready.is_confirmed_by(told):
                    raise _unconfirmed(ready, told)
        if isinstance(told, Fault):
            raise _refused(ready, told)
        if told is None:
            raise _unconfirmed(ready, None)
        return Confirmation(command, ready.shown(told), adapted=not ready.is_confirmed_by(told))

    async def _end_flashes(self, talk: Conversation, now: float) -> None:
        for address, (flash, ends_at) in tuple(self._flashing.items()):
            if now >= ends_at:
                del self._flashing[address]
                await talk.say(encode(Message({address: flash.off}, {})))

    async def _goodbye(self, talk: Conversation, leases: Leases | None) -> None:
        """Leave the device as we found it, even while everything is being cancelled."""
        with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
            await self._end_flashes(talk, float("inf"))
            if leases is not None:
                await leases.cancel()


def _is_metered(talk: Conversation, layout: Layout) -> bool:
    words = talk.ledger.words
    return all(layout.family.meters(words, number) is not None for number in layout.channels)


def _promise(talk: Conversation, interval_s: float | None) -> None:
    """Tell everything, with how often meters are due from now on."""
    talk.ledger.meter_interval_s = interval_s
    talk.tell_everything()


def _refused(ready: Order, fault: Fault) -> DeviceError:
    reason = f"{fault.code} {fault.text}".strip()
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        f"The device refuses {ready.address} {ready.shown(ready.value)} ({reason})",
        hint="The value is out of its range, it is locked, or this model cannot do it",
    )


def _unconfirmed(ready: Order, told: Value) -> DeviceError:
    in_force = "" if told is None else f"; in force is {ready.shown(told)}"
    return DeviceError(
        ErrorCode.COMMAND_UNCONFIRMED,
        f"The device did not confirm {ready.address} {ready.shown(ready.value)}{in_force}",
        hint="Look at the device before trying again",
    )
