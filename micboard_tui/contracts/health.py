"""The health of the program itself, and how its devices are doing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.recorder import NOT_RECORDING, RecorderState
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.identity import DeviceId

MAKE_ROOM = "Remove what is not needed from this disk"


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One part that was looked at."""

    name: str
    verdict: Verdict
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FreeSpaceLimits:
    """Free bytes on a disk below which a check fails or warns."""

    failed_below: int = 20 * 1024 * 1024
    warning_below: int = 200 * 1024 * 1024

    def check(self, name: str, message: str, free_bytes: int) -> HealthCheck:
        """The check called ``name`` of a disk with ``free_bytes``."""
        if free_bytes >= self.warning_below:
            return HealthCheck(name, Verdict.OK, message)
        verdict = Verdict.FAILED if free_bytes < self.failed_below else Verdict.WARNING
        return HealthCheck(name, verdict, message, MAKE_ROOM)


DEFAULT_FREE_SPACE_LIMITS = FreeSpaceLimits()


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """How a device's session has been doing since the program started."""

    device_id: DeviceId
    messages: int = 0
    messages_per_s: float = 0.0
    """In the last seconds."""
    connects: int = 0
    failures: int = 0
    """Sessions that were refused or broke off."""
    last_heard_at: float | None = None
    round_trip_s: float | None = None
    """From the last question to its answer; None when it has answered none."""
    collector: str = ""
    """The name of the collector that holds the session; empty: there are none."""


@dataclass(frozen=True, slots=True)
class CollectorHealth:
    """A program that holds sessions with some devices of a site, as it told last."""

    name: str
    zone: str
    host: str
    """The name of its computer."""
    version: str
    devices: int
    channels: int
    load: int
    """By how many channels it is counted when devices are shared out."""
    heard_at: float
    """Seconds since the epoch."""
    is_heard: bool
    """Whether a sign of life came within the last seconds."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Healthy when no check failed; a device that is off the air is a warning, not an illness."""

    checks: tuple[HealthCheck, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing failed."""
        return all(check.verdict is not Verdict.FAILED for check in self.checks)


@dataclass(frozen=True, slots=True)
class HealthSnapshot:
    """How the process that keeps the sessions is doing: small enough to be sent every second."""

    devices: tuple[DeviceHealth, ...] = ()
    """How each running session is doing."""
    storage_fault: ErrorInfo | None = None
    """Why nothing can be stored now; None when it can, or can again."""
    recorder: RecorderState = NOT_RECORDING
    """How the flight recorder writes what it records."""
    task_fault: ErrorInfo | None = None
    """Which background tasks crashed, so that what they show may be out of date; None: all run."""
    loop_lag_s: float | None = None
    """How late 95 of 100 turns of the event loop came at most in the last minute; None: not measured."""
    stored_at: float | None = None
    """When readings were stored last, seconds since the epoch; None: nothing had to be stored yet."""
    storage_note: str | None = None
    """What the user should know of how the database was opened; None: nothing."""
    collectors: tuple[CollectorHealth, ...] = ()
    """By name; empty: one program has all the sessions."""


class HealthContract(Protocol):
    """Whether the program itself is well: what it stores in, its plugins, its sessions and its tasks."""

    async def check(self) -> ServiceResult[HealthReport]:
        """Look at the database, the directories, the queues, the event loop and the devices."""
        ...

    def snapshot(self) -> HealthSnapshot:
        """As it is at this moment. Reading it never waits and never fails."""
        ...


class DatabaseProbe(Protocol):
    """What the health service needs from storage."""

    async def integrity(self) -> tuple[HealthCheck, ...]:
        """Whether the database opens, is sound, up to date and has room. Raises nothing."""
        ...
