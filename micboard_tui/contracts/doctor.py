"""Why something does not work: what was looked at, what it is, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from micboard_tui.contracts.doctor_causes import CAUSE_TEXTS, Cause
from micboard_tui.contracts.hints import ASK_DOCTOR
from micboard_tui.contracts.result import ServiceResult

THIS_COMPUTER = "this computer"
"""The subject of checks that concern no device."""


class CheckStatus(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and may not for long, or not as well as it could."""
    FAULT = "fault"
    NOT_CHECKED = "not checked"
    """Nothing is known of it; the message says why it was not looked at."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found."""

    title: str
    """What was looked at, in a word or two; unique within its subject."""
    status: CheckStatus
    message: str
    """What was found, or why nothing was looked at, in one sentence."""
    cause: Cause | None = None
    """Of a warning or a fault; None otherwise."""
    cure: str = ""
    """What to do next; empty where there is nothing to do."""
    details: tuple[tuple[str, str], ...] = ()
    """What was measured, by name."""
    subject: str = THIS_COMPUTER
    """The title of the device that it is about, or ``THIS_COMPUTER``."""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All results, in an order that depends on nothing that was found."""

    results: tuple[CheckResult, ...]

    @property
    def has_fault(self) -> bool:
        """Whether anything keeps something from working."""
        return any(result.status is CheckStatus.FAULT for result in self.results)


@dataclass(frozen=True, slots=True)
class DoctorProgress:
    """How far an examination is."""

    done: int
    total: int
    """Groups of checks; each gives one or more results."""
    running: tuple[str, ...]
    """The titles of the groups that are not done."""


ProgressListener: TypeAlias = Callable[[DoctorProgress], None]
"""Called whenever a group of checks is done. Never waits."""


class DoctorContract(Protocol):
    async def make_recording(
        self, host: str, seconds: float, *, manufacturer: str | None = None
    ) -> ServiceResult[str]:
        """Keep a session with a device for so long, 1 to 60 s, and record what passes, names hidden.

        Its meter rate is set meanwhile, and put back. INVALID_VALUE, DEVICE_NOT_HELD (another program has a
        session with it), DEVICE_NOT_FOUND (nothing there is known to speak with).
        """
        ...

    async def find_causes(
        self,
        host: str | None = None,
        *,
        manufacturer: str | None = None,
        listener: ProgressListener | None = None,
    ) -> ServiceResult[DoctorReport]:
        """Look at this computer, and at one address or, in short, at all registered devices.

        ``host``: the id, name or address of a registered device, or any address or host:port; None: all that
        are registered. ``manufacturer``: whose device is expected there; None: that of the registered device,
        or any. Nothing is changed on a device, and one with a running session is not connected to.
        INVALID_VALUE, MANUFACTURER_NOT_SUPPORTED.
        """
        ...


def ok(title: str, message: str, **details: str) -> CheckResult:
    """A check that found nothing wrong."""
    return CheckResult(title, CheckStatus.OK, message, details=tuple(details.items()))


def fault(title: str, cause: Cause, message: str, cure: str = "", **details: str) -> CheckResult:
    """A check that found what keeps something from working; ``cure``: empty is the one of the cause."""
    cure = cure.removesuffix(ASK_DOCTOR) or CAUSE_TEXTS[cause].cure
    return CheckResult(title, CheckStatus.FAULT, message, cause, cure, tuple(details.items()))


def warning(title: str, cause: Cause, message: str, cure: str = "", **details: str) -> CheckResult:
    """A check that found what may do harm; ``cure``: empty is the one of the cause."""
    cure = cure or CAUSE_TEXTS[cause].cure
    return CheckResult(title, CheckStatus.WARNING, message, cause, cure, tuple(details.items()))


def not_checked(title: str, why: str) -> CheckResult:
    """A check that was not made."""
    return CheckResult(title, CheckStatus.NOT_CHECKED, why)
