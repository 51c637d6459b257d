"""What a file with a mic plot makes of a show, and a plot as a file. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.show import PlotPreview
from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.domain.mic_plot import MicPlot
from micboard_tui.domain.mic_plot_table import PlotTable, write_plot_table
from micboard_tui.domain.show import Show
from micboard_tui.domain.spreadsheet_text import format_csv, protect_cell

MAX_LISTED = 5


def preview_plot(show: Show | None, name: str, table: PlotTable, known_mics: Iterable[str]) -> PlotPreview:
    """``show``: the one of that name. Raises MicboardError INVALID_VALUE where the table is no mic plot."""
    if not table.plot.entries:
        listed = [mistake.message for mistake in table.mistakes[:MAX_LISTED]]
        reasons = "; ".join(dict.fromkeys(listed)) or "nothing in it says who has which mic"
        raise invalid_value_error(
            f"This is not a mic plot: {reasons}",
            "Give it a row of heads such as scene, mic, performer; the form is in docs/how-to/run-a-show.md",
        )
    known = set(map(mic_number_key, known_mics))
    unknown = [mic for mic in table.plot.mic_numbers if mic_number_key(mic) not in known] if known else []
    is_same = show is not None and show.plot == table.plot
    return PlotPreview(name if show is None else show.name, show is None, table, tuple(unknown), is_same)


def show_with_plot(show: Show | None, name: str, plot: MicPlot) -> Show:
    return Show(name, plot=plot) if show is None else replace(show, plot=plot)


def format_plot_file(plot: MicPlot) -> str:
    """Our long form as CSV."""
    return format_csv((map(protect_cell, cells) for cells in write_plot_table(plot)), is_quoted=True)
