"""The recap: what became of a show, or of the last hours, and a file of it.

Theory of operation. When the screen opens it reads which shows there were, and then makes the recap of the
current one, or of the last hours; another span, and the key that reads again, make another. A worker reads
it; a newer choice, and leaving the screen, end it. Meanwhile the header says how far it is, and what was
read last stays. ``show_current`` makes lines of the recap, anew only with another recap or width.
"""

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recap import RecapProgress, RecapQuery
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_report import headline, span_line
from micboard_tui.tui.arrange.recap_spans import SpanChoice, first_span, list_earlier, list_spans
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.recap_lines import RecapLine, header_cells, recap_lines
from micboard_tui.tui.event_subjects import EventSubjects
from micboard_tui.tui.help_pages import RECAP_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.recap_keys import RECAP_KEY_LINE, RECAP_KEYS
from micboard_tui.tui.screens.dialogs import error_text
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.open_screen import is_open, is_working
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 0.5
READING = "recap"
"""The group of the worker that reads."""
BEING_READ = " The recap is being made."
NOT_OPEN = " Still starting."
NOTHING = (
    " Nothing happened and nothing was recorded in this span.",
    " A board that runs records by itself.",
    " s chooses another span: an earlier show, or more hours.",
)


class RecapScreen(Screen[None]):
    DEFAULT_CSS = """
    RecapScreen { background: $background; }
    RecapScreen #recap { height: 1fr; }
    """
    BINDINGS = bindings_of(RECAP_KEYS)
    HELP_PAGE = RECAP_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, readings: ServiceReadings) -> None:
        super().__init__()
        self._live, self._readings = live, readings
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(RECAP_KEY_LINE)
        self._subjects = EventSubjects(live)
        self._spans: Sequence[SpanChoice] = ()
        self._index = 0
        self._query = RecapQuery()
        self._earlier: RecapQuery | None = None
        self._recap: Recap | None = None
        self._progress: RecapProgress | None = None
        """Of the recap that is being read."""
        self._error: ErrorInfo | None = None
        self._lines: list[RecapLine] = []
        self._made_of: tuple[Recap | None, int] = (None, 0)
        """What ``_lines`` were made of: the recap and the width."""
        self._list: RowList[int] = RowList(self._palette, self._glyphs, self._show_rows, id="recap")

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield self._list
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self._follow)
        self._begin()

    def on_resize(self) -> None:
        self.query_one(KeyBar).show_keys(self._key_line)
        self.show_current()

    # What is selected, for flows.

    @property
    def _selected(self) -> RecapLine | None:
        index = self._list.window.selected
        return self._lines[index] if index is not None and index < len(self._lines) else None

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The channel of the selected line."""
        line = self._selected
        if line is None or line.device_id is None or line.channel is None:
            return []
        return [ChannelRef(line.device_id, line.channel)]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The device of the selected line."""
        line = self._selected
        return [] if line is None or line.device_id is None else [line.device_id]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    @property
    def chosen_recap(self) -> RecapQuery | None:
        """The span that is shown; None: there is none yet."""
        return None if self._recap is None else self._query

    @property
    def earlier_recap(self) -> RecapQuery | None:
        """The span that it is compared with; None: it is not."""
        return self._earlier

    def show_change(self) -> None:
        """Show the recap with what a flow changed."""
        self._read()

    # Reading.

    def _follow(self) -> None:
        if not self._spans and not is_working(self, READING):
            self._begin()
        else:
            self._show_header()

    @work(exclusive=True, group=READING)
    async def _begin(self) -> None:
        if not self._readings.are_open:
            self.show_current()
            return
        self._spans = list_spans(await self._readings.past_shows())
        show = self._live.findings.show
        self._index = first_span(self._spans, None if show is None else show.started_at)
        await self._make()

    @work(exclusive=True, group=READING)
    async def _read(self) -> None:
        await self._make()

    async def _make(self) -> None:
        if not self._spans:
            return
        self._progress = None
        query = self._spans[self._index].query(self._live.now())
        answer = await self._readings.recap(query, self._earlier, self._take_progress)
        if answer is None or not is_open(self):
            return
        self._query, self._error = query, answer.error
        if answer.success:
            self._recap = answer.data
        self.show_current()

    def _take_progress(self, progress: RecapProgress) -> None:
        self._progress = progress

    # Showing.

    def show_current(self) -> None:
        """Show what was read last."""
        if not is_open(self):
            return
        width = self.size.width
        if self._made_of != (self._recap, width):
            self._made_of = self._recap, width
            self._lines = [] if self._recap is None else self._arrange(self._recap, width)
        self._list.take(range(len(self._lines)))
        self._show_rows()

    def _arrange(self, recap: Recap, width: int) -> list[RecapLine]:
        if not any(channel.measured_s for channel in recap.channels) and not (
            recap.alarms or recap.markers or recap.handover or recap.devices
        ):
            return [RecapLine([Cell(text, "dim")]) for text in NOTHING]
        return recap_lines(recap, width - 1, self._glyphs.ellipsis)

    def _show_rows(self) -> None:
        window = self._list.window
        shown: list[Sequence[Cell]] = []
        for index in window.visible:
            sign = self._glyphs.pointer if index == window.selected else " "
            shown.append([Cell(sign, "accent"), *self._lines[index].cells])
        if not self._lines:
            shown = [[Cell(self._empty_text, "dim")]]
        self._list.show_rows(shown)
        self._show_header()

    @property
    def _empty_text(self) -> str:
        if self._error is not None:
            return f" {error_text(self._error)}"
        return BEING_READ if self._readings.are_open else NOT_OPEN

    def _show_header(self) -> None:
        if not is_open(self):
            return
        recap = self._recap
        title = "Recap" if recap is None else f"{headline(recap)}: {span_line(recap)}"
        header = header_cells(title, self._describe_state(), self.size.width, self._glyphs.ellipsis)
        self.query_one("#header", Lines).show([header])

    def _describe_state(self) -> str:
        if not is_working(self, READING):
            return "" if self._error is None or self._recap is None else "not read again"
        progress = self._progress
        if progress is None or not progress.of:
            return "reading"
        return f"reading: {progress.channels} of {progress.of} channels"

    def on_worker_state_changed(self) -> None:
        """It began to read, or is done."""
        self._show_header()

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    def action_choose_span(self) -> None:
        if not self._spans:
            return

        def use(index: int | None) -> None:
            if index is not None:
                self._use_span(index)

        titles = [span.title for span in self._spans]
        self.app.push_screen(ListDialog("Recap of", titles, self._index), use)

    def action_compare(self) -> None:
        if self._recap is None:
            return
        choices = list_earlier(self._spans, self._query)

        def use(index: int | None) -> None:
            if index is not None:
                self._earlier = choices[index][1]
                self._list.window.go_to(0)
                self._read()

        queries = [query for _, query in choices]
        first = queries.index(self._earlier) if self._earlier in queries else 0
        self.app.push_screen(ListDialog("Compare with", [title for title, _ in choices], first), use)

    def action_turn(self, by: int) -> None:
        index = self._index + by
        if 0 <= index < len(self._spans):
            self._use_span(index)

    def _use_span(self, index: int) -> None:
        self._index, self._earlier = index, None
        self._list.window.go_to(0)
        self._read()

    def action_again(self) -> None:
        self._read()

    @on(RowList.Chosen)
    def action_open(self) -> None:
        if (line := self._selected) is None or line.at is None:
            return
        self.post_message(self._subjects.moment_of(line.at, line.device_id, line.channel))

    def action_section(self, direction: int) -> None:
        selected = self._list.window.selected
        headings = [index for index, line in enumerate(self._lines) if line.is_heading]
        if selected is None:
            return
        if direction > 0:
            following = (index for index in headings if index > selected)
        else:
            following = (index for index in reversed(headings) if index < selected)
        if (index := next(following, None)) is not None:
            self._list.window.go_to(index)
            # Its lines, too.
            self._list.window.scroll(index - self._list.window.visible.start)
            self._show_rows()
