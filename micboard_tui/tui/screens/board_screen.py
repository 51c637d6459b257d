"""The board: asks the presenter for what is new at a fixed rate, and shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.board_layout import Layout, explain_lack_of_room, layout_for_size
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.arrange.filter import NO_FILTER, ChannelFilter, count_criteria
from micboard_tui.tui.arrange.find import ChannelSearch
from micboard_tui.tui.arrange.kept_views import KeptViews
from micboard_tui.tui.arrange.problem_watch import next_problem_channel
from micboard_tui.tui.arrange.view import SortOrder, View, next_member
from micboard_tui.tui.board_messages import BoardMessages
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.draw.board_key_line import board_key_line
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_columns import columns_for
from micboard_tui.tui.draw.header_line import BoardHeader
from micboard_tui.tui.draw.side_panel import WIDTH as SIDE_PANEL_WIDTH
from micboard_tui.tui.draw.side_panel import SidePanel
from micboard_tui.tui.draw.summary import is_out_of_reach, worst_problem_cells
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.key_bindings import BOARD_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import FilterScreen, KeepViewScreen
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.terminal.canvas import Canvas
from micboard_tui.tui.terminal.frame_rate import FrameRate
from micboard_tui.tui.widgets.channel_board import Board
from micboard_tui.tui.widgets.find_bar import FindBar
from micboard_tui.tui.widgets.lines import Lines

JUDGE_EVERY_S = 0.5
DETAIL_FROM_WIDTH = 118


class BoardScreen(Screen[None]):
    """Header, worst problem, rows, and beside them the selected channel where there is room."""

    DEFAULT_CSS = """
    BoardScreen { background: $background; }
    BoardScreen #all, BoardScreen #rows { height: 1fr; }
    BoardScreen #beside { display: none; width: 35; height: 1fr; margin-left: 1; }
    BoardScreen #small { display: none; height: 1fr; }
    BoardScreen FindBar { display: none; }
    BoardScreen.-small #all, BoardScreen.-large #heads, BoardScreen.-wall #keys { display: none; }
    BoardScreen.-wide #beside, BoardScreen.-small #small { display: block; }
    BoardScreen.-finding #keys, BoardScreen.-finding FindBar { display: block; }
    """
    BINDINGS = bindings_of(BOARD_SCREEN_KEYS)

    @dataclass
    class Kept(Message):
        """The views that are to be kept have changed."""

        views: Mapping[str, View]
        message: str

    def __init__(
        self,
        live: LiveContract,
        style: ScreenStyle,
        options: BoardOptions,
        views: Mapping[str, View],
        canvas: Canvas,
    ) -> None:
        super().__init__()
        self._style, self._options, self._canvas = style, options, canvas
        keymap = style.keymap
        self._keys, self._messages = board_key_line(keymap), BoardMessages(keymap)
        self._views = KeptViews(views)
        self.trends = Trends()
        """How the levels of all channels have been."""
        filtered_out, next_key = self._messages.filtered_out, keymap.display_id("next_problem")
        self._presenter = BoardPresenter(live, self.trends, self._views.current, filtered_out)
        self._side_panel = SidePanel(live, self._presenter.watch, self.trends, style.glyphs, next_key)
        self._search = ChannelSearch()
        self._header = BoardHeader(options, keymap.display_id("log"))
        self._frame_rate = FrameRate(options.fps)

    def compose(self) -> ComposeResult:
        palette, glyphs, canvas = self._style.palette, self._style.glyphs, self._canvas
        with Vertical(id="all"):
            yield Lines(palette, glyphs, "surface", id="header", canvas=canvas)
            yield Lines(palette, glyphs, id="worst", canvas=canvas)
            with Horizontal(id="rows"):
                with Vertical():
                    yield Lines(palette, glyphs, id="heads", canvas=canvas)
                    yield Board(palette, glyphs, self.trends, canvas)
                yield Lines(palette, glyphs, "surface", id="beside", canvas=canvas)
            yield FindBar()
            yield Lines(palette, glyphs, "surface", id="keys", canvas=canvas)
        yield Lines(palette, glyphs, id="small", canvas=canvas)

    def on_mount(self) -> None:
        self.sample()
        self.set_interval(1 / self._options.fps, self.tick)
        self.set_interval(JUDGE_EVERY_S, self.judge)

    @property
    def board(self) -> Board:
        return self.query_one(Board)

    @property
    def views(self) -> Mapping[str, View]:
        """The views that can be brought back, by their key; always as they are now."""
        return self._views.by_key

    @property
    def selected(self) -> tuple[ChannelState, DeviceSnapshot] | None:
        """The selected channel as it is now."""
        ref = self.board.selected
        return self._presenter.find(ref) if ref else None

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The marked ones from top to bottom, or the selected one."""
        return self.board.chosen_channels

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The receivers of the chosen channels, each once."""
        return list(dict.fromkeys(ref.device_id for ref in self.chosen_channels))

    def show_change(self) -> None:
        """Take the marks away: what they were for is done."""
        self.board.action_unmark()

    def show_view(self, view: View) -> None:
        """Show these channels, in this order and size."""
        self._views.show(view)
        self._set_layout_classes()
        self._presenter.set_view(view, self._layout)
        self.judge()

    def log_seen(self) -> None:
        """The log was opened: nothing in it is new any more."""
        self._header.events.mark_seen()

    # What is asked of the presenter.

    def tick(self) -> None:
        """Sample, unless the terminal is behind: then the newest state comes when it has caught up."""
        if is_open(self) and self._frame_rate.is_due(monotonic(), is_busy=self._canvas.is_busy):
            self.sample()

    def sample(self) -> None:
        """Show what changed on the screen since the last time. Costs nothing when nothing did."""
        if self._presenter.sample():
            self._show_all()
        else:
            self.board.show(self._presenter.contents)
            self._canvas.flush()

    def judge(self) -> None:
        """Twice a second: judge all channels, and show what follows from time alone."""
        self._presenter.judge()
        if is_open(self):
            self._show_all()

    def on_board_viewport_changed(self, message: Board.ViewportChanged) -> None:
        self._presenter.set_on_screen(message.viewport.channels)
        self._show_header()

    # Showing.

    def _show_all(self) -> None:
        presenter = self._presenter
        self.board.show(presenter.contents)
        self._show_header()
        worst, now = presenter.watch.worst, presenter.contents.now
        line = worst_problem_cells(worst, presenter.known_devices, presenter.states, now, self.size.width)
        self.query_one("#worst", Lines).show([line])
        self._show_detail()
        self._canvas.flush()

    def _show_header(self) -> None:
        contents, board = self._presenter.contents, self.board
        header = self._header.line(
            hidden=len(self._presenter.watch.critical_channels() - board.visible_channels),
            unheard=sum(map(is_out_of_reach, contents.mute_devices.values())),
            marked=len(board.marked),
            only=self._views.current.channel_filter.description,
            is_slow=self._frame_rate.is_slowed,
        )
        cells = header.cells(self._presenter.states, contents.problems, self.size.width)
        self.query_one("#header", Lines).show([cells])

    def _show_keys(self) -> None:
        if self.has_class("-finding"):
            query = self.query_one(FindBar).value
            cells = self._keys.while_finding(query, self._search.count, self.size.width)
        else:
            cells = self._keys.cells(self.size.width, has_marks=bool(self.board.marked))
        self.query_one("#keys", Lines).show([cells])

    def _show_detail(self) -> None:
        if self.has_class("-wide") and (selected := self.selected) is not None:
            panel = self.query_one("#beside", Lines)
            states = self._presenter.contents.states
            panel.show(self._side_panel.lines(*selected, states, panel.size.height))

    def on_resize(self) -> None:
        width, height = self.size
        missing = explain_lack_of_room(width, height)
        self.set_class(bool(missing), "-small")
        self._set_layout_classes()
        if self._presenter.contents.layout is not self._layout:
            self._presenter.set_view(self._views.current, self._layout)
            # What is on the screen is known when everything has its new size.
            self.call_after_refresh(self.judge)
        self.query_one("#small", Lines).show([[Cell(f" {line}", "warning")] for line in missing])
        room = width - (SIDE_PANEL_WIDTH + 1 if self.has_class("-wide") else 0)
        self.query_one("#heads", Lines).show([[Cell(columns_for(room).head, "dim")]])
        self._show_keys()
        self.judge()

    @property
    def _layout(self) -> Layout:
        """What the user wants, or what fits best."""
        return self._views.current.layout or layout_for_size(*self.size)

    def _set_layout_classes(self) -> None:
        """Show what belongs to the layout, and give the board the room of the rest."""
        layout = self._layout
        self.set_class(layout is not Layout.ROWS, "-large")
        self.set_class(layout is Layout.WALL, "-wall")
        self.set_class(layout is Layout.ROWS and self.size.width >= DETAIL_FROM_WIDTH, "-wide")

    def on_board_moved(self) -> None:
        self._show_detail()

    def on_board_marked(self) -> None:
        self._show_keys()
        self._show_header()

    # Finding.

    def action_find(self) -> None:
        self._search = ChannelSearch(self.board.selected)
        self.add_class("-finding")
        self.query_one(FindBar).focus()
        self._show_keys()

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        if not self.has_class("-finding"):
            return
        self._select(self._search.search(event.value, self._presenter.shown_channels()))
        self._show_keys()

    @on(Input.Submitted)
    def end_search(self) -> None:
        self.remove_class("-finding")
        self.query_one(FindBar).clear()
        self.board.focus()
        self._show_keys()

    def action_leave_find(self) -> None:
        self._select(self._search.start)
        self.end_search()

    def action_next_match(self, by: int) -> None:
        self._select(self._search.step(self.board.selected, by))

    def _select(self, ref: ChannelRef | None) -> None:
        if ref is not None:
            self.board.select(ref)

    # Keys.

    def action_next_problem(self, direction: int) -> None:
        """Go to the next channel that has a problem, from the selected one on and around."""
        board, problems = self.board, self._presenter.contents.problems
        ref = next_problem_channel(board.channels, problems, board.selected, direction)
        if ref is None:
            self.notify("No channel has a problem.")
        self._select(ref)

    async def action_rack(self, by: int) -> None:
        """Move the receiver, where it can be seen that it moves."""
        if self._views.current.sort_order is not SortOrder.RACK:
            self.notify(self._messages.rack_order_only)
        else:
            await self.run_action(f"app.move({by})")

    def action_order(self) -> None:
        view = self._views.current
        order = next_member(view.sort_order)
        self.show_view(replace(view, name="", sort_order=order))
        self.notify(f"{order}.", timeout=2)

    def action_layout(self) -> None:
        layout = next_member(self._layout)
        self.show_view(replace(self._views.current, name="", layout=layout))
        self.notify(f"{layout.capitalize()}.", timeout=2)

    def action_group(self) -> None:
        view = self._views.current
        grouping = next_member(view.grouping)
        self.show_view(replace(view, name="", grouping=grouping, sort_order=SortOrder.RACK))
        self.notify(f"{grouping.description.capitalize()}.", timeout=2)

    def action_filter(self) -> None:
        view = self._views.current

        def show(wanted: ChannelFilter | None) -> None:
            if wanted is not None:
                self.show_view(replace(self._views.current, name="", channel_filter=wanted))

        counts = count_criteria(self._presenter.judged_channels(), view.channel_filter)
        self.app.push_screen(FilterScreen(counts, view.channel_filter), show)

    def action_show_all(self) -> None:
        if self._views.current.channel_filter.criteria:
            self.show_view(replace(self._views.current, name="", channel_filter=NO_FILTER))

    def action_keep_view(self) -> None:
        view = self._views.current

        def keep(wanted: tuple[str, str] | None) -> None:
            if wanted is not None:
                key, name = wanted
                named = replace(view, name=name)
                self._views.keep(key, named)
                self.post_message(self.Kept(self.views, f"View {key}: {named.title}."))

        self.app.push_screen(KeepViewScreen(view, self.views), keep)

    def action_kept_view(self, number: int) -> None:
        view = self._views.find(number)
        if view is None:
            self.notify(self._messages.no_view(number))
            return
        self.show_view(view)
        self.notify(f"{number}: {view.title}.", timeout=2, markup=False)
