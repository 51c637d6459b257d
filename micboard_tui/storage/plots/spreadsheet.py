"""Spreadsheets, XLSX, ODS and XLS, by python-calamine: the extra ``sheets``."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from anyio import from_thread

from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.domain.safe_text import visible
from micboard_tui.storage.plots.sheet_program import NO_LIBRARY

TIMEOUT_S = 20.0
LOOK_S = 0.2
"""So often it is looked whether the answer is wanted any more."""
MAX_SHOWN_REASON = 120
# Without -P a module of that name in the directory of the user would be loaded.
PROGRAM = (sys.executable, "-P", "-m", "micboard_tui.storage.plots.sheet_program")


def read_spreadsheet(content: bytes, program: Sequence[str] = PROGRAM) -> Sequence[Sequence[Sequence[str]]]:
    """The cells of all sheets, of a huge one the first. Raises MicboardError INVALID_VALUE.

    Runs in a thread; reading ends when the task that waits for that is cancelled.
    """
    try:
        written = _run(program, content)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _unreadable_error(str(error)) from error
    if written is None:
        raise _unreadable_error("it takes more memory or time than a mic plot may, or is damaged")
    answer = json.loads(written)
    if (reason := answer.get("error")) == NO_LIBRARY:
        raise invalid_value_error(
            "Spreadsheets cannot be read: python-calamine is not installed",
            "Install it: pip install 'micboard-tui[sheets]', or save the sheet as CSV",
        )
    if reason is not None:
        raise _unreadable_error(reason)
    sheets: Sequence[Sequence[Sequence[str]]] = answer["sheets"]
    if not sheets:
        raise invalid_value_error("The spreadsheet has no sheet", "Save it as CSV")
    return sheets


def _run(program: Sequence[str], content: bytes) -> bytes | None:
    """What the program writes when it is given ``content``; None: it failed.

    Raises TimeoutExpired, OSError; what a cancelled task raises. The program has ended by then.
    """
    ends_at = time.monotonic() + TIMEOUT_S
    with subprocess.Popen(  # noqa: S603 - our own program
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        given: bytes | None = content
        try:
            while True:
                try:
                    written, _ = running.communicate(given, timeout=LOOK_S)
                except subprocess.TimeoutExpired:
                    if time.monotonic() > ends_at:
                        raise
                    # What it was given is on its way.
                    given = None
                    # In a thread of another kind there is no such task.
                    with suppress(RuntimeError):
                        from_thread.check_cancelled()
                else:
                    return written if running.returncode == 0 else None
        except BaseException:  # Also when it is cancelled: nothing waits for the answer.
            running.kill()
            raise


def _unreadable_error(reason: str) -> MicboardError:
    return invalid_value_error(
        f"The spreadsheet cannot be read ({visible(reason)[:MAX_SHOWN_REASON]})", "Save the sheet as CSV"
    )
