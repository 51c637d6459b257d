"""What waits for one output: bounded, delivered in order, never waited for.

Theory of operation. ``put`` may be called at any time and returns at once; where ``MAX_WAITING`` notices
wait, the oldest is dropped. ``run`` opens the output and sends what waits. A notice leaves the queue when it
was sent, or when ``MAX_TRIES`` attempts failed; after each failure the output is closed, and opened anew
after a wait that grows. After a notice was dropped for lack of room the output is opened anew, too, once
those that wait are sent: opening gives it all standing alarms, so that none stays wrong at the other end.
The log has a line when an output begins to fail and one when it works again.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.alarm_outputs import AlarmNotice, AlarmOutput, OutputError

MAX_WAITING = 100
MAX_TRIES = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
MAX_DOUBLED = 16
SEND_TIMEOUT_S = 10.0

log = structlog.get_logger(__name__)


class OutputQueue:
    def __init__(self, output: AlarmOutput, standing: Callable[[], Sequence[AlarmNotice]]) -> None:
        """``standing``: gives the last notice of each alarm that has not ended."""
        self._output, self._standing = output, standing
        self._waiting: deque[AlarmNotice] = deque()
        self._has_more = anyio.Event()
        self._is_failing = False
        self._tries = 0
        """How often the first notice was tried."""
        self._failures = 0
        """How often the output failed since it worked last."""
        self._has_gap = False
        """Whether a notice was dropped since the output was opened."""
        self.dropped = 0
        """How many notices were never sent."""

    def put(self, notice: AlarmNotice) -> None:
        """Let it be sent after those that wait."""
        if len(self._waiting) >= MAX_WAITING:
            self._drop()
        self._waiting.append(notice)
        self._has_more.set()

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            try:
                await self._send_all()
            except (OutputError, TimeoutError) as error:
                self._report(error)
            await anyio.sleep(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (self._failures - 1)))

    async def _send_all(self) -> None:
        """Returns when the output should be opened anew."""
        self._has_gap = False
        async with self._output.open(self._standing()) as send:
            while True:
                while not self._waiting:
                    if self._has_gap:
                        return
                    self._has_more = anyio.Event()
                    await self._has_more.wait()
                notice = self._waiting[0]
                self._tries += 1
                with anyio.fail_after(SEND_TIMEOUT_S):
                    await send(notice)
                self._tries = self._failures = 0
                with suppress(ValueError):  # It may have been dropped meanwhile.
                    self._waiting.remove(notice)
                if self._is_failing:
                    self._is_failing = False
                    log.info("alarm_output_works_again", output=self._output.name, dropped=self.dropped)

    def _report(self, error: Exception) -> None:
        if not self._is_failing:
            reason = str(error) or "It does not answer in time"
            log.warning("alarm_output_failed", output=self._output.name, reason=reason)
        self._is_failing = True
        self._failures = min(self._failures + 1, MAX_DOUBLED)
        if self._tries >= MAX_TRIES and self._waiting:
            self._tries = 0
            self._drop()

    def _drop(self) -> None:
        self._waiting.popleft()
        self.dropped += 1
        self._has_gap = True
