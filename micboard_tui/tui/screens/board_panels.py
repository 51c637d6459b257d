"""The lines around the channels of the board: header, worst problem, heads, side panel and keys."""

from collections.abc import Callable, Sequence

from textual.geometry import Size

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.show_clock import header_parts
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.arrange.board_layout import explain_lack_of_room
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.draw.board_key_line import board_key_line
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.header_line import (
    NOT_SHOWN,
    AccessState,
    BoardHeader,
    Shown,
    Trouble,
    find_shown,
)
from micboard_tui.tui.draw.side_panel import SidePanel
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.terminal.canvas import Canvas
from micboard_tui.tui.widgets.channel_board import Board
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines


class BoardPanels:
    def __init__(
        self,
        style: ScreenStyle,
        options: BoardOptions,
        presenter: BoardPresenter,
        side_panel: SidePanel,
        canvas: Canvas,
        size: Callable[[], Size],
    ) -> None:
        """``size`` is that of the whole screen now."""

        def lines(name: str, ground: str = "background") -> Lines:
            return Lines(style.palette, style.glyphs, ground, id=name, canvas=canvas)

        self._presenter, self._side_panel, self._size = presenter, side_panel, size
        self._options = options
        self._keys = board_key_line(style.keymap, is_demo=options.demo)
        self._header = BoardHeader(options, style.keymap.display_id("log"))
        self.header, self.worst, self.heads = lines("header", "surface"), lines("worst"), lines("heads")
        self.side_panel = lines("beside", "surface")
        self.keys = KeyBar(style.palette, style.glyphs, "surface", id="keys", canvas=canvas)
        self.too_small = lines("small")
        """In place of everything where there is too little room."""
        self._shown: tuple[frozenset[LineRef], Shown] = frozenset(), NOT_SHOWN
        """Which lines the header says are shown, and what it says."""

    def mark_log_seen(self) -> None:
        """Nothing in the log is new any more."""
        self._header.events.mark_seen()

    def mark_muted(self, *, is_muted: bool) -> None:
        """Whether the bell of alarms is silent."""
        self._header.is_muted = is_muted

    def show_header(self, board: Board, view: str, slow_reason: str) -> None:
        """``view`` is what it shows as text; ``slow_reason``: why fewer frames are drawn than are wanted."""
        presenter = self._presenter
        contents = presenter.contents
        trouble = Trouble(
            hidden=len(presenter.watch.critical_lines() - board.visible_lines),
            down=sum(device.state.is_unreadable for device in presenter.devices),
            alarms=contents.alarms,
            lost=presenter.describe_loss(),
            is_all_lost=presenter.is_all_lost,
        )
        self._header.access = self._find_access()
        header = self._header.line(
            trouble,
            marked=len(board.marked),
            view=view,
            slow_reason=slow_reason,
            shown=self._find_shown(board),
            show=header_parts(contents.show, contents.profile, contents.now),
        )
        self.header.show([header.cells(presenter.states, contents.problems, self._size().width)])

    def _find_access(self) -> AccessState:
        """What this board may change now."""
        presenter = self._presenter
        return AccessState(
            self._options.is_read_only,
            is_locked=presenter.find_lock() is not None,
            armed_s=presenter.find_armed_s(self._options.operator),
            is_arming_known=presenter.is_hub_heard,
        )

    def _find_shown(self, board: Board) -> Shown:
        """Found anew when other lines are on the screen."""
        visible, shown = self._shown
        if board.visible_lines is not visible:
            visible = board.visible_lines
            shown = find_shown(board.refs, visible)
            self._shown = visible, shown
        return shown

    def show_worst(self, line: Sequence[Cell]) -> None:
        """What to look after first."""
        self.worst.show([line])

    def show_detail(
        self, channel: tuple[ChannelState, DeviceSnapshot] | None, device: DeviceSnapshot | None
    ) -> None:
        """Show everything about the selected channel, else about the selected device, beside the rows."""
        panel, states = self.side_panel, self._presenter.contents.states
        if channel is not None:
            panel.show(self._side_panel.channel_lines(*channel, states, panel.size.height))
        elif device is not None:
            panel.show(self._side_panel.device_lines(device, states, panel.size.height))

    def show_keys(self, board: Board) -> None:
        """The keys for what is marked or selected."""
        keys, access = self._keys, self._find_access()
        if self._presenter.has_no_device:
            self.keys.show_keys(keys.empty)
        elif board.marked or (device_id := board.chosen_device) is None:
            self.keys.show_keys(keys.for_channel(access, has_marks=bool(board.marked)))
        else:
            device = self._presenter.contents.devices.get(device_id)
            lacks_channels = device is not None and bool(device.assignments_without_channel)
            self.keys.show_keys(keys.for_device(access, lacks_channels=lacks_channels))

    def show_search_keys(self, query: str, count: int) -> None:
        """The keys of a search, and how many channels fit what was typed."""
        self.keys.show_keys(self._keys.while_finding(query, count))

    def show_heads(self, board: Board) -> None:
        self.heads.show([[Cell(board.heads.head, "dim")]])

    def show_lack_of_room(self) -> bool:
        """Whether there is too little room for a board; says so where it is."""
        missing = explain_lack_of_room(*self._size())
        self.too_small.show([[Cell(f" {line}", "warning")] for line in missing])
        return bool(missing)
