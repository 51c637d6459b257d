"""What health says of the audit: whether its chain is whole."""

from collections.abc import Awaitable, Callable

from micboard_tui.contracts.audit import ChainReport
from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.health import HealthCheck, Verdict

NAME = "audit"
LOOK_AT_IT = "Entries were changed or removed by another program. Compare with a backup"


async def check_audit(verify: Callable[[], Awaitable[ChainReport]]) -> HealthCheck:
    """``verify`` looks at the chain."""
    try:
        report = await verify()
    except StorageError as error:
        return HealthCheck(NAME, Verdict.FAILED, error.info.message, error.info.hint)
    if report.broken_at is not None:
        message = f"The chain of entries is broken at number {report.broken_at}"
        return HealthCheck(NAME, Verdict.FAILED, message, LOOK_AT_IT)
    newest = "" if report.verified == report.entries else f"; the newest {report.verified} were looked at"
    return HealthCheck(NAME, Verdict.OK, f"{report.entries} entries in a whole chain{newest}", "")
