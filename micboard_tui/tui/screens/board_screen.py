"""The board: asks the presenter for what is new at a fixed rate, and shows it."""

from collections.abc import Mapping
from time import monotonic

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.arrange.kept_views import KeptViews
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.board_messages import NO_CHANNEL, NO_RECEIVER, BoardMessages
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.draw.alarm_sign import FLASH_OFF, FLASH_OFF_PLAIN
from micboard_tui.tui.draw.side_panel import SidePanel, SidePanelKeys
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.help_pages import BOARD_HELP
from micboard_tui.tui.key_bindings import BOARD_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.board_panels import BoardPanels
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.problem_pointer import ProblemPointer
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.screens.view_switcher import ViewSwitcher
from micboard_tui.tui.screens.worst_line import WorstLine
from micboard_tui.tui.terminal.canvas import Canvas
from micboard_tui.tui.terminal.frame_rate import FIRST_LOOK_S, FirstLooks, FrameRate
from micboard_tui.tui.widgets.channel_board import Board
from micboard_tui.tui.widgets.find_bar import FindBar
from micboard_tui.tui.widgets.lines import Lines

JUDGE_EVERY_S = 0.5
LEAST_FLASH_FPS = 8.0
"""With fewer frames nothing flashes: the line is slow, or not much is to be sent over it."""


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
    HELP_PAGE = BOARD_HELP

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
        self._messages = messages = BoardMessages(keymap, is_demo=options.demo)
        self._views = KeptViews(views)
        self.trends = Trends()
        """How the levels of all channels have been."""
        self._presenter = presenter = BoardPresenter(
            live,
            self.trends,
            self._views.current,
            filtered_out=messages.filtered_out,
            no_device=messages.no_device,
        )
        shown_keys = SidePanelKeys(*map(keymap.display_id, SidePanelKeys._fields))
        side_panel = SidePanel(live, presenter.watch, self.trends, style.glyphs, shown_keys)
        self._worst = worst = WorstLine(live, presenter, keymap.display_id("name"))
        self._panels = BoardPanels(style, options, presenter, side_panel, canvas, lambda: self.size)
        self._switcher = ViewSwitcher(self, self._views, presenter, messages, self.judge)
        name_key = keymap.display_id("name")
        self.board = Board(style.palette, style.glyphs, self.trends, canvas, name_key)
        self._find_bar = FindBar(self.board, presenter.searchable_lines)
        self._problems = ProblemPointer(presenter.watch, worst, lambda: self.board, messages, self.notify)
        self._frame_rate = FrameRate(options.fps)
        self._flash_off = FLASH_OFF
        self._first_looks = FirstLooks()
        self._first_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        panels = self._panels
        with Vertical(id="all"):
            yield panels.header
            yield panels.worst
            with Horizontal(id="rows"):
                with Vertical():
                    yield panels.heads
                    yield self.board
                yield panels.side_panel
            yield self._find_bar
            yield panels.keys
        yield panels.too_small

    def on_mount(self) -> None:
        self._flash_off = FLASH_OFF_PLAIN if self.app.no_color else FLASH_OFF
        self.sample()
        self.set_interval(1 / self._options.fps, self.tick)
        if not self._presenter.knows_devices:
            self._first_timer = self.set_interval(FIRST_LOOK_S, self._look_first)
        self.set_interval(JUDGE_EVERY_S, self.judge)

    @property
    def views(self) -> Mapping[str, View]:
        """The views that can be brought back, by their key; always as they are now."""
        return self._views.by_key

    @property
    def selected(self) -> tuple[ChannelState, DeviceSnapshot] | None:
        """The selected channel as it is now."""
        ref = self.board.selected
        return self._presenter.find(ref) if isinstance(ref, ChannelRef) else None

    @property
    def selected_device(self) -> DeviceSnapshot | None:
        """The device that the selected line is or belongs to."""
        ref = self.board.selected
        if ref is None:
            return None
        return self._presenter.find_device(ref.device_id if isinstance(ref, ChannelRef) else ref)

    @property
    def shown_device(self) -> DeviceSnapshot | None:
        """The same while that line is on the screen; nothing is done to one that has moved away."""
        return self.selected_device if self.board.selected in self.board.visible_lines else None

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The marked ones from top to bottom, or the selected one."""
        return self.board.chosen_channels

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The devices of the chosen channels, each once; or the one whose own line is selected."""
        if (device_id := self.board.chosen_device) is not None:
            return [device_id]
        return list(dict.fromkeys(ref.device_id for ref in self.chosen_channels))

    @property
    def reason_for_no_channel(self) -> str:
        if self._presenter.has_no_device:
            return NO_RECEIVER
        device = self.selected_device if self.board.chosen_device is not None else None
        return NO_CHANNEL if device is None else self._messages.is_device(device.title)

    def show_change(self) -> None:
        """Take the marks away: what they were for is done."""
        self.board.action_unmark()

    def show_view(self, view: View) -> None:
        """Show these channels, in this order and size."""
        self._switcher.show(view)

    def show_line(self, ref: LineRef) -> bool:
        """Select the line of this channel or device; False: the view has none."""
        has_line = ref in self.board.refs
        if has_line:
            self.board.select(ref)
        return has_line

    def log_seen(self) -> None:
        """The log was opened: nothing in it is new any more."""
        self._panels.mark_log_seen()

    def show_muted(self, *, is_muted: bool) -> None:
        """Say in the header whether the bell of alarms is silent."""
        self._panels.mark_muted(is_muted=is_muted)
        self._show_header()

    # What is asked of the presenter.

    def tick(self) -> None:
        """Sample, unless the terminal is behind: then the newest state comes when it has caught up."""
        if is_open(self) and self._frame_rate.is_due(monotonic(), is_busy=self._canvas.is_busy):
            self._presenter.flash_off = self._flash_off if self._frame_rate.fps >= LEAST_FLASH_FPS else None
            self.sample()

    def _look_first(self) -> None:
        """Show the first values as soon as they come, and not only with the next frame."""
        if is_open(self) and not self._canvas.is_busy:
            self.sample()
        if self._first_looks.are_over(is_known=self._presenter.knows_devices) and self._first_timer:
            self._first_timer.stop()

    def sample(self) -> None:
        """Show what changed on the screen since the last time. Costs nothing when nothing did."""
        if self._presenter.sample():
            self._switcher.fit_layout()
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
        self._panels.show_heads(self.board)
        self._show_header()

    # Showing.

    def _show_all(self) -> None:
        self.board.show(self._presenter.contents)
        self._show_header()
        self._panels.show_worst(self._worst.cells(self.size.width))
        self._show_detail()
        self._show_keys()
        self._canvas.flush()

    def _show_header(self) -> None:
        view = self._switcher.current.label
        self._panels.show_header(self.board, view, self._frame_rate.slow_reason.value)

    @on(Input.Changed)
    def _show_keys(self) -> None:
        bar = self._find_bar
        if bar.is_open:
            self._panels.show_search_keys(bar.value, bar.count)
        else:
            self._panels.show_keys(self.board)

    def _show_detail(self) -> None:
        if self.has_class("-wide"):
            channel = self.selected
            self._panels.show_detail(channel, self.selected_device if channel is None else None)

    def on_resize(self) -> None:
        self.set_class(self._panels.show_lack_of_room(), "-small")
        self._switcher.fit_layout()
        self._show_keys()
        self.judge()

    def on_board_moved(self) -> None:
        self._show_keys()
        self._show_detail()

    def on_board_marked(self) -> None:
        self._show_keys()
        self._show_header()

    async def on_board_nothing_chosen(self) -> None:
        """Enter where no channel is: a board without any receiver offers the demo with it."""
        if self._presenter.has_no_device and not self._options.demo:
            await self.run_action("app.demo")
        elif self.board.channels:
            self.notify(NO_CHANNEL)

    # Finding.

    def action_find(self) -> None:
        self.add_class("-finding")
        self._find_bar.open()
        self._show_keys()

    @on(Input.Submitted)
    def end_search(self) -> None:
        self.remove_class("-finding")
        self._find_bar.close()
        self._show_keys()

    def action_leave_find(self) -> None:
        self._find_bar.go_back()
        self.end_search()

    # Keys.

    def action_next_problem(self, direction: int) -> None:
        """Go to the next line that has a problem, from the selected one on and around."""
        self._problems.go_to_next(direction)

    async def action_rack(self, flow: str) -> None:
        """Move the receiver, where it can be seen that it moves."""
        if self._switcher.is_in_rack_order:
            await self.run_action(f"app.flow('{flow}')")
        else:
            self.notify(self._messages.rack_order_only)

    def action_order(self) -> None:
        self._switcher.use_next_order()

    @on(Lines.Clicked, "#heads")
    def sort_by_column(self, event: Lines.Clicked) -> None:
        self._switcher.use_order_of(self.board.heads.column_at(event.x))

    @on(Lines.Clicked, "#worst")
    def go_to_worst(self) -> None:
        self._problems.go_to_worst()

    @on(MouseScrollDown)
    @on(MouseScrollUp)
    def turn_wheel(self, event: MouseEvent) -> None:
        """Beside the channels it scrolls them, too."""
        self.board.turn_wheel(event)

    def action_layout(self) -> None:
        self._switcher.use_next_layout()

    def action_group(self) -> None:
        self._switcher.use_next_grouping()

    def action_filter(self) -> None:
        self._switcher.ask_filter()

    def action_show_all(self) -> None:
        self._switcher.show_all()

    def action_keep_view(self) -> None:
        self._switcher.ask_key(self.board.chosen_channels if self.board.marked else ())

    def action_kept_view(self, number: int) -> None:
        self._switcher.show_kept(number)
