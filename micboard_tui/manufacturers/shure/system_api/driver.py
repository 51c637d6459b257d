"""A session with one System API server and all devices behind it."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import NoReturn

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.session_driver import DeviceSession, SessionDriver, leave_in_time
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.shure.system_api import KEY
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.commands import execute_command
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server
from micboard_tui.manufacturers.shure.system_api.polling import PollingRounds
from micboard_tui.manufacturers.shure.system_api.push_subscription import PushSubscription
from micboard_tui.manufacturers.shure.system_api.timing import USUAL_PACE, Pace
from micboard_tui.manufacturers.transport.http_errors import require_secret
from micboard_tui.manufacturers.transport.https import Peer, open_client
from micboard_tui.protocols.shure_system_api.paths import KEY_HEADER


def make_system_api_driver(
    peer: Peer, options: SessionOptions, clock: Clock = time.monotonic, pace: Pace = USUAL_PACE
) -> SessionDriver:
    """A driver for the server ``peer``."""
    return SessionDriver(SystemApiSessions(peer, options, clock, pace).connect, "server")


class SystemApiSessions:
    """Opens the sessions of one driver. Channels keep their numbers from session to session."""

    def __init__(self, peer: Peer, options: SessionOptions, clock: Clock, pace: Pace) -> None:
        self._peer = peer
        self._options = options
        self._clock = clock
        self._pace = pace
        self._numbering = Numbering()

    @asynccontextmanager
    async def connect(self, report: Report) -> AsyncGenerator[DeviceSession]:
        """Implements ``Connect``. Raises DeviceError CREDENTIALS_NEEDED before anything is sent."""
        options = self._options
        key = require_secret(options.access, KEY, self._peer.address)
        has_meters = options.meter_interval_s is None or options.meter_interval_s > 0
        conversation = Conversation(
            report, self._clock, self._numbering, self._pace.poll_s if has_meters else None
        )
        # Connecting and answering may each take it, and both together no longer than silence may last.
        timeout_s = min(options.connect_timeout_s, options.silence_limit_s / 2)
        async with open_client(self._peer, timeout_s, headers={KEY_HEADER: key}, wire=options.wire) as client:
            server = Server(client, conversation.report_answer, self._clock, self._pace.question_s)
            try:
                yield SystemApiSession(client, conversation, server, self._pace, options.silence_limit_s)
            except DeviceError as error:
                explained = explain_error(error)
                if explained is error:
                    raise
                raise explained from error


def explain_error(error: DeviceError) -> DeviceError:
    """A server has no access to allow: where no program listens, its service restarts or is missing."""
    if error.code is not ErrorCode.DEVICE_REFUSED or not isinstance(error.__cause__, httpx.ConnectError):
        return error
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        str(error),
        hint="If the System API service restarts, it is back soon; otherwise check the service and the port",
    )


class SystemApiSession:
    """Implements ``DeviceSession``."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        conversation: Conversation,
        server: Server,
        pace: Pace,
        silence_limit_s: float,
    ) -> None:
        self._client = client
        self._conversation = conversation
        self._server = server
        self._pace = pace
        self._silence_limit_s = silence_limit_s
        self._push: PushSubscription | None = None

    @property
    def takes_commands(self) -> bool:
        return self._push is not None

    async def stay(self) -> None:
        """Listen and ask until the server is lost."""
        await self.look()
        push = self._push = PushSubscription(self._client, self._conversation, self._pace)
        error = DeviceError(ErrorCode.API_ERROR, "The session ended without a reason")
        async with anyio.create_task_group() as group:
            group.start_soon(push.keep)
            try:
                await self._ask_on(push)
            except DeviceError as lost:
                error = lost
            finally:
                # While the WebSocket is still open: its end would void what is to be taken back.
                await leave_in_time(self.leave)
            group.cancel_scope.cancel()
        raise error

    async def look(self) -> None:
        await self._conversation.read_devices(self._server)
        await self._conversation.read_values(self._server, self._conversation.topics)
        self._conversation.report_all()

    async def prepare(self) -> None:
        await self._conversation.read_devices(self._server)

    async def execute(self, command: Command) -> Confirmation:
        return await execute_command(command, self._conversation, self._server)

    async def leave(self) -> None:
        """Leave nothing subscribed."""
        push, self._push = self._push, None
        if push is None:
            return
        try:
            await push.unsubscribe(self._server)
        except DeviceError:
            # It is gone already, and its subscriptions with it.
            return

    async def _ask_on(self, push: PushSubscription) -> NoReturn:
        """The only one that asks while a session runs; so questions never pile up."""
        rounds = PollingRounds(self._conversation, self._server, self._pace, self._silence_limit_s)
        while True:
            if push.fault is not None:
                raise push.fault
            if not (await rounds.read_list_if_due() or await push.subscribe_next(self._server)):
                await rounds.ask_one()
