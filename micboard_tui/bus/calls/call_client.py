"""Calls contract methods of another process, and waits for their answers.

``call`` sends one message. As long as nothing came of it, it is sent again each ``OFFER_EVERY_S`` under its
number, since the program that got it may stand still and another one have taken its place (``_OfferedCall``);
that is safe, since what changes something is only taken, and begun by one program, which is named to it
alone. From then on it is waited for as long as something comes within ``SILENCE_S``: a word that it is worked
on, progress, the answer. What ends it otherwise: the server does not let us publish it (NOT_ALLOWED), or no
program takes calls (NOT_SERVED). Where a program took calls before, the next one may be about to: only when
none has come within ``TAKEN_WITHIN_S`` that is answered, and from then on at once.

When the connection is lost meanwhile, it is waited for as long. Then a call that only reads is sent again,
once, under its number. One that changes something and may have begun is never sent again: only its answer is
asked for, which the other process keeps for a minute. Where none is to be had the failure says that it is not
known whether it was done. A call that is cancelled here is cancelled there.
"""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from uuid import uuid4

import anyio

from micboard_tui.bus.calls.call_frames import (
    FOLLOW_UPS,
    MAX_ARGUMENTS,
    CallRequest,
    FollowUp,
    pack_request,
)
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.bus.calls.running_call import Answer
from micboard_tui.bus.calls.sent_call import SentCall
from micboard_tui.bus.connection import BusError, Connection
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import WireError
from micboard_tui.contracts import bus_errors
from micboard_tui.contracts.call_rights import describe_denial
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.origin import current_origin
from micboard_tui.contracts.result import Failure
from micboard_tui.domain.user import Permission

SILENCE_S = 5.0
"""So long nothing may come."""
AGAIN_EVERY_S = 0.5
OFFER_EVERY_S = 1.5
"""Longer than until the first sign of a call that is worked on."""
TAKEN_WITHIN_S = 7.0
"""A hub that stands still is replaced within five seconds."""
_FAREWELL_S = 1.0


