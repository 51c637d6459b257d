"""The audit: who changed what from where, and what was refused, the newest on top.

What is typed filters: each change of it has the entries read anew, and a newer one ends a reading that still
goes on. While the top is shown, new entries come by themselves.
"""

from collections.abc import Sequence
from datetime import datetime

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from micboard_tui.contracts.audit import MAX_AUDIT_PAGE, AuditEntry, AuditQuery
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.live import LiveContract
from micboard_tui.tui.audit_keys import AUDIT_KEY_LINE, AUDIT_KEYS, ENTRY_KEYS
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.audit_row import audit_cells, audit_heads, entry_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.help_pages import AUDIT_ENTRY_HELP, AUDIT_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.screens.dialogs import CSS, error_text
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, BoundedInput
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.key_hints import KeyHints
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 2.0
NOT_OPEN = "Still starting."


class AuditScreen(Screen[None]):
    DEFAULT_CSS = """
    AuditScreen { background: $background; }
    AuditScreen #entries { height: 1fr; }
    AuditScreen Input { height: 1; border: none; padding: 0 1; background: $surface; }
    AuditScreen Input:focus { border: none; }
    """
    BINDINGS = bindings_of(AUDIT_KEYS)
    HELP_PAGE = AUDIT_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, readings: ServiceReadings) -> None:
        super().__init__()
        self._live, self._readings = live, readings
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(AUDIT_KEY_LINE)
        self._entries: Sequence[AuditEntry] = ()
        self._error: ErrorInfo | None = None
        self._is_read = False
        self._list: RowList[int] = RowList(self._palette, self._glyphs, self._show_rows, id="entries")

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="heads")
            yield self._list
            yield BoundedInput(max_length=MAX_SEARCH, placeholder="filter: who, what, device, board, address")
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.set_interval(REFRESH_S, self._read_if_at_top)

    def on_resize(self) -> None:
        self.query_one(KeyBar).show_keys(self._key_line)
        self._show()
        self._read()

    @on(Input.Changed)
    def typed(self) -> None:
        self._read()

    @on(Input.Submitted)
    @on(RowList.Chosen)
    def open_selected(self) -> None:
        """All that is known of the selected entry."""
        if (entry := self._selected) is not None:
            self.app.push_screen(AuditEntryScreen(entry))

    def use_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._show()

    @property
    def _selected(self) -> AuditEntry | None:
        number = self._list.window.selected
        return next((entry for entry in self._entries if entry.number == number), None)

    def _read_if_at_top(self) -> None:
        if is_open(self) and self._list.window.visible.start == 0:
            self._read()

    @work(exclusive=True, group="audit")
    async def _read(self) -> None:
        query = AuditQuery(self.query_one(Input).value, limit=MAX_AUDIT_PAGE)
        answer = await self._readings.audit(query)
        if not is_open(self) or answer is None:
            return
        self._is_read = True
        if answer.success:
            is_at_top = self._list.window.visible.start == 0 and not self._list.window.line_of_selected
            self._entries, self._error = answer.data, None
            self._show()
            if is_at_top:
                self._list.go_to(0)
        else:
            self._error = answer.error
            self._show()

    def _show(self) -> None:
        if not is_open(self):
            return
        width = self.size.width
        self._list.take([entry.number for entry in self._entries])
        count = len(self._entries)
        more = " newest" if count == MAX_AUDIT_PAGE else ""
        title = f" Audit: the {count}{more} entries that fit" if self._is_read else " Audit"
        self.query_one("#header", Lines).show([[Cell(title, "accent")]])
        self.query_one("#heads", Lines).show([audit_heads(width)])
        self._show_rows()

    def _show_rows(self) -> None:
        window, width = self._list.window, self.size.width
        today = datetime.fromtimestamp(self._live.now()).astimezone().date()
        shown = [self._entries[index] for index in window.visible]
        if self._error is not None:
            self._list.show_rows([[Cell(f" {error_text(self._error)}", "warning")]])
        elif not shown:
            text = "No entry has these words." if self.query_one(Input).value else "Nothing was changed yet."
            self._list.show_rows([[Cell(f" {text if self._is_read else NOT_OPEN}", "dim")]])
        else:
            self._list.show_rows(
                [
                    audit_cells(
                        entry, width, today, self._glyphs, is_selected=entry.number == window.selected
                    )
                    for entry in shown
                ]
            )

    def action_step(self, by: int) -> None:
        self._list.step(by)

    def action_page(self, direction: int) -> None:
        self._list.page(direction)

    def action_leave(self) -> None:
        """Take the filter away first; then back."""
        typed = self.query_one(Input)
        if typed.value:
            typed.clear()
        else:
            self.app.pop_screen()


class AuditEntryScreen(ModalScreen[None]):
    """All that is known of an entry."""

    DEFAULT_CSS = CSS.format(name="AuditEntryScreen") + "AuditEntryScreen > Vertical { width: 78; }"
    BINDINGS = dialog_bindings_of(ENTRY_KEYS)
    HELP_PAGE = AUDIT_ENTRY_HELP

    def __init__(self, entry: AuditEntry) -> None:
        super().__init__()
        self._entry = entry

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("\n".join(entry_lines(self._entry, 72)), markup=False)
            yield KeyHints("Esc back")
