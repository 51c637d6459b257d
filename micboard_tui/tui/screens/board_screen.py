"""The board: samples the present at a fixed rate and feeds the widgets."""

from collections.abc import Iterator, Mapping, Sequence
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
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.arrange.arrangement import Arrangement, Line
from micboard_tui.tui.arrange.board_layout import Layout, layout_for_size
from micboard_tui.tui.arrange.filter import NO_FILTER, ChannelFilter, count_criteria
from micboard_tui.tui.arrange.find import find_channels
from micboard_tui.tui.arrange.view import LAST, SortOrder, View, next_member
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_row import columns_for, head
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.header_line import HeaderLine, LogCount
from micboard_tui.tui.draw.side_panel import WIDTH as SIDE_PANEL_WIDTH
from micboard_tui.tui.draw.side_panel import SidePanel
from micboard_tui.tui.draw.summary import ProblemWatch, is_out, worst_line
from micboard_tui.tui.key_bindings import BOARD_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import FilterScreen, KeepScreen
from micboard_tui.tui.terminal.canvas import NO_CANVAS, Canvas
from micboard_tui.tui.terminal.frame_rate import FrameRate
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.channel_board import Board
from micboard_tui.tui.widgets.find_bar import FindBar
from micboard_tui.tui.widgets.lines import Lines, key_line

LOOK_EVERY_S = 0.5
LEAST_WIDTH, LEAST_HEIGHT = 60, 15
DETAIL_FROM_WIDTH = 118


