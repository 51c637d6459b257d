"""A session with one device over SSCv2: implements ``Driver``."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.sennheiser.sscv2 import command_execution
from micboard_tui.manufacturers.sennheiser.sscv2.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.sscv2.event_stream import follow
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family
from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of, unknown
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import Desk
from micboard_tui.manufacturers.sennheiser.sscv2.resource_session import Session
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S
from micboard_tui.manufacturers.session_timing import ignore, not_connected, wants_word
from micboard_tui.manufacturers.transport.http_errors import needed_secret
from micboard_tui.manufacturers.transport.https import Peer, open_client
from micboard_tui.protocols.sscv2 import path

METER_INTERVAL_S = 0.1
MISSED_CHECKS = 3
"""So many answers in a row that no event had told: the stream is dead."""
GOODBYE_TIMEOUT_S = 1.0
_AGAIN_HINT = "The connection is tried again by itself"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session waits before it looks after things."""

    tick_s: float = 1.0
    quiet_s: float = 2.0
    """Levels are told when they change; a channel that tells none for so long is asked for one."""
    stream_limit_s: float = 60.0
    """Without any event for so long the stream counts as dead, whatever the device answers.

    Source: docs/reference/protocols/sennheiser.md 6.2.
    """
    open_limit_s: float = 15.0
    """Between the first word of a stream and its first event."""
    lost_s: float = LOST_S
    """A transmitter whose link broke counts as lost for so long, and then as off."""
    trip_every_s: float = 30.0
    """So often one question is asked only to see how long its answer takes."""


PATIENCE = Patience()


