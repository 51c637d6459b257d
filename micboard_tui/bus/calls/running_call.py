"""One call where it is carried out, from its first message to the last one that is sent for it.

``run`` carries out the method, and meanwhile sends every second that it goes on, or how far it is: of several
reports the last one, at most every ``PROGRESS_EVERY_S``. All of it goes to ``reply``; ``attach`` sends it
elsewhere from then on, which is how a board goes on after its connection was lost. The answer stays, so that
who attaches later gets it. A call that only reads, and whose board has been gone for ``ABANDONED_S``, ends.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

import anyio
import anyio.to_thread
import structlog

from micboard_tui.bus.calls.call_frames import WORKING, FrameKind, pack_frame
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.bus.connection import MAX_PAYLOAD, BusError, Connection
from micboard_tui.bus.wire.value_codec import ValueCodec
from micboard_tui.contracts.bus_errors import (
    describe_crashed_call,
    describe_end_of_service,
    describe_large_answer,
)
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.result import Failure, Success

WORKING_EVERY_S = 1.0
PROGRESS_EVERY_S = 0.25
UNWRITABLE = (ValueError, TypeError, OverflowError, AttributeError)
"""What codecs raise for a value that is not of its type, or cannot be written."""
ABANDONED_S = 15.0
"""Longer than a board waits for its connection."""
MANY_RECORDS = 64
FAREWELL_S = 1.0
"""For the last message when the program ends."""

Report: TypeAlias = Callable[[object], None]
Answer: TypeAlias = Success[Any] | Failure
Work: TypeAlias = Callable[[Report | None], Awaitable[Answer]]

log = structlog.get_logger(__name__)


class Inboxes(NamedTuple):
    theirs: str
    """Where the board hears what comes of it."""
    ours: str
    """Where we hear that the board does not."""


class RunningCall:
    def __init__(
        self,
        connection: Connection,
        method: RemoteMethod,
        user: str,
        inboxes: Inboxes,
        *,
        wants_progress: bool,
    ) -> None:
        self.method, self.user = method, user
        self.answer: bytes | None = None
        """The frame with it; None: there is none yet."""
        self.ended_at: float | None = None
        """By the clock of the event loop; None: it goes on."""
        self._connection, self._inboxes = connection, inboxes
        self._no_responders_since = self._no_responders_at = -ABANDONED_S
        self._wants_progress = wants_progress and method.progress_parameter is not None
        self._progress: object = None
        self._news = anyio.Event()
        self._scope = anyio.CancelScope()

    async def run(self, work: Work) -> None:
        """Carry it out and send the answer. Raises nothing."""
        began_at = anyio.current_time()
        answer: Answer | None = None
        try:
            with self._scope:
                answer = await self._work_and_report(work)
            # None: it was cancelled by who asked.
            if self.answer is not None:
                await self._send(self.answer)
        except anyio.get_cancelled_exc_class():
            with anyio.move_on_after(FAREWELL_S, shield=True):
                await self._send(self.answer or await self._pack(Failure(describe_end_of_service())))
            raise
        finally:
            self.ended_at = anyio.current_time()
            self._log(answer, self.ended_at - began_at)

    def cancel(self) -> None:
        """Who asked wants no answer any more."""
        self._scope.cancel()

    async def attach(self, reply: str) -> None:
        """Send what comes of it here from now on, and at once how it stands."""
        self._inboxes = self._inboxes._replace(theirs=reply)
        await self._send(WORKING if self.answer is None else self.answer)

    def note_no_responders(self) -> None:
        """What was sent last did not reach the board, which has lost its connection or died."""
        now = anyio.current_time()
        if now - self._no_responders_at > 2 * WORKING_EVERY_S:
            self._no_responders_since = now
        self._no_responders_at = now
        if now - self._no_responders_since >= ABANDONED_S and not self.method.is_change:
            self.cancel()

    async def _work_and_report(self, work: Work) -> Answer:
        async with anyio.create_task_group() as group:
            group.start_soon(self._report)
            report = self._take_progress if self._wants_progress else None
            answer = await _work_safely(self.method, work, report)
            # Of a large one this takes a while, too.
            self.answer = await self._pack(answer)
            group.cancel_scope.cancel()
        return answer

    async def _pack(self, answer: Answer) -> bytes:
        codec = self.method.answer_codec
        try:
            frame = await pack_frame(FrameKind.ANSWER, await _encode(codec, answer))
        except UNWRITABLE:
            log.exception("answer_not_written", call=self.method.title)
            return await pack_frame(FrameKind.ANSWER, codec.encode(Failure(describe_crashed_call())))
        if len(frame) <= MAX_PAYLOAD:
            return frame
        refusal = Failure(describe_large_answer(len(frame), MAX_PAYLOAD))
        return await pack_frame(FrameKind.ANSWER, codec.encode(refusal))

    def _take_progress(self, progress: object) -> None:
        self._progress = progress
        self._news.set()

    async def _report(self) -> None:
        while True:
            with anyio.move_on_after(WORKING_EVERY_S):
                await self._news.wait()
            if not self._news.is_set():
                await self._send(WORKING)
                continue
            self._news = anyio.Event()
            await self._send_progress()
            await anyio.sleep(PROGRESS_EVERY_S)

    async def _send_progress(self) -> None:
        try:
            content = self.method.progress_codec.encode(self._progress)
        except UNWRITABLE:
            log.exception("progress_not_written", call=self.method.title)
            return
        await self._send(await pack_frame(FrameKind.PROGRESS, content))

    async def _send(self, frame: bytes) -> None:
        # Who lost the connection asks again for the answer.
        with suppress(BusError):
            await self._connection.publish(self._inboxes.theirs, frame, self._inboxes.ours)

    def _log(self, answer: Answer | None, seconds: float) -> None:
        """What was given and answered is not logged: there are secrets among it."""
        result = "cancelled"
        if answer is not None:
            result = "done" if answer.success else answer.error.code.value
        write = log.info if self.method.is_change else log.debug
        write("call_ended", call=self.method.title, user=self.user, result=result, seconds=round(seconds, 3))


async def _encode(codec: ValueCodec[Any], answer: Answer) -> bytes:
    """In a thread where there are many records: of 1,000 channels it takes 60 ms, and readings would wait."""
    data = answer.data
    if isinstance(data, list | tuple | Mapping) and len(data) > MANY_RECORDS:
        return await anyio.to_thread.run_sync(codec.encode, answer)
    return codec.encode(answer)


async def _work_safely(method: RemoteMethod, work: Work, report: Report | None) -> Answer:
    try:
        return await work(report)
    except MicboardError as error:
        return Failure.of(error)
    except Exception:  # One call must not end the serving of all others.
        log.exception("call_crashed", call=method.title)
        return Failure(describe_crashed_call())
