"""The errors of changes that are refused whoever asks, each with its cure."""

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show_lock import ShowLock

UNLOCK = "Unlock it with Ctrl+L on the board, or `micboard-tui unlock`"
USE_ANOTHER = "Do it elsewhere, or start this one without --read-only, MICBOARD_READ_ONLY and read_only"
ARM_FIRST = 'Arm control on the board first, or POST /api/v1/control/arm with {"minutes": 10}'


def describe_lock(lock: ShowLock) -> ErrorInfo:
    """The show is locked, and nothing was changed."""
    by, at = visible(lock.locked_by), format_minute(lock.locked_at)
    return ErrorInfo(ErrorCode.SHOW_LOCKED, f"The show is locked, by {by} at {at}", hint=UNLOCK)


def describe_reading_only() -> ErrorInfo:
    """This program changes nothing."""
    return ErrorInfo(ErrorCode.READ_ONLY, "This micboard-tui only reads", hint=USE_ANOTHER)


def describe_unarmed(user: str) -> ErrorInfo:
    """A user has not armed control, or their time is over."""
    return ErrorInfo(ErrorCode.CONTROL_NOT_ARMED, f"Control is not armed for {visible(user)}", hint=ARM_FIRST)
