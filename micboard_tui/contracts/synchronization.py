"""Keeping one supervised session a device."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation


class SynchronizationContract(Protocol):
    """Of the process that keeps the sessions; no other process asks for it, so it takes no ``actor``."""

    @property
    def is_running(self) -> bool:
        """Whether this process keeps sessions."""
        ...

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        """Open a session with every registered device (of one manufacturer), and with those added later.

        Answers with the number of devices. MANUFACTURER_NOT_SUPPORTED, DATABASE_*.
        ALREADY_RUNNING: another process reads the devices, ``Findings.holder``. Until ``stop`` the live state
        shows what that one stored, as past, and the sessions are opened once it has ended.
        """
        ...

    async def stop(self) -> None:
        """Say goodbye to every device and store what is known. Takes three seconds at most."""
        ...

    async def refresh(self) -> None:
        """Take up now what was added, changed or removed, instead of within two seconds."""
        ...

    async def retry(self, device_id: DeviceId) -> None:
        """Open a device's session anew: for one that waits for a person. Does nothing where none runs."""
        ...

    async def read(self, device_id: DeviceId, timeout_s: float) -> bool:
        """Have a device that is not online connected anew, and wait until it is, has failed, or had so long.

        False: it has no session and may be read without one. Raises MicboardError DEVICE_NOT_HELD where
        another process speaks with it or is about to.
        """
        ...

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        """The one place that says what follows from a reading. Never waits."""
        ...

    def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        """What changed or became stale, at most once an interval, until the iterator is closed."""
        ...

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        """Run a command through the device's session; None when it has none. Raises DeviceError."""
        ...
