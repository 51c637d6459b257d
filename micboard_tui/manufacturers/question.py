"""A question and its answer: sent, waited for, sent again.

A conversation has one ``Questions``. Its ``Listener`` side gives every message that may be an answer to
``take``; its tasks call ``ask``. One question is on its way at a time, since most protocols do not say which
question a message answers. It is ``pending`` until it is answered, all tries have timed out, or ``close`` was
called. After ``close`` nothing is asked any more but the question of ``ask_last``, so that no task keeps a
goodbye waiting.
"""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

from micboard_tui.manufacturers.session_timing import Clock

MessageT = TypeVar("MessageT")


class _Question(Generic[MessageT]):
    def __init__(self, is_answer: Callable[[MessageT], bool]) -> None:
        self.is_answer = is_answer
        self.answer: MessageT | None = None
        self.answered_at = 0.0
        self.is_over = anyio.Event()


class Questions(Generic[MessageT]):
    """Asks one question at a time."""

    def __init__(self, lock: anyio.Lock, clock: Clock, report_round_trip: Callable[[float], None]) -> None:
        """``lock`` is held from question to answer; ``report_round_trip`` gets how long that took."""
        self._lock = lock
        self._clock = clock
        self._report_round_trip = report_round_trip
        self._is_closed = False
        self.pending: _Question[MessageT] | None = None

    def take(self, message: MessageT) -> None:
        """Look whether a message that arrived is the answer. Never waits."""
        question = self.pending
        if question is not None and question.answer is None and question.is_answer(message):
            question.answer = message
            question.answered_at = self._clock()
            question.is_over.set()

    async def ask(
        self,
        send: Callable[[], Awaitable[None]],
        is_answer: Callable[[MessageT], bool],
        timeout_s: float,
        tries: int = 1,
    ) -> MessageT | None:
        """Send and wait ``timeout_s`` for the answer, at most ``tries`` times; None when none came."""
        async with self._lock:
            return None if self._is_closed else await self._ask(send, is_answer, timeout_s, tries)

    async def ask_last(
        self,
        send: Callable[[], Awaitable[None]],
        is_answer: Callable[[MessageT], bool],
        timeout_s: float,
        tries: int = 1,
    ) -> MessageT | None:
        """Close, and then ask as ``ask`` does."""
        self.close()
        async with self._lock:
            return await self._ask(send, is_answer, timeout_s, tries)

    def close(self) -> None:
        """End the wait for an answer, now and for every later question."""
        self._is_closed = True
        if self.pending is not None:
            self.pending.is_over.set()

    async def _ask(
        self,
        send: Callable[[], Awaitable[None]],
        is_answer: Callable[[MessageT], bool],
        timeout_s: float,
        tries: int,
    ) -> MessageT | None:
        self.pending = question = _Question(is_answer)
        try:
            for _ in range(tries):
                await send()
                asked_at = self._clock()
                with anyio.move_on_after(timeout_s):
                    await question.is_over.wait()
                    if question.answer is not None:
                        self._report_round_trip(max(0.0, question.answered_at - asked_at))
                    break
        finally:
            self.pending = None
        return question.answer
