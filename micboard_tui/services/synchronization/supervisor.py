"""Keeps one device's session alive: tries, waits longer each time, tries again."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import anyio
import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from micboard_tui.contracts.errors import ANSWERED_NO, NEEDS_PERSON, DeviceError, ErrorCode
from micboard_tui.contracts.ports import Driver, Report
from micboard_tui.domain.device import DeviceFault, DeviceStatus
from micboard_tui.domain.observation import Observation
from micboard_tui.services.synchronization.refusal import status_after

FIRST_WAIT_S, LONGEST_WAIT_S, JITTER_S = 1.0, 30.0, 0.5

Announce: TypeAlias = Callable[[DeviceStatus, DeviceFault | None], None]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


class Supervisor:
    """One session at a time with one device. Tells what the device's state becomes.

    A connection that merely dropped is first tried again and only then announced, so that a
    hiccup shows as values that grow old and not as a red row.
    """

    def __init__(
        self,
        driver: Driver,
        report: Report,
        announce: Announce,
        *,
        sleep: Sleep = anyio.sleep,
        chance: Callable[[], float] = random.random,
        device: str | None = None,
    ) -> None:
        self._log = log if device is None else log.bind(device=device)
        self._driver, self._report, self._announce = driver, report, announce
        self._sleep, self._chance = sleep, chance
        self._spoke = False
        self.connects = 0
        self.failures = 0
        self.fault: DeviceFault | None = None
        """Why the last session ended; None once the device has spoken again."""

    async def run(self) -> None:
        """Waits grow while the device says nothing, or no, and start anew once it has spoken.

        Returns only when a person has to act first: nothing more is sent, since accounts lock.
        """
        tries = AsyncRetrying(
            wait=wait_exponential_jitter(max=LONGEST_WAIT_S, multiplier=FIRST_WAIT_S, jitter=JITTER_S),
            retry=retry_if_exception_type(DeviceError),
            sleep=self._sleep,
        )
        while await tries(self._until_it_spoke):
            await self._sleep(FIRST_WAIT_S + JITTER_S * self._chance())

    async def _until_it_spoke(self) -> bool:
        """One session, and whether another may follow. Raises when the device has said nothing, or no."""
        self._spoke = False
        self.connects += 1
        if self.fault is None:
            self._announce(DeviceStatus.CONNECTING, None)
        try:
            await self._driver.run(self._heard)
        except DeviceError as error:
            self._ended(error)
            if error.code in NEEDS_PERSON:
                return False
            if not self._spoke or error.code in ANSWERED_NO:
                raise
        except Exception as error:  # One device's trouble must not end the others' sessions.
            self._log.exception("session_crashed")
            crash = DeviceError(
                ErrorCode.API_ERROR,
                f"It said something that could not be read ({type(error).__name__})",
                hint="See the log; please report it with the device's model and firmware",
            )
            self._ended(crash)
            raise crash from error
        return True

    def _heard(self, observations: Sequence[Observation]) -> None:
        if not self._spoke:
            self._log.info("session_open", connects=self.connects)
        self._spoke = True
        self.fault = None
        self._report(observations)

    def _ended(self, error: DeviceError) -> None:
        info = error.info
        self.failures += 1
        # A device that stays away all night is told once, not every half minute.
        told = self.fault is not None and self.fault.code == info.code
        self.fault = DeviceFault(info.code, info.message, info.hint)
        tell = self._log.debug if told else self._log.warning
        tell("session_ended", code=info.code.value, reason=info.message)
        dropped = self._spoke and info.code is ErrorCode.DEVICE_UNREACHABLE
        if not dropped:
            self._announce(status_after(info.code), self.fault)
