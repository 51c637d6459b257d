"""Carries out the calls of boards on the services of this process.

Each call comes as one message, whose subject says who calls what: the server of the bus lets every user
publish under their own name only, and only with the rights that they have, so that the actor is taken from
there. The message is checked where it comes in, one after the other, and refused at once where it cannot be
carried out; a call that can be runs in a task of its own (``RunningCall``), at once or on a later order to
begin. A second subject takes what is sent after a call: it is to begin, it is cancelled, or its answer is
asked for again.
"""

from collections.abc import Mapping
from functools import partial
from itertools import count

import anyio
import structlog
from anyio.abc import TaskGroup

from micboard_tui.bus.calls.call_frames import (
    FOLLOW_UPS,
    FrameKind,
    pack_frame,
    unpack_request,
)
from micboard_tui.bus.calls.greet_call import GREET
from micboard_tui.bus.calls.greeting import GreetingContract
from micboard_tui.bus.calls.recent_calls import CallName, RecentCalls
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.bus.calls.remote_methods import METHODS
from micboard_tui.bus.calls.running_call import Inboxes, RunningCall
from micboard_tui.bus.calls.waiting_calls import RequestedCall, WaitingCalls
from micboard_tui.bus.connection import BusError, Connection, Message
from micboard_tui.bus.wire.subjects import CALL_QUEUE, Subjects
from micboard_tui.bus.wire.value_codec import WireError
from micboard_tui.contracts.bus_errors import describe_busy_service, describe_unreadable_call
from micboard_tui.contracts.call_rights import describe_denial
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.result import Failure
from micboard_tui.contracts.services import CONTRACTS

MAX_CALL_ID = 64
"""Characters."""
_END_S = 1.0
_MAX_LOGGED = 100

log = structlog.get_logger(__name__)