class Sscv2Driver:
    """One device. Connects when it is run; every wait has a limit."""

    def __init__(
        self,
        host: str,
        port: int,
        options: SessionOptions,
        clock: Callable[[], float] = time.monotonic,
        patience: Patience = PATIENCE,
    ) -> None:
        self._peer = Peer(host, port, options.access.fingerprint)
        self._options = options
        self._clock = clock
        self._patience = patience
        wanted = options.meter_interval_s
        self._interval_s = METER_INTERVAL_S if wanted is None else wanted
        self._session: Session | None = None
        self._commanding = anyio.Lock()
        self._has_spoken = False
        self._family: Family | None = None
        """Of the session before: packs keep their numbers."""
        self._left_behind: str | None = None
        """A session that could not be given back; they are few.

        Source: docs/reference/protocols/sennheiser.md 10.
        """

    async def run(self, report: Report) -> NoReturn:
        while True:
            await self._converse(report, self._stay)

    async def read_once(self, report: Report) -> None:
        await self._converse(report, lambda session: session.read_everything())

    async def execute(self, command: Command) -> Confirmation:
        if self._session is None:
            raise not_connected()
        async with self._commanding:
            return await command_execution.execute(self._session, command)

    async def execute_once(self, command: Command) -> Confirmation:
        confirmations: list[Confirmation] = []

        async def act(session: Session) -> None:
            await session.count_channels()
            confirmations.append(await command_execution.execute(session, command))

        await self._converse(ignore, act)
        return confirmations[0]

    async def _converse(self, report: Report, act: Callable[[Session], Awaitable[None]]) -> None:
        access = self._options.access
        secret = needed_secret(access, "password", self._peer.address)
        try:
            async with open_client(self._peer, self._options.connect_timeout_s) as client:
                desk = Desk(client, self._clock)
                version, identity = await desk.get(path.VERSION), await desk.get(path.IDENTITY)
                family = family_of(identity, version, access.user)
                if family is None:
                    raise unknown(identity, self._peer.address)
                if self._family is None or type(family) is not type(self._family):
                    self._family = family
                family = self._family
                self._has_spoken = True
                # What is promised: a channel is heard or asked within this time.
                promised = max(self._interval_s, self._patience.quiet_s) if self._interval_s else 0.0
                talk = Conversation(
                    family,
                    report,
                    self._clock,
                    promised_s=promised,
                    interval_s=self._interval_s,
                    lost_s=self._patience.lost_s,
                )
                talk.answered(path.VERSION, version)
                talk.answered(path.IDENTITY, identity)
                desk.sign_in(access.user or family.user, secret)
                await act(Session(desk, talk, self._clock, metering=bool(self._interval_s)))
        except DeviceError as error:
            raise self._judged(error) from error

    def _judged(self, error: DeviceError) -> DeviceError:
        """A device that has spoken and now refuses connections is restarting, not locked."""
        is_closed = error.code is ErrorCode.DEVICE_REFUSED and "status" not in error.info.details
        if is_closed and self._has_spoken:
            return DeviceError(ErrorCode.DEVICE_UNREACHABLE, str(error), hint=_AGAIN_HINT)
        return error

    async def _stay(self, session: Session) -> None:
        """Listen until the session is lost or the device falls silent."""
        await self._clear_up(session)
        failures: list[DeviceError] = []

        async def guarded(act: Callable[[], Awaitable[None]]) -> None:
            """The first failure ends everything; what fails because of it is no news."""
            try:
                await act()
            except DeviceError as error:
                failures.append(error)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(guarded, lambda: follow(session.desk, session.heard))
            group.start_soon(guarded, lambda: self._tell_levels(session))
            try:
                await guarded(lambda: self._watch(session))
            finally:
                self._session = None
                await self._leave(session, failures)
                group.cancel_scope.cancel()
        if failures:
            raise failures[0]

    async def _watch(self, session: Session) -> None:
        with anyio.move_on_after(self._patience.open_limit_s):
            await session.opened.wait()
        if not session.opened.is_set():
            raise DeviceError(
                ErrorCode.DEVICE_SILENT,
                f"{self._peer.address} takes a subscription but never opens it",
                hint=f"Restart the device if it stays so. {_AGAIN_HINT}",
            )
        await session.read_everything()
        self._session = session
        await session.subscribe()
        trip_at, missed, events = self._clock(), 0, session.talk.events
        while True:
            await anyio.sleep(self._patience.tick_s)
            try:
                if self._clock() >= trip_at:
                    trip_at = self._clock() + self._patience.trip_every_s
                    await session.ping()
                session.talk.expire()
                await session.keep_up()
                missed = missed if session.talk.events == events else 0
                events = session.talk.events
                missed += await self._sample(session)
            except DeviceError as error:
                # One late answer is no silence.
                if error.code is not ErrorCode.DEVICE_SILENT:
                    raise
            await self._check_alive(session, missed)

    async def _sample(self, session: Session) -> bool:
        if self._interval_s and (quiet := session.talk.quiet(self._patience.quiet_s)):
            return await session.sample(quiet)
        return False

    async def _check_alive(self, session: Session, missed: int) -> None:
        talk = session.talk
        is_wanted = wants_word(talk.silence_s, self._options.silence_limit_s)
        if missed >= MISSED_CHECKS or self._clock() - talk.event_at >= self._patience.stream_limit_s:
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{self._peer.address} answers but tells no news any more",
                hint=_AGAIN_HINT,
            )
        if is_wanted:
            await session.ping()

    async def _tell_levels(self, session: Session) -> None:
        while True:
            await session.talk.pending()
            await anyio.sleep(self._interval_s)
            session.talk.tell_levels()

    async def _leave(self, session: Session, failures: list[DeviceError]) -> None:
        """Give the session back, even while everything is being cancelled."""
        if any(each.code is ErrorCode.CREDENTIALS_REFUSED for each in failures):
            # Even a goodbye would be one more wrong password (docs/reference/protocols/sennheiser.md 6.1).
            return
        self._left_behind = session.uuid or self._left_behind
        with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
            try:
                await session.end()
            except DeviceError:
                return
            self._left_behind = None

    async def _clear_up(self, session: Session) -> None:
        """Give back what the last session could not, before taking a new one.

        Source: docs/reference/protocols/sennheiser.md 6.2.
        """
        if self._left_behind is not None:
            await session.desk.call("DELETE", path.session(self._left_behind), may_forbid=True)
            self._left_behind = None