class CallClient:
    """Calls in the name of ``user``, who is the one whose key opened the connection.

    With ``acts_for_others`` that is a program of the site, whose key has all rights: calls with an ``actor``
    are sent in the name of that user, all others in its own.
    """

    def __init__(
        self,
        connection: Connection,
        subjects: Subjects,
        user: str,
        *,
        acts_for_others: bool = False,
        has_successors: bool = True,
    ) -> None:
        """``has_successors``: whether another program takes calls when the one that does ends."""
        self.user, self.acts_for_others = user, acts_for_others
        self.permission: Permission | None = None
        """What the user may do, for texts; None: it is not known yet."""
        self._connection, self._subjects = connection, subjects
        self._has_successors = has_successors
        self._missed_since: float | None = -math.inf
        """When it was first noticed that no program takes calls; None: one did, or may."""
        self._sent: set[SentCall] = set()
        connection.on_change(self._take_change)
        connection.on_denied(self._take_denial)

    async def call(
        self,
        method: RemoteMethod,
        arguments: Mapping[str, object],
        report: Callable[[object], None] | None = None,
        actor: str | None = None,
    ) -> Answer:
        """Have a method carried out; ``report`` gets how far it is, where the method says so.

        ``actor``: who acts, of interest only to a client that acts for others.
        """
        user = actor if actor is not None and self.acts_for_others else self.user
        try:
            encoded = method.encode_arguments(arguments)
        except (ValueError, OverflowError) as error:
            return Failure(bus_errors.describe_unreadable_call(str(error)))
        size = sum(map(len, encoded.values()))
        if size > MAX_ARGUMENTS:
            return Failure(bus_errors.describe_large_request(size, MAX_ARGUMENTS))
        request = CallRequest(
            uuid4().hex, encoded, report is not None, waits=method.is_change, origin=current_origin()
        )
        subject = self._subjects.call(method.right, user, method.contract.__name__, method.name)
        call = SentCall(method, subject, user, self._new_inbox(user), report)
        try:
            subscription = await self._connection.subscribe(call.inbox, call.take)
        except BusError:
            return Failure(bus_errors.describe_lost_connection())
        self._sent.add(call)
        try:
            return await self._carry_out(call, request)
        except anyio.get_cancelled_exc_class():
            await self._cancel(call.user, request)
            raise
        finally:
            self._sent.discard(call)
            with anyio.move_on_after(_FAREWELL_S, shield=True):
                await subscription.end()

    def _new_inbox(self, user: str) -> str:
        """The other program answers to an inbox of who acts only."""
        if self.acts_for_others:
            return f"{self._subjects.inbox(user)}.{uuid4().hex}"
        return self._connection.new_inbox()

    async def _carry_out(self, call: SentCall, request: CallRequest) -> Answer:
        payload = await pack_request(request)
        offered = _OfferedCall(self._connection, call, payload, self._is_missing)
        if (failure := await offered.send_until_heard()) is not None:
            return Failure(failure)
        self._missed_since = None
        if call.method.is_change:
            subject = self._subjects.call_follow_up(call.user)
            order = FOLLOW_UPS.encode(FollowUp(request.call_id, begins_at=call.taken_by or ""))
            if call.taken_by is not None and not await self._have_begun(call, subject, order):
                return Failure(bus_errors.describe_lost_connection())
            recovery = _Recovery(self._connection, subject, order)
        else:
            recovery = _Recovery(self._connection, call.subject, payload)
        while (answer := self._find_answer(call)) is None:
            if call.is_cut or call.has_no_responders:
                if not await recovery.ask_again(call):
                    return Failure(recovery.describe_end(call.method))
            elif not await call.wait_for_news(call.heard_at + SILENCE_S):
                return Failure(_describe_loss(call.method, bus_errors.describe_silence(SILENCE_S)))
        return answer

    def _is_missing(self) -> bool:
        """Whether a program that takes calls has been missed for so long that none is about to come."""
        now = anyio.current_time()
        if self._missed_since is None:
            self._missed_since = now
        return not self._has_successors or now - self._missed_since >= TAKEN_WITHIN_S

    async def _have_begun(self, call: SentCall, subject: str, order: bytes) -> bool:
        """Have the program that took it begin; False: that was refused here, and nothing has left."""
        try:
            await self._connection.publish(subject, order, call.inbox)
        except BusError:
            if self._connection.lost_since is not None:
                return False
            call.cut()
        return True

    def _find_answer(self, call: SentCall) -> Answer | None:
        """What there is to answer now; None: nothing yet."""
        if call.answer is not None:
            return _read_answer(call.method, call.answer)
        if call.fault is not None:
            return Failure(bus_errors.describe_unreadable_answer(call.fault))
        if call.is_denied:
            method = call.method
            return Failure(
                describe_denial(call.user, self.permission, method.contract.__name__, method.right)
            )
        return None

    async def _cancel(self, user: str, request: CallRequest) -> None:
        payload = FOLLOW_UPS.encode(FollowUp(request.call_id, is_cancelled=True))
        with anyio.move_on_after(_FAREWELL_S, shield=True), suppress(BusError):
            await self._connection.publish(self._subjects.call_follow_up(user), payload)

    def _take_change(self) -> None:
        is_lost = self._connection.lost_since is not None
        if self._missed_since != -math.inf:
            # The other program comes back a moment later than we do.
            self._missed_since = None
        for call in self._sent:
            if is_lost:
                call.cut()
            else:
                call.wake()

    def _take_denial(self, subject: str) -> None:
        for call in self._sent:
            # The server's library tells it in small letters.
            if call.subject.lower() == subject.lower():
                call.deny()


