"""A session with one Shure device over command strings: implements ``Driver``."""

import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.session_timing import (
    TRIP_EVERY_S,
    ignore,
    not_connected,
    until_tick,
    wants_word,
)
from micboard_tui.manufacturers.shure.strings.commands import Order, order, same_value
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.handshake import (
    CLOSED_HINT,
    ask_again,
    identify,
    read_everything,
)
from micboard_tui.manufacturers.shure.strings.metering import Metering
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.shure_strings.messages import Get, Rep

TICK_S = 1.0
CONFIRM_TIMEOUT_S = 3.0
REREAD_TIMEOUT_S = 1.0
GOODBYE_TIMEOUT_S = 1.0
LOOKS_AN_INTERVAL = 5
MAX_LOOKS = 3 * LOOKS_AN_INTERVAL
"""Whoever gives no meters within three intervals gives none."""
LAYOUT_WORDS = ("QUADVERSITY_MODE", "MODEL")
"""When one of these changes, the receiver has other channels than before.

Source: docs/reference/protocols/shure.md 5.1.
"""


class ShureStringsDriver:
    """One device. Connects when it is run; every wait has a limit."""

    def __init__(
        self, dial: Dial, options: SessionOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._dial = dial
        self._options = options
        self._clock = clock
        self._talk: Conversation | None = None
        self._commanding = anyio.Lock()
        self._has_spoken = False

    async def run(self, report: Report) -> NoReturn:
        while True:
            await self._converse(report, self._stay)

    async def read_once(self, report: Report) -> None:
        await self._converse(report, self._look)

    async def execute(self, command: Command) -> Confirmation:
        if self._talk is None or self._talk.takes_channels:
            raise not_connected()
        return await self._execute(self._talk, command)

    async def execute_once(self, command: Command) -> Confirmation:
        confirmations: list[Confirmation] = []

        async def act(talk: Conversation) -> None:
            await self._open(talk)
            confirmations.append(await self._execute(talk, command))

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
        """Tell a device that does not let us in from one that is gone: that one has spoken before."""
        if error.code is ErrorCode.DEVICE_REFUSED and self._has_spoken and not said_something:
            return DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                str(error),
                hint="It may be restarting; the connection is tried again by itself",
            )
        if self._has_spoken or said_something:
            return error
        if error.code is ErrorCode.DEVICE_SILENT:
            return DeviceError(ErrorCode.DEVICE_REFUSED, str(error), hint=error.info.hint)
        if error.code is ErrorCode.DEVICE_REFUSED:
            return DeviceError(error.code, str(error), hint=f"Check the port; {CLOSED_HINT}")
        return error

    async def _open(self, talk: Conversation) -> Metering:
        """Identify and read everything. The meters are ready to be asked for."""
        dialect = await read_everything(talk, await identify(talk))
        return Metering(talk, dialect, self._options.meter_interval_s)

    async def _stay(self, talk: Conversation) -> None:
        """Meter and listen until the link is lost or the device falls silent."""
        self._talk = talk
        metering: Metering | None = None
        try:
            metering = await self._open(talk)
            layout = _layout(talk)
            trip_at = talk.now() + TRIP_EVERY_S
            while True:
                await metering.assert_rate()
                if talk.now() >= trip_at:
                    trip_at = talk.now() + TRIP_EVERY_S
                    await talk.ask(_name(talk), _names_device, REREAD_TIMEOUT_S)
                await anyio.sleep(until_tick(talk.now(), TICK_S))
                await self._check_alive(talk)
                await _read_again(talk)
                if _layout(talk) != layout and talk.dialect is not None:
                    talk.forget_channels()
                    await read_everything(talk, talk.dialect)
                    layout = _layout(talk)
        finally:
            self._talk = None
            await _goodbye(talk, metering)

    async def _look(self, talk: Conversation) -> None:
        """Read everything and one set of meters."""
        metering = await self._open(talk)
        if not metering.interval_ms:
            return
        try:
            await metering.assert_rate()
            for _ in range(MAX_LOOKS):
                if all(channel.samples for channel in talk.channels.values()):
                    break
                await anyio.sleep(metering.interval_ms / 1000 / LOOKS_AN_INTERVAL)
        finally:
            await _goodbye(talk, metering)

    async def _check_alive(self, talk: Conversation) -> None:
        if wants_word(talk.silence_s, self._options.silence_limit_s):
            await talk.say(_name(talk))

    async def _execute(self, talk: Conversation, command: Command) -> Confirmation:
        """One command at a time, confirmed by its REP (docs/reference/protocols/shure.md 16)."""
        if talk.dialect is None:
            raise DeviceError(ErrorCode.DEVICE_UNREACHABLE, "The device is not identified yet")
        words = {number: channel.words for number, channel in talk.channels.items()}
        ready = order(command, talk.dialect, words)
        async with self._commanding:
            answer = await talk.ask(
                ready.set, lambda rep: ready.confirmed_by(rep) is not None, CONFIRM_TIMEOUT_S
            )
            if answer is None:
                # A refused command may simply stay unanswered (docs/reference/protocols/shure.md 1.6), so ask
                # what is in force.
                answer = await talk.ask(
                    ready.get, lambda rep: ready.confirmed_by(rep) is not None, REREAD_TIMEOUT_S
                )
                told = ready.confirmed_by(answer) if isinstance(answer, Rep) else None
                if told is None or not same_value(ready.wanted, told):
                    raise _unconfirmed(ready, told)
                return Confirmation(command, ready.shown(told))
        if not isinstance(answer, Rep):
            raise DeviceError(
                ErrorCode.DEVICE_REFUSED,
                f"The device refuses {ready.set.property} {ready.wanted}",
                hint="The value is out of its range, or the front panel is locked",
            )
        told = ready.confirmed_by(answer) or ""
        return Confirmation(command, ready.shown(told), adapted=not same_value(ready.wanted, told))


def _unconfirmed(ready: Order, told: str | None) -> DeviceError:
    in_force = "" if told is None else f"; in force is {ready.shown(told)}"
    return DeviceError(
        ErrorCode.COMMAND_UNCONFIRMED,
        f"The device did not confirm {ready.set.property} {ready.wanted}{in_force}",
        hint="Look at the device before trying again",
    )


async def _goodbye(talk: Conversation, metering: Metering | None) -> None:
    """Leave the device as we found it, even while everything is being cancelled.

    Source: docs/reference/protocols/shure.md 15.1.
    """
    talk.leave()
    if metering is not None:
        with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
            await metering.stop()


def _layout(talk: Conversation) -> tuple[str | None, ...]:
    return tuple(talk.device_words.get(name) for name in LAYOUT_WORDS)


def _name(talk: Conversation) -> Get:
    """A question that every device answers, and that changes nothing."""
    return Get(None, "DEVICE_ID" if talk.dialect is None else talk.dialect.device_name)


def _names_device(rep: Rep) -> bool:
    return rep.property in {"DEVICE_ID", "DEVICE_NAME"}


async def _read_again(talk: Conversation) -> None:
    """Where another transmitter may have come, ask for all that is said of it.

    Source: docs/reference/protocols/shure.md 10.
    """
    for number, channel in tuple(talk.channels.items()):
        if channel.wants_reading and talk.dialect is not None:
            channel.wants_reading = False
            await ask_again(talk, talk.dialect, number)
