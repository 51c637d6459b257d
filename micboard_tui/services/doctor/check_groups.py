"""Runs groups of checks side by side, each within a limit; the order of the results is always the same."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio
import structlog

from micboard_tui.contracts.doctor import CheckResult, DoctorProgress, ProgressListener, not_checked
from micboard_tui.services.parallel import run_side_by_side

GROUPS_AT_ONCE = 32
LIMIT_S = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Checks that follow from the same facts."""

    title: str
    """What stands for them while they run, and where they could not be made."""
    run: Callable[[], Awaitable[Sequence[CheckResult]]]
    limit_s: float = LIMIT_S


async def run_groups(groups: Sequence[CheckGroup], listener: ProgressListener) -> Sequence[CheckResult]:
    """The results of all, in the order of ``groups``. One that is late or crashes is not checked."""
    results: dict[str, Sequence[CheckResult]] = {}

    def report() -> None:
        running = tuple(group.title for group in groups if group.title not in results)
        listener(DoctorProgress(len(results), len(groups), running))

    async def run(group: CheckGroup) -> None:
        results[group.title] = await _run_in_time(group)
        report()

    report()
    await run_side_by_side(run, groups, min(GROUPS_AT_ONCE, len(groups)))
    return [result for group in groups for result in results[group.title]]


async def _run_in_time(group: CheckGroup) -> Sequence[CheckResult]:
    try:
        with anyio.fail_after(group.limit_s):
            return await group.run()
    except TimeoutError:
        return [not_checked(group.title, f"It took longer than {group.limit_s:g} s")]
    except Exception as error:  # One check in trouble must not hide what the others find.
        log.exception("check_crashed", check=group.title)
        return [not_checked(group.title, f"The check itself failed ({type(error).__name__}); see the log")]
