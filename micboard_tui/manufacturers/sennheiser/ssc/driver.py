"""A session with one Sennheiser device over SSCv1."""

import time

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.command_errors import not_identified_error, unconfirmed_error
from micboard_tui.manufacturers.link_conversation import Contact, LinkSessions
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.commands import PreparedCommand, prepare_command
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.family import AddressGroup, Flash, Subject
from micboard_tui.manufacturers.sennheiser.ssc.handshake import ACCESS_OFF_HINT, identify, read_everything
from micboard_tui.manufacturers.sennheiser.ssc.subscription_leases import SubscriptionLeases
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.session_timing import (
    ASK_AFTER,
    ASK_AGAIN_S,
    ASK_CHARGER_AFTER,
    ASK_CHARGER_AGAIN_S,
    ROUND_TRIP_EVERY_S,
    Clock,
    IntervalTimer,
    is_quiet,
    seconds_to_tick,
)
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.protocols.ssc.messages import Code, Fault, Value
from micboard_tui.protocols.ssc.requests import encode_set

TICK_S = 0.5
CONFIRM_TIMEOUT_S = 1.0
SET_TRIES = 2
"""A datagram may get lost; setting the same value twice does no harm."""
FLASH_S = 3.0
SUBSCRIBED_CHECK_S = 0.05
SUBSCRIBED_TIMEOUT_S = 2.0
"""What a device does not give a subscriber within this time it does not give."""
_NO_VALUE = frozenset({Code.NOT_FOUND, Code.FAILED_DEPENDENCY})


def make_ssc_driver(dial: Dial, options: SessionOptions, clock: Clock = time.monotonic) -> SessionDriver:
    """A driver for the device that ``dial`` reaches."""
    sessions = LinkSessions(
        dial, lambda report: SscSession(Conversation(report, clock), options), explain_error
    )
    return SessionDriver(sessions.connect)


def explain_error(error: DeviceError, contact: Contact) -> DeviceError:
    """A device that never answered may be off, elsewhere, or an EW-DX that admits no third party.

    Source: docs/reference/protocols/sennheiser.md 10.
    """
    if error.code is ErrorCode.DEVICE_UNREACHABLE and contact is Contact.NEVER:
        return DeviceError(error.code, str(error), hint=ACCESS_OFF_HINT)
    if error.code is ErrorCode.DEVICE_SILENT and contact is Contact.BEFORE:
        return DeviceError(error.code, "It does not answer any more", hint=hints.CHECK_POWER)
    return error


