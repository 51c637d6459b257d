"""Spreadsheets, XLSX, ODS and XLS, by python-calamine: the extra ``sheets``."""

import json
import subprocess
import sys
from collections.abc import Sequence

from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.domain.safe_text import visible
from micboard_tui.storage.plots.sheet_program import NO_LIBRARY

TIMEOUT_S = 20.0
MAX_SHOWN_REASON = 120
# Without -P a module of that name in the directory of the user would be loaded.
PROGRAM = (sys.executable, "-P", "-m", "micboard_tui.storage.plots.sheet_program")


def read_spreadsheet(content: bytes, program: Sequence[str] = PROGRAM) -> Sequence[Sequence[Sequence[str]]]:
    """The cells of all sheets, of a huge one the first. Raises MicboardError INVALID_VALUE."""
    try:
        ran = subprocess.run(  # noqa: S603 - our own program
            program, input=content, capture_output=True, check=False, timeout=TIMEOUT_S
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _unreadable_error(str(error)) from error
    if ran.returncode != 0:
        raise _unreadable_error("it takes more memory or time than a mic plot may, or is damaged")
    answer = json.loads(ran.stdout)
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


def _unreadable_error(reason: str) -> MicboardError:
    return invalid_value_error(
        f"The spreadsheet cannot be read ({visible(reason)[:MAX_SHOWN_REASON]})", "Save the sheet as CSV"
    )
