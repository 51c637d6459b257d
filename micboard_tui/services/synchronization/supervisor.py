"""Keeps one device's session alive: connects, waits longer after each failure, connects again.

The states, and what leads from one to the next:

    IDLE        ``run`` was not called yet
    CONNECTING  an attempt runs and the device has not spoken in it
    SPEAKING    the device has spoken in this attempt; the fault of the last one is forgotten
    WAITING     the attempt ended. The next one starts after 1, 2, 4 ... 30 s, or after 1 s where the device
                had spoken and did not refuse
    STOPPED     only a person can help (``NEEDS_PERSON``): nothing more is sent, since accounts lock

``Session`` makes a supervisor, calls ``run`` once and reads ``fault``, ``connects`` and ``failures`` at any
time. What is kept between attempts is the last fault: a device that stays away is announced as connecting
only at first, and logged as a warning once for each reason, not for each attempt. A connection that merely
dropped is tried again before it is announced, so that a hiccup shows as values that grow old and not as a
red row.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import TypeAlias

import anyio
import structlog
from tenacity import AsyncRetrying, retry_if_exception_type

from micboard_tui.contracts.errors import ANSWERED_NO, NEEDS_PERSON, DeviceError, ErrorCode
from micboard_tui.contracts.ports import Driver, Report
from micboard_tui.domain.device import DeviceFault, DeviceStatus
from micboard_tui.domain.observation import Observation
from micboard_tui.services.synchronization.crash_error import crash_error
from micboard_tui.services.synchronization.failure_status import status_after
from micboard_tui.services.synchronization.reconnect_wait import growing_wait, short_wait_s

Announce: TypeAlias = Callable[[DeviceStatus, DeviceFault | None], None]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)

_DROPPED = frozenset({ErrorCode.DEVICE_UNREACHABLE, ErrorCode.DEVICE_NOT_HELD})
"""How a session ends that may go on soon, here or with who has the device then."""


class SupervisorState(Enum):
    IDLE = auto()
    CONNECTING = auto()
    SPEAKING = auto()
    WAITING = auto()
    STOPPED = auto()


class Supervisor:
    """Stays in a session with one device and announces what the device's status becomes."""

    def __init__(
        self,
        address: str,
        report: Report,
        announce: Announce,
        *,
        sleep: Sleep = anyio.sleep,
        random_share: Callable[[], float] = random.random,
    ) -> None:
        self._log = log.bind(device=address)
        self._report, self._announce = report, announce
        self._sleep, self._random_share = sleep, random_share
        self.state = SupervisorState.IDLE
        self.connects = 0
        self.failures = 0
        self.fault: DeviceFault | None = None
        """Why the last attempt ended; None once the device has spoken again."""

    async def run(self, driver: Driver) -> None:
        """Returns only when a person has to act first."""
        attempts = AsyncRetrying(
            wait=growing_wait(),
            retry=retry_if_exception_type(DeviceError),
            sleep=self._sleep,
        )
        while await attempts(self._attempt, driver) is not SupervisorState.STOPPED:
            await self._sleep(short_wait_s(self._random_share()))

    async def _attempt(self, driver: Driver) -> SupervisorState:
        """One attempt; the state after it. Raises where the wait before the next one has to grow."""
        self.state = SupervisorState.CONNECTING
        self.connects += 1
        if self.fault is None:
            self._announce(DeviceStatus.CONNECTING, None)
        try:
            await driver.run(self._take)
        except DeviceError as error:
            has_spoken = self.state is SupervisorState.SPEAKING
            self._end(error)
            if error.code in NEEDS_PERSON:
                self.state = SupervisorState.STOPPED
            elif not has_spoken or error.code in ANSWERED_NO:
                raise
        except Exception as error:  # One device's trouble must not end the others' sessions.
            self._log.exception("session_crashed")
            crash = crash_error(error)
            self._end(crash)
            raise crash from error
        return self.state

    def _take(self, observations: Sequence[Observation]) -> None:
        if self.state is not SupervisorState.SPEAKING:
            self._log.info("session_open", connects=self.connects)
            self.state = SupervisorState.SPEAKING
            self.fault = None
        self._report(observations)

    def _end(self, error: DeviceError) -> None:
        info = error.info
        has_dropped = self.state is SupervisorState.SPEAKING and info.code in _DROPPED
        is_known = self.fault is not None and self.fault.code == info.code
        self.state = SupervisorState.WAITING
        self.failures += 1
        self.fault = DeviceFault(info.code, info.message, info.hint)
        write = self._log.debug if is_known else self._log.warning
        write("session_ended", code=info.code.value, reason=info.message)
        if not has_dropped:
            self._announce(status_after(info.code), self.fault)