class SscSession:
    """Implements ``LinkSession``."""

    def __init__(self, conversation: Conversation, options: SessionOptions) -> None:
        self.conversation = conversation
        self._options = options
        self._leases: SubscriptionLeases | None = None
        self._flashes: dict[str, tuple[Flash, float]] = {}
        """Lamps that flash, by address, and when they have to stop."""

    @property
    def takes_commands(self) -> bool:
        return self.conversation.tracker.layout is not None

    async def stay(self) -> None:
        """Subscribe and listen until the link is lost or the device falls silent."""
        conversation = self.conversation
        interval_s, layout = await self._read(has_meters=False)
        leases = self._leases = SubscriptionLeases(conversation, layout.groups, interval_s)
        conversation.report_everything(leases.meter_interval_s)
        is_charger = layout.family.kind is DeviceKind.CHARGER
        ask_after = ASK_CHARGER_AFTER if is_charger else ASK_AFTER
        ask_timer = IntervalTimer(conversation.now, ASK_CHARGER_AGAIN_S if is_charger else ASK_AGAIN_S)
        round_trip_timer = IntervalTimer(conversation.now, ROUND_TRIP_EVERY_S)
        while True:
            await leases.renew_due()
            await self._end_flashes(conversation.now())
            if round_trip_timer.has_elapsed():
                await conversation.ping()
            await anyio.sleep(seconds_to_tick(conversation.now(), TICK_S))
            has_to_answer = is_quiet(
                conversation.silence_s, self._options.silence_limit_s, ask_after=ask_after
            )
            if has_to_answer and ask_timer.has_elapsed():
                await conversation.ping()
            conversation.expire_lost_links()
            if conversation.tracker.meter_interval_s != leases.meter_interval_s:
                conversation.report_everything(leases.meter_interval_s)

    async def look(self) -> None:
        """Subscribes only to what cannot be asked for; reports what was heard even when time runs out."""
        try:
            await self._look()
        except anyio.get_cancelled_exc_class():
            # A report, even one without a value, means that the device was heard.
            if self.conversation.messages:
                self.conversation.report_everything()
            raise

    async def _look(self) -> None:
        conversation = self.conversation
        interval_s, layout = await self._read(has_meters=True)
        conversation.report_everything()
        # Some devices give meters to subscribers only, others the rest as well
        # (docs/reference/protocols/sennheiser.md 2.4, 13).
        groups = [group for group in layout.groups if self._lacks(group, interval_s, layout)]
        if not groups:
            return
        leases = self._leases = SubscriptionLeases(conversation, groups, interval_s)
        end = conversation.now() + SUBSCRIBED_TIMEOUT_S
        while conversation.now() < end and any(self._lacks(group, interval_s, layout) for group in groups):
            await leases.renew_due()
            await anyio.sleep(SUBSCRIBED_CHECK_S)

    def _lacks(self, group: AddressGroup, interval_s: float, layout: DeviceLayout) -> bool:
        """Whether something of a group is still unanswered."""
        if group.subject is Subject.METERS:
            return bool(interval_s) and not self._has_all_meters(layout)
        tracker = self.conversation.tracker
        values = tracker.values
        if group.subject is Subject.TRANSMITTER and tracker.is_without_link(group.unit):
            return False
        return any(
            not values.has(address) and values.error(address) not in _NO_VALUE for address in group.subscribed
        )

    async def prepare(self) -> None:
        await self._read(has_meters=False)

    async def execute(self, command: Command) -> Confirmation:
        """Confirmed by the value that now holds (docs/reference/protocols/sennheiser.md 1.1)."""
        conversation, layout = self.conversation, self.conversation.tracker.layout
        if layout is None:
            raise not_identified_error()
        prepared = prepare_command(command, layout)
        if prepared.flash is not None:
            self._flashes[prepared.address] = prepared.flash, conversation.now() + FLASH_S
        in_force = await self._set(prepared)
        if isinstance(in_force, Fault):
            raise _refusal_error(prepared, in_force)
        if in_force is None:
            raise unconfirmed_error(_describe(prepared))
        if prepared.flash is not None and self._leases is None:
            # No session stays to end it.
            await anyio.sleep(FLASH_S)
        return Confirmation(
            command, prepared.format_value(in_force), adapted=not prepared.is_confirmed_by(in_force)
        )

    async def leave(self) -> None:
        """Leave the device as we found it."""
        await self._end_flashes(float("inf"))
        leases, self._leases = self._leases, None
        if leases is not None:
            await leases.cancel()

    async def _read(self, *, has_meters: bool) -> tuple[float, DeviceLayout]:
        """Identify and read everything; how often meters are wanted (0: not at all), and what is there."""
        family = await identify(self.conversation)
        interval_s = self._options.meter_interval_s
        if interval_s is None:
            interval_s = family.meter_interval_s
        layout = await read_everything(self.conversation, family, has_meters=has_meters and interval_s > 0)
        return interval_s, layout

    def _has_all_meters(self, layout: DeviceLayout) -> bool:
        values = self.conversation.tracker.values
        return all(layout.family.meters_of(values, number) is not None for number in layout.channels)

    async def _set(self, prepared: PreparedCommand) -> "Value | Fault":
        """The value that holds afterwards, the error, or None when the device says neither.

        Raises DeviceError COMMAND_UNCONFIRMED when nothing confirms the command and another value holds.
        """
        conversation = self.conversation
        for _ in range(SET_TRIES):
            answer = await conversation.set(prepared.address, prepared.value, CONFIRM_TIMEOUT_S)
            if answer is not None:
                return answer
        if prepared.flash is not None:
            return None
        value = await conversation.read(prepared.address)
        if value is not None and not prepared.is_confirmed_by(value):
            raise unconfirmed_error(_describe(prepared), prepared.format_value(value))
        return value

    async def _end_flashes(self, now: float) -> None:
        for address, (flash, ends_at) in tuple(self._flashes.items()):
            if now >= ends_at:
                del self._flashes[address]
                await self.conversation.send(encode_set(address, flash.off))


def _describe(prepared: PreparedCommand) -> str:
    return f"{prepared.address} {prepared.format_value(prepared.value)}"


def _refusal_error(prepared: PreparedCommand, error: Fault) -> DeviceError:
    reason = f"{error.code} {error.text}".strip()
    return DeviceError(
        ErrorCode.DEVICE_REFUSED,
        f"The device refuses {_describe(prepared)} ({reason})",
        hint="The value is out of its range, it is locked, or this model cannot do it",
    )