class BoardScreen(Screen[None]):
    """Header, worst problem, rows, and beside them the selected channel where there is room."""

    DEFAULT_CSS = """
    BoardScreen { background: $background; }
    BoardScreen #beside { display: none; width: 35; height: 1fr; margin-left: 1; }
    BoardScreen.-wide #beside { display: block; }
    BoardScreen #small { display: none; height: 1fr; }
    BoardScreen.-small #small { display: block; }
    BoardScreen.-small #all { display: none; }
    BoardScreen #all, BoardScreen #rows { height: 1fr; }
    BoardScreen.-large #heads, BoardScreen.-wall #keys { display: none; }
    BoardScreen.-finding #keys { display: block; }
    BoardScreen FindBar { display: none; }
    BoardScreen.-finding FindBar { display: block; }
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
        palette: Palette,
        glyphs: Glyphs,
        look: BoardOptions,
        views: Mapping[str, View],
    ) -> None:
        super().__init__()
        self._live, self._palette, self._glyphs = live, palette, glyphs
        self._look = look
        self._version = self._version_of_all = self._layout_version = -1
        self._shown: frozenset[ChannelRef] = frozenset()
        self._devices: tuple[DeviceSnapshot, ...] = ()
        self._states: dict[ChannelRef, ChannelState] = {}
        self._rack: tuple[ChannelRef, ...] = ()
        self._watch = ProblemWatch()
        self.views = dict(views)
        """The views that are kept, by their key."""
        self._view = self.views.get(LAST, View())
        self._lines: tuple[Line, ...] = ()
        self._matches: Sequence[ChannelRef] = ()
        self._came_from: ChannelRef | None = None
        self._log = LogCount(look.log)
        self.canvas: Canvas = NO_CANVAS
        """Where the board paints."""
        self._frame_rate = FrameRate(look.fps)
        self.keys: tuple[tuple[str, str], ...] = ()
        self.marked_keys: tuple[tuple[str, str], ...] = ()
        """Keys and what they do, for the line at the bottom; where it is short the last ones are left out."""

    def compose(self) -> ComposeResult:
        palette, glyphs = self._palette, self._glyphs
        with Vertical(id="all"):
            yield Lines(palette, glyphs, "surface", id="header")
            yield Lines(palette, glyphs, id="worst")
            with Horizontal(id="rows"):
                with Vertical():
                    yield Lines(palette, glyphs, id="heads")
                    yield Board(palette, glyphs, self._live.now)
                yield Lines(palette, glyphs, "surface", id="beside")
            yield FindBar()
            yield Lines(palette, glyphs, "surface", id="keys")
        yield Lines(palette, glyphs, id="small")

    def on_mount(self) -> None:
        self.board.canvas = self.canvas
        self._side_panel = SidePanel(self._live, self._watch, self.board.trends, self._glyphs)
        for lines in self.query(Lines):
            lines.canvas = self.canvas
        self.sample()
        self.set_interval(1 / self._look.fps, self.tick)
        self.set_interval(LOOK_EVERY_S, self.look)

    @property
    def board(self) -> Board:
        return self.query_one(Board)

    @property
    def selected(self) -> tuple[ChannelState, DeviceSnapshot] | None:
        """The selected channel as it is now."""
        ref = self.board.selected
        state = self._live.channel(ref) if ref else None
        device = self._live.device(ref.device_id) if ref else None
        return (state, device) if state and device else None

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The marked ones from top to bottom, or the selected one."""
        board = self.board
        if board.marked:
            return [ref for ref in board.channels if ref in board.marked]
        return [] if board.selected is None else [board.selected]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The receivers of the chosen channels, each once."""
        return list(dict.fromkeys(ref.device_id for ref in self.chosen_channels))

    def show_change(self) -> None:
        """Take the marks away: what they were for is done."""
        self.board.action_unmark()

    # Sampling.

    def tick(self) -> None:
        """Sample, unless the terminal is behind: then the newest state comes when it has caught up."""
        if self._frame_rate.is_due(monotonic(), is_busy=self.canvas.is_busy):
            self.sample()

    def sample(self) -> None:
        """Take what changed since the last time. Costs nothing when nothing did."""
        shown = self.board.on_screen()
        if shown != self._shown:
            # Whatever comes on the screen is as it is now.
            self._take_all()
            self.board.show({ref: self._states[ref] for ref in shown - self._shown})
            self._shown = shown
        changes = self._live.changed_since(self._version, shown)
        if changes.layout_version != self._layout_version:
            self._layout_version = changes.layout_version
            self._version = self._version_of_all = changes.version
            self._lay_out()
            return
        if changes.version == self._version:
            self.board.settle()
            self.canvas.flush()
            return
        self._version = changes.version
        self._show(changes.channels)
        self.canvas.flush()

    def _take_all(self) -> None:
        """What is not on the screen: seldom enough to cost nothing, often enough to judge."""
        changes = self._live.changed_since(self._version_of_all)
        if changes.layout_version == self._layout_version and changes.version != self._version_of_all:
            self._version_of_all = changes.version
            changed = {state.ref: state for state in changes.channels}
            self._states.update(changed)
            # What is on the screen is sampled for it, at the rate of the frames.
            self.board.show({ref: state for ref, state in changed.items() if ref not in self._shown})

    def _show(self, states: Sequence[ChannelState]) -> None:
        changed = {state.ref: state for state in states}
        self._states.update(changed)
        self.board.show(changed)

    def look(self) -> None:
        """Twice a second: judge all channels, and show what follows from time alone."""
        self._take_all()
        states = self._in_rack_order()
        now = self._live.now()
        worst = self._watch.look(states, now)
        if self._view.follows_states and self._arrange().lines != self._lines:
            self._lay_out()
        self.board.conflicts, self.board.problems = self._watch.conflicts, self._watch.found
        mute = [self._live.device(each.device.id) for each in self._devices if not each.channels]
        self.board.mute_devices = {each.device.id: each for each in mute if each is not None}
        self.board.show_ages()
        self._show_header(states)
        line = worst_line(worst, self._now_devices(), states, now, self.size.width)
        self.query_one("#worst", Lines).show([line])
        self._show_detail()
        self.canvas.flush()

    def _now_devices(self) -> list[DeviceSnapshot]:
        """All devices; those without a channel as they are now."""
        mute = self.board.mute_devices
        return [mute.get(each.device.id, each) for each in self._devices]

    def _lay_out(self) -> None:
        self._devices = tuple(self._live.snapshot())
        self._states = {state.ref: state for device in self._devices for state in device.channels}
        self._rack = tuple(self._states)
        arrangement = self._arrange()
        self._lines = arrangement.lines
        self.board.layout_kind = self._layout
        self.board.empty = (
            "No channel fits the filter. F shows all." if self._view.channel_filter.criteria else ""
        )
        self.board.lay_out(arrangement, self._states.values())
        if self._watch.found == {}:
            self.look()

    def _arrange(self) -> Arrangement:
        """The lines as they should be now."""
        return self._view.arrange(self._devices, self._states, self._watch, self._live.locations())

    def _judged(self) -> Iterator[tuple[ChannelState, DeviceSnapshot, Sequence[ProblemCode]]]:
        for device in self._devices:
            for old in device.channels:
                yield self._states[old.ref], device, self._watch.found.get(old.ref, ())

    def _in_rack_order(self) -> list[ChannelState]:
        return list(map(self._states.__getitem__, self._rack))

    # Showing.

    def _show_header(self, states: list[ChannelState]) -> None:
        board = self.board
        needs = HeaderLine(
            f"{self._look.wall_clock():%H:%M}",
            len(self._watch.critical() - board.visible_channels),
            sum(map(is_out, board.mute_devices.values())),
            len(board.marked),
            self._view.channel_filter.description if self._view.channel_filter.criteria else "",
            self._log.bad,
            next((key for key, words in self.keys if words == "log"), "L"),
            self._frame_rate.is_slowed,
            self._look.demo,
        )
        self.query_one("#header", Lines).show([needs.line(states, self._watch, self.size.width)])

    def log_seen(self) -> None:
        """Somebody has looked at the log."""
        self._log.seen()

    def _show_keys(self) -> None:
        if self.has_class("-finding"):
            keys = self._find_keys()
        else:
            keys = self.marked_keys if self.board.marked else self.keys
        self.query_one("#keys", Lines).show([key_line(keys, self.size.width)])

    def _show_detail(self) -> None:
        if self.has_class("-wide") and (selected := self.selected) is not None:
            shown = self.query_one("#beside", Lines)
            shown.show(self._side_panel.lines(*selected, self._states, shown.size.height))

    def on_resize(self) -> None:
        width, height = self.size
        small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.set_class(small, "-small")
        self._fit_layout()
        needed = f" {width}x{height} is too small, {LEAST_WIDTH}x{LEAST_HEIGHT} is needed"
        self.query_one("#small", Lines).show([[Cell(needed, "warning")]])
        room = width - (SIDE_PANEL_WIDTH + 1 if self.has_class("-wide") else 0)
        self.query_one("#heads", Lines).show([[Cell(head(columns_for(room)), "dim")]])
        self._show_keys()
        self.look()

    @property
    def _layout(self) -> Layout:
        """What the user wants, or what fits best."""
        return self._view.layout or layout_for_size(*self.size)

    def _fit_layout(self) -> None:
        """Show what belongs to the layout, and give the board the room of the rest."""
        layout = self._layout
        self.set_class(layout is not Layout.ROWS, "-large")
        self.set_class(layout is Layout.WALL, "-wall")
        self.set_class(layout is Layout.ROWS and self.size.width >= DETAIL_FROM_WIDTH, "-wide")
        if self.board.layout_kind is not layout:
            self._lay_out()
            # What is on the screen is known when everything has its new size.
            self.call_after_refresh(self.look)

    def on_board_moved(self) -> None:
        self._show_detail()
        self._show_header(self._in_rack_order())

    def on_board_marked(self) -> None:
        self._show_keys()
        self._show_header(self._in_rack_order())

    # Finding.

    def action_find(self) -> None:
        self._came_from = self.board.selected
        self.add_class("-finding")
        self.query_one(FindBar).focus()
        self._find("")

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        if self.has_class("-finding"):
            self._find(event.value)

    @on(Input.Submitted)
    def found(self) -> None:
        self._end_find()

    def action_leave_find(self) -> None:
        if self._came_from is not None:
            self.board.select(self._came_from)
        self._end_find()

    def action_next_match(self, by: int) -> None:
        if self._matches:
            place = self._matches.index(self.board.selected) if self.board.selected in self._matches else -by
            self.board.select(self._matches[(place + by) % len(self._matches)])

    def _find(self, query: str) -> None:
        shown = set(self.board.channels)
        judged = ((state, device) for state, device, _ in self._judged() if state.ref in shown)
        self._matches = find_channels(query, judged) if query.strip() else ()
        if self._matches:
            self.board.select(self._matches[0])
        self._show_keys()

    def _find_keys(self) -> tuple[tuple[str, str], ...]:
        typed = self.query_one(FindBar).value.strip()
        found = f"{len(self._matches)} found" if typed else "type a few letters"
        return (("/", found), ("Enter", "stay here"), ("Esc", "back"), ("↑↓", "other matches"))

    def _end_find(self) -> None:
        self.remove_class("-finding")
        self.query_one(FindBar).clear()
        self.board.focus()
        self._show_keys()

    # Keys.

    def action_next_problem(self, direction: int) -> None:
        """Go to the next channel that has a problem, from the selected one on and around."""
        refs = [line for line in self.board.channels if line in self._watch.found]
        if not refs:
            self.notify("No channel has a problem.")
            return
        order = self.board.channels
        place = order.index(self.board.selected) if self.board.selected in order else -1
        ahead = refs if direction > 0 else refs[::-1]
        beyond = [ref for ref in ahead if (order.index(ref) - place) * direction > 0]
        self.board.select((beyond or ahead)[0])

    async def action_rack(self, by: int) -> None:
        """Move the receiver, where it can be seen that it moves."""
        if self._view.sort_order is not SortOrder.RACK:
            self.notify("Only the rack order is made by hand: o brings it back.")
        else:
            await self.run_action(f"app.move({by})")

    def action_order(self) -> None:
        self._see(replace(self._view, name="", sort_order=next_member(self._view.sort_order)))
        self.notify(f"{self._view.sort_order}.", timeout=2)

    def action_layout(self) -> None:
        layout = next_member(self._layout)
        self._see(replace(self._view, name="", layout=layout))
        self.notify(f"{layout.capitalize()}.", timeout=2)

    def action_group(self) -> None:
        self._see(
            replace(self._view, name="", grouping=next_member(self._view.grouping), sort_order=SortOrder.RACK)
        )
        self.notify(f"Grouped by {self._view.grouping}.", timeout=2)

    def action_filter(self) -> None:
        def act(choice: ChannelFilter | None) -> None:
            if choice is not None:
                self._see(replace(self._view, name="", channel_filter=choice))

        self.app.push_screen(
            FilterScreen(
                count_criteria(self._judged(), self._view.channel_filter), self._view.channel_filter
            ),
            act,
        )

    def action_show_all(self) -> None:
        if self._view.channel_filter.criteria:
            self._see(replace(self._view, name="", channel_filter=NO_FILTER))

    def action_keep_view(self) -> None:
        def act(wanted: tuple[str, str] | None) -> None:
            if wanted is not None:
                key, name = wanted
                self._view = self.views[key] = self.views[LAST] = replace(self._view, name=name)
                self.post_message(self.Kept(self.views, f"{key} is: {self._view.title}."))

        self.app.push_screen(KeepScreen(self._view, self.views), act)

    def action_kept_view(self, number: int) -> None:
        view = self.views.get(str(number))
        if view is None:
            self.notify(f"Nothing is kept on {number}. V keeps what you see.")
            return
        self._see(view)
        self.notify(f"{number}: {view.title}.", timeout=2, markup=False)

    def _see(self, view: View) -> None:
        self._view = self.views[LAST] = view
        self._fit_layout()
        self._lay_out()
        self.look()