class _OfferedCall:
    """Sends a call until anything comes of it; meanwhile nothing is begun that must not be done twice."""

    def __init__(
        self, connection: Connection, call: SentCall, payload: bytes, is_missing: Callable[[], bool]
    ) -> None:
        """``is_missing``: whether there is no use in waiting for a program, where none takes calls."""
        self._connection, self._call, self._payload = connection, call, payload
        self._is_missing = is_missing
        self._until = anyio.current_time() + TAKEN_WITHIN_S
        self._times = 0
        """So often it was sent."""

    async def send_until_heard(self) -> ErrorInfo | None:
        """Why there is no use in waiting for it, and nothing was done; None: it was heard, or denied."""
        call = self._call
        while not (call.is_heard or call.is_denied):
            if anyio.current_time() >= self._until:
                return self._describe_end()
            if call.is_cut and not await self._wait_connected():
                return bus_errors.describe_lost_connection()
            if not await self._send() and not self._times:
                return bus_errors.describe_lost_connection()
            await self._wait_for_sign()
            if call.has_no_responders and self._times == 1 and self._is_missing():
                return bus_errors.describe_missing_service()
        return None

    def _describe_end(self) -> ErrorInfo:
        if self._call.has_no_responders:
            return bus_errors.describe_missing_service()
        return bus_errors.describe_silence(TAKEN_WITHIN_S)

    async def _send(self) -> bool:
        """False: it was refused here, and has not left."""
        self._call.has_no_responders = False
        try:
            await self._connection.publish(self._call.subject, self._payload, self._call.inbox)
        except BusError:
            return self._connection.lost_since is None
        self._times += 1
        return True

    async def _wait_for_sign(self) -> None:
        call, until = self._call, min(anyio.current_time() + OFFER_EVERY_S, self._until)
        while not (call.is_heard or call.is_denied or call.is_cut):
            if call.has_no_responders:
                # The other process, or the next one, comes a moment later.
                await anyio.sleep(AGAIN_EVERY_S if self._times > 1 else 0.0)
                return
            if not await call.wait_for_news(until):
                return

    async def _wait_connected(self) -> bool:
        """Wait until the connection is back; False: it does not come."""
        limit = anyio.current_time() + SILENCE_S
        while self._connection.lost_since is not None:
            if not await self._call.wait_for_news(limit):
                return False
        self._call.is_cut = False
        self._times = max(self._times, 1)
        self._until = max(self._until, anyio.current_time() + SILENCE_S)
        return True


class _Recovery:
    """Asks again, once, after the connection was lost: with a message that does nothing twice."""

    def __init__(self, connection: Connection, subject: str, payload: bytes) -> None:
        self._connection, self._subject, self._payload = connection, subject, payload
        self._until: float | None = None
        """None: the connection has not been lost."""

    async def ask_again(self, call: SentCall) -> bool:
        """False: it is no use any more, or never was."""
        if call.is_cut:
            if self._until is not None:
                return False
            self._until = anyio.current_time() + SILENCE_S
            while self._connection.lost_since is not None:
                if not await call.wait_for_news(self._until):
                    return False
            call.is_cut = False
        elif self._until is None or anyio.current_time() > self._until:
            return False
        else:
            # The other process comes back a moment later than we do.
            await anyio.sleep(AGAIN_EVERY_S)
        call.has_no_responders = False
        call.heard_at = anyio.current_time()
        with suppress(BusError):
            await self._connection.publish(self._subject, self._payload, call.inbox)
        return True

    def describe_end(self, method: RemoteMethod) -> ErrorInfo:
        """Why it is no use."""
        if self._until is None:
            return bus_errors.describe_missing_service()
        return _describe_loss(method, bus_errors.describe_lost_connection())


def _describe_loss(method: RemoteMethod, nothing_done: ErrorInfo) -> ErrorInfo:
    return bus_errors.describe_unknown_outcome() if method.is_change else nothing_done


def _read_answer(method: RemoteMethod, written: bytes) -> Answer:
    try:
        answer: Answer = method.answer_codec.decode(written)
    except WireError as error:
        return Failure(bus_errors.describe_unreadable_answer(str(error)))
    return answer
