"""A program with services and a board, joined by a bus in memory."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.call_frames import unpack_frame
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.greeting import GreetingContract
from micboard_tui.bus.calls.remote_services import RemoteServices, attach_services
from micboard_tui.bus.connection import Message
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import Success
from tests.fakes.memory_bus import MemoryBus, MemoryConnection
from tests.fakes.recorded_services import KnownSigns, RecordedServices, greeter

SUBJECTS = Subjects()
_CODE = re.compile(rb"\xa4code.([A-Z_]+)\xa7message", re.DOTALL)
ADA, BOB = "Ada Lovelace", "Bob"


@dataclass
class Stage:
    bus: MemoryBus
    hub: MemoryConnection
    board: MemoryConnection
    fake: RecordedServices
    client: CallClient
    remote: RemoteServices
    signs: KnownSigns
    server: anyio.CancelScope
    """Cancelled: the program that keeps the sessions ends."""

    async def connect(
        self, user: str, *, may: Callable[[str], bool] = lambda _: True, acts_for_others: bool = False
    ) -> RemoteServices:
        """The services as another user has them."""
        connection = self.bus.connect(may=may, inbox=SUBJECTS.inbox(user))
        client = CallClient(connection, SUBJECTS, user, acts_for_others=acts_for_others)
        attached = await attach_services(client, self.fake.services.live, self.signs)
        assert attached.success, attached.error
        return attached.data

    async def send(self, right: str, title: str, payload: bytes, *, user: str = ADA) -> ErrorCode | None:
        """Publish a call as another program would; the code of its failure, None: it succeeds."""
        contract, _, name = title.partition(".")
        inbox, answers, is_answered = f"{SUBJECTS.inbox(user)}.1", list[bytes](), anyio.Event()

        async def take(message: Message) -> None:
            answers.append(message.payload)
            is_answered.set()

        subscription = await self.board.subscribe(inbox, take)
        await self.board.publish(SUBJECTS.call(right, user, contract, name), payload, inbox)
        with anyio.fail_after(5.0):
            await is_answered.wait()
        await subscription.end()
        (answer,) = answers
        content = unpack_frame(answer).content
        return ErrorCode(code[1].decode()) if (code := _CODE.search(content)) else None


@asynccontextmanager
async def open_stage(*, user: str = ADA, greets: GreetingContract | None = None) -> AsyncIterator[Stage]:
    bus, fake, signs = MemoryBus(), RecordedServices(), KnownSigns()
    fake.answer("AssignmentContract.list_performers", Success(()))
    hub, board = bus.connect(), bus.connect(inbox=SUBJECTS.inbox(user))
    server = CallServer(hub, SUBJECTS, fake.services, greets or greeter())
    running = anyio.CancelScope()

    async def run() -> None:
        with running:
            await server.run()

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        await anyio.wait_all_tasks_blocked()
        client = CallClient(board, SUBJECTS, user)
        attached = await attach_services(client, fake.services.live, signs)
        assert attached.success, attached.error
        yield Stage(bus, hub, board, fake, client, attached.data, signs, running)
        group.cancel_scope.cancel()
    for connection in list(bus.connections):
        await connection.close()
