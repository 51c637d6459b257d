"""Spreadsheets, XLSX, ODS and XLS, by python-calamine: the extra ``sheets``."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, time, timedelta

from micboard_tui.contracts.errors import invalid_value_error

MAX_SHEETS = 20
MAX_UNPACKED_BYTES = 100_000_000
"""A file that unpacks to more is no mic plot, and may be made to fill the memory."""


def read_spreadsheet(content: bytes) -> Sequence[Sequence[Sequence[str]]]:
    """The cells of all sheets. Raises MicboardError INVALID_VALUE."""
    try:
        from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - an extra, and seldom needed
    except ModuleNotFoundError as error:
        raise invalid_value_error(
            "Spreadsheets cannot be read: python-calamine is not installed",
            "Install it: pip install 'micboard-tui[sheets]', or save the sheet as CSV",
        ) from error
    _check_size(content)
    try:
        workbook = load_workbook(io.BytesIO(content))
        names = workbook.sheet_names[:MAX_SHEETS]
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names]
    except (CalamineError, ValueError, OSError) as error:
        raise invalid_value_error(f"The spreadsheet cannot be read ({error})", "Save it as CSV") from error
    if not sheets:
        raise invalid_value_error("The spreadsheet has no sheet", "Save it as CSV")
    return [[[format_cell(value) for value in row] for row in sheet] for sheet in sheets]


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


def _check_size(content: bytes) -> None:
    """Raises MicboardError INVALID_VALUE for what unpacks to too much, or is no packed file."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise invalid_value_error(f"The spreadsheet is damaged ({error})", "Save it anew") from error
    if size > MAX_UNPACKED_BYTES:
        raise invalid_value_error(
            f"The spreadsheet unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB",
            "Save the sheet as CSV",
        )
