"""The run of show: its clock, its scenes, which mics change hands, and what cannot work.

Theory of operation. Twice a second, and after each key, ``show_current`` looks at ``findings.show``. Scenes
are arranged anew only with another plot. The selection is a position in the plot; while it stands on the
current scene, it goes along with it.
"""

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.mic_plot import MicPlot
from micboard_tui.domain.show import ShowProgress, find_scene_again
from micboard_tui.tui.arrange.scene_lines import SceneLines, arrange_scenes
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.draw.scene_row import (
    SceneRow,
    deck_line,
    explain_scene,
    missing_lines,
    scene_columns,
    show_header,
)
from micboard_tui.tui.help_pages import RUN_OF_SHOW_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.show_keys import NO_SHOW_KEY_LINE, RUN_OF_SHOW_KEY_LINE, RUN_OF_SHOW_KEYS
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 0.5
WHY_LINES = 4


class RunOfShowScreen(Screen[None]):
    DEFAULT_CSS = f"""
    RunOfShowScreen {{ background: $background; }}
    RunOfShowScreen #scenes {{ height: 1fr; }}
    RunOfShowScreen #why {{ height: {WHY_LINES}; }}
    """
    BINDINGS = bindings_of(RUN_OF_SHOW_KEYS)
    HELP_PAGE = RUN_OF_SHOW_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, readings: ServiceReadings) -> None:
        super().__init__()
        self._live, self._readings = live, readings
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(RUN_OF_SHOW_KEY_LINE)
        self._no_show_key_line = style.keymap.line(NO_SHOW_KEY_LINE)
        self._lines = SceneLines()
        self._current: int | None = None
        self._deck: tuple[ShowProgress | None, int, list[Cell]] = (None, 0, [])
        self._why: tuple[SceneLines | None, int | None, int, list[list[Cell]]] = (None, None, 0, [])
        """What was made for which progress or scene and which width: a plot may have thousands of entries."""
        self._list: RowList[int] = RowList(self._palette, self._glyphs, self._show_selection, id="scenes")

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="deck")
            yield Lines(self._palette, self._glyphs, id="heads")
            yield self._list
            yield Lines(self._palette, self._glyphs, "surface", id="why")
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self.show_current)

    def on_resize(self) -> None:
        self.show_current()

    # What is selected, for flows.

    chosen_channels: Sequence[ChannelRef] = ()
    chosen_devices: Sequence[DeviceId] = ()
    reason_for_no_channel = NO_CHANNEL

    @property
    def shown_plot(self) -> MicPlot:
        return self._lines.plot

    @property
    def chosen_scene(self) -> int | None:
        return self._list.window.selected

    def show_change(self) -> None:
        self.show_current()

    # Showing.

    def show_current(self) -> None:
        """Show the show as it is now."""
        if not is_open(self):
            return
        progress = self._live.findings.show
        plot = self._lines.plot if progress is None else progress.show.plot
        if plot is not self._lines.plot:
            self._take_plot(plot)
        positions = () if progress is None else range(len(plot.scenes))
        self._list.take(positions)
        current = None if progress is None else progress.scene
        window = self._list.window
        if current is not None and current != self._current and window.selected in (self._current, 0):
            window.go_to(current)
        self._current = current
        self._show_all(progress)

    def _take_plot(self, plot: MicPlot) -> None:
        """The same scene stays selected, where the other plot has it."""
        before, selected = self._lines.plot, self._list.window.selected
        self._lines = arrange_scenes(plot)
        if selected is not None:
            there = find_scene_again(plot, selected, before.scenes[selected])
            self._list.window.selected = selected if there is None else there

    def _show_all(self, progress: ShowProgress | None) -> None:
        width, window = self.size.width, self._list.window
        columns = scene_columns(self._lines.plot.scenes, width)
        lost, now = self._live.findings.lost, self._live.now()
        header = beside_loss(partial(show_header, progress, now), lost, now, width)
        self.query_one("#header", Lines).show([header])
        self.query_one("#deck", Lines).show([self._deck_line(progress, width)])
        self.query_one("#heads", Lines).show([[Cell(columns.head if window.visible else "", "dim")]])
        shown = [columns.cells(self._row(index)) for index in window.visible]
        scenes = shown or missing_lines(progress, width, is_open=self._readings.are_open)
        self._list.show_rows(scenes)
        self.query_one("#why", Lines).show(self._explain(window.selected, width))
        keys = self._no_show_key_line if progress is None else self._key_line
        self.query_one(KeyBar).show_keys(keys)

    def _deck_line(self, progress: ShowProgress | None, width: int) -> list[Cell]:
        if self._deck[0] is not progress or self._deck[1] != width:
            self._deck = progress, width, deck_line(progress, width)
        return self._deck[2]

    def _explain(self, selected: int | None, width: int) -> list[list[Cell]]:
        lines = self._lines
        if self._why[0] is not lines or self._why[1:3] != (selected, width):
            explained = [] if selected is None else explain_scene(lines, selected, width, WHY_LINES)
            self._why = lines, selected, width, explained
        return self._why[3]

    def _row(self, position: int) -> SceneRow:
        offset = None if self._current is None else position - self._current
        return SceneRow(
            self._lines.plot.scenes[position],
            offset,
            self._lines.changes.get(position, ()),
            self._glyphs,
            position == self._list.window.selected,
        )

    def _show_selection(self) -> None:
        self._show_all(self._live.findings.show)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    def action_current(self) -> None:
        if self._current is not None:
            self._list.go_to(self._current)

    def action_next_finding(self, direction: int) -> None:
        """The next scene with a conflict or a warning."""
        selected = self._list.window.selected
        found = None if selected is None else self._lines.find_next_finding(selected, direction)
        if found is not None:
            self._list.go_to(found)

    @on(RowList.Chosen)
    async def choose(self) -> None:
        await self.run_action("app.flow('go_to_selected')")
