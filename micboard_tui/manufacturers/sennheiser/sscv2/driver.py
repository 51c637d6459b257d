"""A driver's sessions with one device over SSCv2, which identify it, watch over it and give it back.

Theory of operation. ``Sscv2Sessions.connect`` identifies the device with two requests that need no password,
and signs in. A session that stays runs three tasks beside each other: one follows the event stream, one
reports levels that came faster than they are wanted, and one (``_watch``) makes all requests: it waits until
the stream has named the session, reads everything, subscribes, and then looks after it at every tick. The
first of them that fails ends the others, and its error is the one that is raised.

A device is lost in one of three ways: it answers nothing (``silence_limit_s``), its stream tells nothing for
too long, or three requests in a row bring levels that the stream has kept back. The session is given back
while its stream is still open; if that fails, its name is left over for the next session.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.thresholds import METER_INTERVAL_S
from micboard_tui.manufacturers.sennheiser.sscv2 import command_execution
from micboard_tui.manufacturers.sennheiser.sscv2.change_tracker import ChangeTracker
from micboard_tui.manufacturers.sennheiser.sscv2.event_stream import follow_events
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family
from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of, unsupported_device_error
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import RequestQueue
from micboard_tui.manufacturers.sennheiser.sscv2.resource_session import ResourceSession, SessionState
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S
from micboard_tui.manufacturers.session_driver import DeviceSession, SessionDriver, leave_in_time
from micboard_tui.manufacturers.session_timing import ROUND_TRIP_EVERY_S, Clock, is_quiet
from micboard_tui.manufacturers.transport.http_errors import require_secret
from micboard_tui.manufacturers.transport.https import Peer, open_client
from micboard_tui.protocols.sscv2 import path

MAX_MISSED = 3
"""So many answers in a row with levels that no event had sent: the stream is dead."""
_RECONNECT_HINT = "The connection is tried again by itself"


@dataclass(frozen=True, slots=True)
class Sscv2Timing:
    """How long a session waits before it acts."""

    tick_s: float = 1.0
    quiet_s: float = 2.0
    """Levels are sent when they change; a channel that sends none for so long is asked for one."""
    stream_limit_s: float = 60.0
    """Without any event for so long the stream counts as dead, whatever the device answers.

    Source: docs/reference/protocols/sennheiser.md 6.2.
    """
    open_limit_s: float = 15.0
    """Between the first byte of a stream and its first event."""
    lost_s: float = LOST_S
    """A transmitter whose link ended counts as lost for so long, and then as switched off."""
    round_trip_every_s: float = ROUND_TRIP_EVERY_S


USUAL_TIMING = Sscv2Timing()


def make_sscv2_driver(
    host: str,
    port: int,
    options: SessionOptions,
    clock: Clock = time.monotonic,
    timing: Sscv2Timing = USUAL_TIMING,
) -> SessionDriver:
    """A driver for the device at ``host``."""
    return SessionDriver(
        Sscv2Sessions(Peer(host, port, options.access.fingerprint), options, clock, timing).connect
    )


@dataclass(slots=True)
class LeftoverSession:
    """The name of a session that could not be given back."""

    uuid: str | None = None


class Sscv2Sessions:
    """Opens the sessions of one driver.

    Remembers between them the family, since packs keep their numbers; whether the device ever answered; and
    the name of a session that could not be given back: there are few of them, so the next one does that first
    (docs/reference/protocols/sennheiser.md 10).
    """

    def __init__(self, peer: Peer, options: SessionOptions, clock: Clock, timing: Sscv2Timing) -> None:
        self._peer = peer
        self._options = options
        self._clock = clock
        self._timing = timing
        interval_s = options.meter_interval_s
        self._interval_s = METER_INTERVAL_S if interval_s is None else interval_s
        self._has_answered = False
        self._family: Family | None = None
        self._leftover = LeftoverSession()

    @asynccontextmanager
    async def connect(self, report: Report) -> AsyncGenerator[DeviceSession]:
        """Implements ``Connect``. Raises DeviceError CREDENTIALS_NEEDED before anything is sent."""
        access = self._options.access
        secret = require_secret(access, "password", self._peer.address)
        try:
            async with open_client(
                self._peer, self._options.connect_timeout_s, wire=self._options.wire
            ) as client:
                requests = RequestQueue(client, self._clock)
                version, identity = await requests.get(path.VERSION), await requests.get(path.IDENTITY)
                family = family_of(identity, version, access.user)
                if family is None:
                    raise unsupported_device_error(identity, self._peer.address)
                if self._family is None or type(family) is not type(self._family):
                    self._family = family
                self._has_answered = True
                tracker = self._make_tracker(self._family, report)
                tracker.apply_answer(path.VERSION, version)
                tracker.apply_answer(path.IDENTITY, identity)
                requests.sign_in(access.user or self._family.user, secret)
                resources = ResourceSession(requests, tracker, self._clock, has_meters=bool(self._interval_s))
                yield Sscv2Session(resources, self._options.silence_limit_s, self._timing, self._leftover)
        except DeviceError as error:
            explained = self._explain(error)
            if explained is error:
                raise
            raise explained from error

    def _make_tracker(self, family: Family, report: Report) -> ChangeTracker:
        # A channel is heard or asked within this time.
        promised_s = max(self._interval_s, self._timing.quiet_s) if self._interval_s else 0.0
        return ChangeTracker(
            family,
            report,
            self._clock,
            promised_s=promised_s,
            interval_s=self._interval_s,
            lost_s=self._timing.lost_s,
        )

    def _explain(self, error: DeviceError) -> DeviceError:
        """A device that has answered and now refuses connections is restarting, not locked."""
        is_closed = error.code is ErrorCode.DEVICE_REFUSED and "status" not in error.info.details
        if is_closed and self._has_answered:
            return DeviceError(ErrorCode.DEVICE_UNREACHABLE, str(error), hint=_RECONNECT_HINT)
        return error


class Sscv2Session:
    """Implements ``DeviceSession``."""

    def __init__(
        self,
        resources: ResourceSession,
        silence_limit_s: float,
        timing: Sscv2Timing,
        leftover: LeftoverSession,
    ) -> None:
        self._resources = resources
        self._tracker = resources.tracker
        self._silence_limit_s = silence_limit_s
        self._timing = timing
        self._leftover = leftover
        self._errors: list[DeviceError] = []

    @property
    def takes_commands(self) -> bool:
        return self._resources.state is SessionState.WATCHING

    async def stay(self) -> None:
        """Watch until the session is lost or the device falls silent."""
        await self._return_leftover()
        resources = self._resources

        async def end_all_on_error(act: Callable[[], Awaitable[None]]) -> None:
            """The first error ends everything; those that follow from it are not the reason."""
            try:
                await act()
            except DeviceError as error:
                self._errors.append(error)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(
                end_all_on_error, lambda: follow_events(resources.requests, resources.handle_event)
            )
            group.start_soon(end_all_on_error, self._report_levels)
            try:
                await end_all_on_error(self._watch)
            finally:
                # While the stream is still open: its end would void the session.
                await leave_in_time(self.leave)
                group.cancel_scope.cancel()
        if self._errors:
            raise self._errors[0]

    async def look(self) -> None:
        await self._resources.read_everything()

    async def prepare(self) -> None:
        await self._resources.count_channels()

    async def execute(self, command: Command) -> Confirmation:
        return await command_execution.execute(self._resources, command)

    async def leave(self) -> None:
        """Give the session back."""
        if any(error.code is ErrorCode.CREDENTIALS_REFUSED for error in self._errors):
            # Even a goodbye would be one more wrong password (docs/reference/protocols/sennheiser.md 6.1).
            return
        uuid = self._resources.uuid
        if uuid is None:
            return
        self._leftover.uuid = uuid
        try:
            await self._resources.end()
        except DeviceError:
            return
        self._leftover.uuid = None

    async def _return_leftover(self) -> None:
        """Give back what the last session could not, before taking a new one.

        Source: docs/reference/protocols/sennheiser.md 6.2.
        """
        if self._leftover.uuid is not None:
            requests = self._resources.requests
            await requests.send("DELETE", path.session(self._leftover.uuid), may_forbid=True)
            self._leftover.uuid = None

    async def _watch(self) -> None:
        await self._open()
        tracker, resources, timing = self._tracker, self._resources, self._timing
        next_round_trip_at, missed, events = tracker.now(), 0, tracker.events
        while True:
            await anyio.sleep(timing.tick_s)
            try:
                if tracker.now() >= next_round_trip_at:
                    next_round_trip_at = tracker.now() + timing.round_trip_every_s
                    await resources.ping()
                tracker.expire_lost_links()
                await resources.keep_up()
                missed = missed if tracker.events == events else 0
                events = tracker.events
                missed += await self._request_quiet_levels()
            except DeviceError as error:
                # One late answer is no silence.
                if error.code is not ErrorCode.DEVICE_SILENT:
                    raise
            await self._check_alive(missed)

    async def _open(self) -> None:
        """Wait for the stream, read everything and subscribe. Raises DeviceError DEVICE_SILENT."""
        resources = self._resources
        with anyio.move_on_after(self._timing.open_limit_s):
            await resources.wait_until_opened()
        if resources.state is SessionState.UNOPENED:
            raise DeviceError(
                ErrorCode.DEVICE_SILENT,
                f"{resources.requests.address} takes a subscription but never opens it",
                hint=f"Restart the device if it stays so. {_RECONNECT_HINT}",
            )
        await resources.read_everything()
        await resources.subscribe()

    async def _request_quiet_levels(self) -> bool:
        """Whether a channel that the stream says nothing of has another level than before."""
        if not self._resources.has_meters:
            return False
        quiet = self._tracker.numbers_without_levels(self._timing.quiet_s)
        return bool(quiet) and await self._resources.request_levels(quiet)

    async def _check_alive(self, missed: int) -> None:
        tracker = self._tracker
        is_answer_wanted = is_quiet(tracker.silence_s, self._silence_limit_s)
        if missed >= MAX_MISSED or tracker.now() - tracker.event_at >= self._timing.stream_limit_s:
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{self._resources.requests.address} answers but reports no changes any more",
                hint=_RECONNECT_HINT,
            )
        if is_answer_wanted:
            await self._resources.ping()

    async def _report_levels(self) -> None:
        while True:
            await self._tracker.wait_for_levels()
            await anyio.sleep(self._tracker.interval_s)
            self._tracker.report_levels()
