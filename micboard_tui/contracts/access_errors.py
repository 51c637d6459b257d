"""The errors of changes that are refused for everyone, each with its cure."""

from math import ceil

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.domain.units import format_duration

UNLOCK = "Unlock it with Ctrl+K, or `micboard-tui unlock`"
FORGOTTEN = "Where it is forgotten: docs/how-to/lock-the-show.md"
USE_ANOTHER = "Do it elsewhere, or start this one without --read-only, MICBOARD_READ_ONLY and read_only"
ARM_FIRST = 'Arm control on the board first, or POST /api/v1/control/arm with {"minutes": 10}'


def describe_lock(lock: ShowLock) -> ErrorInfo:
    """The show is locked, and nothing was changed."""
    by, at = visible(lock.locked_by), format_minute(lock.locked_at)
    return ErrorInfo(ErrorCode.SHOW_LOCKED, f"The show is locked, by {by} at {at}", hint=UNLOCK)


def describe_wrong_pin(wait_s: float) -> ErrorInfo:
    """The PIN was wrong; ``wait_s``: so long no other one is taken."""
    return ErrorInfo(
        ErrorCode.PIN_REFUSED,
        "The PIN is not right, and the show stays locked",
        {"wait_s": f"{wait_s:.0f}"},
        f"Try again in {format_duration(wait_s)}. {FORGOTTEN}",
    )


def describe_early_try(wait_s: float) -> ErrorInfo:
    """A PIN was given too soon after a wrong one, and not looked at."""
    wait_s = ceil(wait_s)
    return ErrorInfo(
        ErrorCode.PIN_REFUSED,
        "After a wrong PIN none is taken for a while, and this one was not looked at",
        {"wait_s": f"{wait_s:.0f}"},
        f"Try again in {format_duration(wait_s)}",
    )


def describe_reading_only() -> ErrorInfo:
    """This program changes nothing."""
    return ErrorInfo(ErrorCode.READ_ONLY, "This micboard-tui only reads", hint=USE_ANOTHER)


def describe_unarmed(user: str) -> ErrorInfo:
    """A user has not armed control, or their time is over."""
    return ErrorInfo(ErrorCode.CONTROL_NOT_ARMED, f"Control is not armed for {visible(user)}", hint=ARM_FIRST)
