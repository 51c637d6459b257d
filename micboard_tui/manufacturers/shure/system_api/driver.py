"""A session with one System API server and all devices behind it: implements ``Driver``."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report, SessionOptions
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.session_timing import ignore, not_connected
from micboard_tui.manufacturers.shure.system_api import KEY
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.commands import carry_out
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server
from micboard_tui.manufacturers.shure.system_api.polling import Rounds
from micboard_tui.manufacturers.shure.system_api.push_subscription import Push
from micboard_tui.manufacturers.shure.system_api.timing import USUAL_PACE, Pace
from micboard_tui.manufacturers.transport.http_errors import needed_secret
from micboard_tui.manufacturers.transport.https import Peer, open_client
from micboard_tui.protocols.shure_system_api.paths import KEY_HEADER

GOODBYE_TIMEOUT_S = 1.0


class SystemApiDriver:
    """One server. Connects when it is run; every wait has a limit."""

    def __init__(
        self,
        peer: Peer,
        options: SessionOptions,
        clock: Callable[[], float] = time.monotonic,
        pace: Pace = USUAL_PACE,
    ) -> None:
        self._peer = peer
        self._options = options
        self._clock = clock
        self._pace = pace
        self._numbering = Numbering()
        self._running: tuple[Conversation, Server] | None = None
        self._commanding = anyio.Lock()

    async def run(self, report: Report) -> NoReturn:
        async with self._connected(report) as (client, talk, server):
            await self._read_everything(talk, server)
            push = Push(client, talk, self._pace)
            self._running = talk, server
            try:
                raise await self._stay(talk, server, push)
            finally:
                self._running = None

    async def read_once(self, report: Report) -> None:
        async with self._connected(report) as (_, talk, server):
            await self._read_everything(talk, server)

    async def execute(self, command: Command) -> Confirmation:
        if self._running is None:
            raise not_connected("server")
        async with self._commanding:
            return await carry_out(command, *self._running)

    async def execute_once(self, command: Command) -> Confirmation:
        async with self._connected(ignore) as (_, talk, server):
            await talk.read_devices(server)
            return await carry_out(command, talk, server)

    @asynccontextmanager
    async def _connected(
        self, report: Report
    ) -> AsyncGenerator[tuple[httpx.AsyncClient, Conversation, Server]]:
        """Raises DeviceError CREDENTIALS_NEEDED before anything is sent."""
        key = needed_secret(self._options.access, KEY, self._peer.address)
        wanted = self._options.meter_interval_s
        talk = Conversation(
            report, self._clock, self._numbering, self._pace.poll_s if wanted is None or wanted > 0 else None
        )
        # Connecting and answering may each take it, and both together no longer than silence may last.
        timeout_s = min(self._options.connect_timeout_s, self._options.silence_limit_s / 2)
        async with open_client(self._peer, timeout_s, headers={KEY_HEADER: key}) as client:
            yield client, talk, Server(client, talk.answered, self._clock, self._pace.question_s)

    async def _read_everything(self, talk: Conversation, server: Server) -> None:
        await talk.read_devices(server)
        await talk.read_values(server, talk.topics)
        talk.tell_all()

    async def _stay(self, talk: Conversation, server: Server, push: Push) -> DeviceError:
        """Listen and ask until the server is lost; answers with why."""
        lost: DeviceError | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(push.keep)
            try:
                await self._ask_on(talk, server, push)
            except DeviceError as error:
                lost = error
            finally:
                await _goodbye(server, push)
            group.cancel_scope.cancel()
        return lost or DeviceError(ErrorCode.API_ERROR, "The session ended without a reason")

    async def _ask_on(self, talk: Conversation, server: Server, push: Push) -> NoReturn:
        """The only one that asks while a session runs; so questions never pile up."""
        rounds = Rounds(talk, server, self._pace, self._options.silence_limit_s)
        while True:
            if push.fault is not None:
                raise push.fault
            if not (await rounds.keep_list() or await push.subscribe_next(server)):
                await rounds.ask_one()


async def _goodbye(server: Server, push: Push) -> None:
    """Leave nothing subscribed, even while everything is being cancelled."""
    with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
        try:
            await push.unsubscribe(server)
        except DeviceError:
            # It is gone already, and its subscriptions with it.
            return
