"""Dialogs of the import of a mic plot: which file for which show, and what was understood of it."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.contracts.plot_preview_texts import MAX_NAME, PreviewLine
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_count
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.file_suggester import FileSuggester
from micboard_tui.tui.help_pages import PLOT_FILE_HELP, PLOT_PREVIEW_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.show_keys import PLOT_PREVIEW_KEYS
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.key_hints import KeyHints

MAX_PATH = 1000
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".tmix"})
MAX_LINES = 1000
"""More mistakes are too many to read; the command lists all."""


class PlotChoice(NamedTuple):
    file: str
    show: str
    """Which one gets the plot; empty: one that is called as the file."""


class PlotFileDialog(ModalScreen[PlotChoice | None]):
    """Asks for a file and a show."""

    DEFAULT_CSS = CSS.format(name="PlotFileDialog") + "PlotFileDialog > Vertical { width: 76; }"
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = PLOT_FILE_HELP

    def __init__(self, choice: PlotChoice, error: str) -> None:
        """``error``: why the choice could not be read; empty at first."""
        super().__init__()
        self._choice, self._error = choice, error

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("Import a mic plot: CSV, TSV, XLSX, ODS or TheatreMix", "title")
            yield literal("File", "label")
            suggester = FileSuggester(SUFFIXES)
            yield BoundedInput(
                self._choice.file,
                max_length=MAX_PATH,
                id="file",
                suggester=suggester,
                select_on_focus=False,
            )
            yield literal("Show that gets it; empty: one called as the file", "label")
            yield BoundedInput(self._choice.show, max_length=MAX_NAME, id="show")
            if self._error:
                yield literal(self._error, "error")
            yield KeyHints("Enter reads it   → completes   Tab the other field   Esc back")

    @on(Input.Submitted)
    def take(self) -> None:
        """Nothing is taken without a file."""
        file, show = (self.query_one(f"#{name}", Input).value.strip() for name in ("file", "show"))
        if file:
            self.dismiss(PlotChoice(file, show))


class PlotPreviewDialog(ModalScreen[bool]):
    """Shows what an import would do, and asks whether to do it."""

    DEFAULT_CSS = (
        CSS.format(name="PlotPreviewDialog")
        + """
    PlotPreviewDialog > Vertical { width: 100; }
    PlotPreviewDialog VerticalScroll { height: auto; max-height: 65vh; }
    """
    )
    BINDINGS = dialog_bindings_of(PLOT_PREVIEW_KEYS)
    HELP_PAGE = PLOT_PREVIEW_HELP

    def __init__(self, lines: Sequence[PreviewLine]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        mistakes = sum(line.kind == "mistake" for line in self._lines)
        left_out = f"   {format_count(mistakes, 'cell')} left out" if mistakes else ""
        shown = [f"{kind:<8} {text}" for kind, text in self._lines[:MAX_LINES]]
        if more := len(self._lines) - len(shown):
            shown.append(f"and {more} more, which  micboard-tui show import  lists")
        with Vertical():
            yield literal(f"What was understood{left_out}", "title")
            with VerticalScroll():
                yield Static("\n".join(map(visible, shown)), markup=False)
            yield literal("Nothing has changed yet.", "label")
            yield KeyHints("y imports it   ↓ ↑ scroll   n Esc back")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
