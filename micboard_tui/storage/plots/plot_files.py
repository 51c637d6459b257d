"""Reads a file with a mic plot of any program that we know: implements ``PlotFiles``."""

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.show import MAX_PLOT_BYTES
from micboard_tui.domain.mic_plot_table import PlotTable, read_plot_table
from micboard_tui.storage.plots.separated_text import read_separated_text
from micboard_tui.storage.plots.spreadsheet import read_spreadsheet
from micboard_tui.storage.plots.theatremix import read_theatremix

SQLITE_MAGIC = b"SQLite format 3\0"
SPREADSHEET_MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""Of packed XLSX and ODS, and of old XLS."""


class FileFormats:
    """By what is in the file, and not by its name."""

    def read(self, content: bytes) -> PlotTable:
        if len(content) > MAX_PLOT_BYTES:
            raise invalid_value_error(
                f"The file is larger than {MAX_PLOT_BYTES // 1_000_000} MB", "A mic plot is much smaller"
            )
        if content.startswith(SQLITE_MAGIC):
            return read_theatremix(content)
        if content.startswith(SPREADSHEET_MAGICS):
            return max(map(read_plot_table, read_spreadsheet(content)), key=_count_understood)
        return read_plot_table(read_separated_text(content))


def _count_understood(table: PlotTable) -> tuple[int, int]:
    """Of several sheets the one that says most is the plot."""
    return len(table.plot.entries), len(table.plot.scenes)