class CallServer:
    """``run`` it as long as the services are there."""

    def __init__(
        self, connection: Connection, subjects: Subjects, services: object, greeter: GreetingContract
    ) -> None:
        """``services``: all ``Services``, or only some of them; others are refused."""
        self._connection, self._subjects = connection, subjects
        self._targets: Mapping[type, object] = {
            **{
                contract: getattr(services, name)
                for name, contract in CONTRACTS.items()
                if hasattr(services, name)
            },
            GREET.contract: greeter,
        }
        self._calls, self._waiting = RecentCalls(), WaitingCalls()
        self._inbox = connection.new_inbox()
        self._numbered: dict[str, RunningCall] = {}
        """Those that go on, by the last part of the inbox that is theirs."""
        self._numbers = count()

    async def run(self) -> None:
        """Until it is cancelled; calls that go on then are cancelled and answered. Raises BusError."""
        async with anyio.create_task_group() as group:
            subjects = self._subjects
            subscriptions = [
                await self._connection.subscribe(f"{self._inbox}.*", self._take_no_responders),
                await self._connection.subscribe(subjects.calls, partial(self._take_call, group), CALL_QUEUE),
                await self._connection.subscribe(
                    subjects.call_follow_ups, partial(self._take_follow_up, group)
                ),
            ]
            try:
                await anyio.sleep_forever()
            finally:
                with anyio.move_on_after(_END_S, shield=True):
                    for subscription in subscriptions:
                        await subscription.end()

    async def _take_call(self, group: TaskGroup, message: Message) -> None:
        """Start a call, or refuse it."""
        called = self._subjects.parse_call(message.subject)
        if called is None or not self._may_answer(called.user, message.reply):
            return
        method = METHODS.get(f"{called.contract}.{called.method}")
        if method is None or method.contract not in self._targets:
            reason = f"there is no {called.contract}.{called.method}"
            await self._refuse(message.reply, describe_unreadable_call(reason))
        elif method.right != called.right:
            # A subject with a lesser right than the method needs: the server of the bus cannot know that.
            denial = describe_denial(called.user, None, called.contract, method.right)
            await self._refuse(message.reply, denial)
        else:
            await self._begin(group, method, called.user, message)

    async def _begin(self, group: TaskGroup, method: RemoteMethod, user: str, message: Message) -> None:
        try:
            request = unpack_request(message.payload)
            arguments = method.decode_arguments(request.arguments)
        except WireError as error:
            await self._refuse(message.reply, describe_unreadable_call(str(error)))
            return
        name = CallName(user, request.call_id[:MAX_CALL_ID])
        asked = RequestedCall(method, request, arguments, message.reply)
        if (known := self._calls.find(name, anyio.current_time())) is not None:
            if known.method is method:
                await known.attach(message.reply)
            else:
                await self._refuse(message.reply, describe_unreadable_call("its number was used before"))
        elif not self._calls.has_room(user):
            await self._refuse(message.reply, describe_busy_service())
        elif self._calls.take_cancelled(name):
            log.debug("call_was_cancelled", call=method.title)
        elif request.waits:
            await self._keep_waiting(name, asked)
        else:
            self._start(group, name, asked)

    async def _keep_waiting(self, name: CallName, asked: RequestedCall) -> None:
        if self._waiting.keep(name, asked, anyio.current_time()):
            await self._send(asked.reply, await pack_frame(FrameKind.TAKEN, self._inbox.encode()))
        else:
            await self._refuse(asked.reply, describe_busy_service())

    def _start(self, group: TaskGroup, name: CallName, asked: RequestedCall) -> None:
        number = str(next(self._numbers))
        call = RunningCall(
            self._connection,
            asked.method,
            name.user,
            Inboxes(asked.reply, f"{self._inbox}.{number}"),
            wants_progress=asked.request.wants_progress,
        )
        self._calls.begin(name, call)
        self._numbered[number] = call

        async def run() -> None:
            try:
                await call.run(asked.work_on(self._targets[asked.method.contract], name.user))
            finally:
                self._calls.end(name)
                del self._numbered[number]

        group.start_soon(run, name=f"call {asked.method.title}")

    async def _take_no_responders(self, message: Message) -> None:
        call = self._numbered.get(message.subject.rpartition(".")[2])
        if call is not None and message.has_no_responders:
            call.note_no_responders()

    async def _take_follow_up(self, group: TaskGroup, message: Message) -> None:
        user = self._subjects.parse_follow_up(message.subject)
        try:
            follow_up = FOLLOW_UPS.decode(message.payload)
        except WireError as error:
            log.warning("follow_up_not_understood", user=user, reason=str(error))
            return
        name = CallName(user, follow_up.call_id[:MAX_CALL_ID])
        if follow_up.is_cancelled:
            self._waiting.take(name, anyio.current_time())
            self._calls.cancel(name)
        elif self._may_answer(user, message.reply):
            if (call := self._calls.find(name, anyio.current_time())) is not None:
                await call.attach(message.reply)
            elif follow_up.begins_at == self._inbox:
                await self._begin_waiting(group, name, message.reply)

    async def _begin_waiting(self, group: TaskGroup, name: CallName, reply: str) -> None:
        if (asked := self._waiting.take(name, anyio.current_time())) is None:
            return
        if self._calls.has_room(name.user):
            self._start(group, name, asked._replace(reply=reply))
        else:
            await self._refuse(reply, describe_busy_service())

    def _may_answer(self, user: str, reply: str) -> bool:
        """Whether it is an inbox of this user: elsewhere it would be taken for a message of ours."""
        is_theirs = reply.startswith(f"{self._subjects.inbox(user)}.")
        if not is_theirs:
            log.warning("call_without_inbox", user=user, reply=reply[:_MAX_LOGGED])
        return is_theirs

    async def _refuse(self, reply: str, info: ErrorInfo) -> None:
        await self._send(reply, await pack_frame(FrameKind.ANSWER, GREET.answer_codec.encode(Failure(info))))

    async def _send(self, reply: str, frame: bytes) -> None:
        try:
            await self._connection.publish(reply, frame)
        except BusError as error:
            log.debug("frame_not_sent", reason=str(error))
