"""A program that reads a spreadsheet from its input and writes its cells: started by ``spreadsheet``.

The library for it makes room for every cell up to the last one that is written, and ends the process where
there is no room, which a file of one kilobyte can bring about. So it runs in a process of its own, within
limits of memory and processor time where the system has them.
"""

import io
import json
import sys
from collections.abc import Sequence
from datetime import date, time, timedelta

from micboard_tui.domain.mic_plot_table import MAX_TABLE_COLUMNS, MAX_TABLE_ROWS

MAX_SHEETS = 20
MAX_CELL = 1000
"""Characters of a cell; the others are cut off."""
MAX_MEMORY = 1024**3
MAX_CPU_S = 10
NO_LIBRARY = "no library"
"""The error where python-calamine is not installed."""


def main() -> None:
    """Answer with ``{"sheets": [[["cell", ...], ...], ...]}`` or ``{"error": "..."}``."""
    _limit_what_it_takes()
    try:
        answer: dict[str, object] = {"sheets": read_sheets(sys.stdin.buffer.read())}
    except ModuleNotFoundError:
        answer = {"error": NO_LIBRARY}
    except (ValueError, OSError, MemoryError) as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


def _limit_what_it_takes() -> None:
    try:
        import resource  # noqa: PLC0415 - not every system has it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_sheets(content: bytes) -> Sequence[Sequence[Sequence[str]]]:
    """The cells of the first sheets, with one row and one column more than a plot may have.

    Raises ValueError, and ModuleNotFoundError where the library is not installed.
    """
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - an extra

    try:
        workbook = load_workbook(io.BytesIO(content))
        names = workbook.sheet_names[:MAX_SHEETS]
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names]
    except CalamineError as error:
        raise ValueError(str(error)) from error
    return [
        [
            [format_cell(value)[:MAX_CELL] for value in row[: MAX_TABLE_COLUMNS + 1]]
            for row in sheet[: MAX_TABLE_ROWS + 1]
        ]
        for sheet in sheets
    ]


def format_cell(value: object) -> str:
    """A value as a person wrote it: whole numbers without a point, a span as minutes and seconds."""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes}:{seconds:02d}"
    return value.isoformat() if isinstance(value, date) else str(value)


if __name__ == "__main__":
    main()
