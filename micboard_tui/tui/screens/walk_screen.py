"""The walk test: a key for each place, and what was received there.

Theory of operation. While a walk runs in this process, the screen shows it and its figures so far once a
second; the number keys, and all else that changes it, are flows. Leaving the screen does not end it. While
none runs, the screen shows the walks that are kept, the newest first, and a number key begins one with the
channels that were selected when the screen opened.
"""

from collections.abc import Sequence
from functools import partial

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.walk_test import Walk
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell, fit_line
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.draw.walk_table import places_line, walk_lines
from micboard_tui.tui.event_subjects import EventSubjects
from micboard_tui.tui.help_pages import WALK_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.screens.open_screen import is_open, is_working
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.walk_keys import RUNNING_WALK_KEY_LINE, WALK_KEY_LINE, WALK_KEYS
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.scrolled_rows import ScrolledRows

REFRESH_S = 1.0
READING = "walks"
"""The group of the worker that reads."""
MOST_NAMED = 3
BEGIN = " A number key begins a walk at that place with "
NOTHING_WALKED = " Nothing was walked yet."
NO_EARLIER = "There is no earlier walk to compare with."
MOST_COMPARED = 2
"""The walk before, and the one before that."""
NOT_READ = " The walks that are kept were not read."


class WalkScreen(Screen[None]):
    DEFAULT_CSS = """
    WalkScreen { background: $background; }
    WalkScreen #places { height: 2; }
    WalkScreen #results { height: 1fr; }
    """
    BINDINGS = bindings_of(WALK_KEYS)
    HELP_PAGE = WALK_HELP

    def __init__(
        self,
        live: LiveContract,
        style: ScreenStyle,
        readings: ServiceReadings,
        channels: Sequence[ChannelRef],
    ) -> None:
        """``channels``: those that a new walk is made with."""
        super().__init__()
        self._live, self._readings, self._channels = live, readings, tuple(channels)
        self._palette, self._glyphs = style.palette, style.glyphs
        self._running_keys = style.keymap.line(RUNNING_WALK_KEY_LINE)
        self._keys = style.keymap.line(WALK_KEY_LINE)
        self._subjects = EventSubjects(live)
        self._walks: Sequence[Walk] = ()
        self._is_read = False
        """Whether ``_walks`` are those that are kept."""
        self._index, self._compared = 0, 0
        self._results = ScrolledRows(self._palette, self._glyphs, id="results")

    def compose(self) -> ComposeResult:
        with ListArea(self._results):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="places")
            yield self._results
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self._follow)
        self._read()

    def on_resize(self) -> None:
        self.show_current()

    # For flows.

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """Those of the walk that runs, or of the next one."""
        running = self._readings.running_walk()
        return list(self._channels if running is None else running.channels)

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """Their receivers."""
        return list(dict.fromkeys(ref.device_id for ref in self.chosen_channels))

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show the walk as it is after a key."""
        self._index = 0
        self._results.go_to(0)
        self.show_current()
        self._read()

    # Showing.

    @work(exclusive=True, group=READING)
    async def _read(self) -> None:
        walks = await self._readings.walks()
        self._walks, self._is_read = walks or (), walks is not None
        self.show_current()

    def _follow(self) -> None:
        """Show it anew; and read what could not be read before."""
        self.show_current()
        if not self._is_read and not is_working(self, READING):
            self._read()

    def show_current(self) -> None:
        """Show the walk that runs, or one that is kept."""
        if not is_open(self):
            return
        running = self._readings.running_walk()
        if running is not None:
            self._show_running(running)
        else:
            self._show_kept()

    def _show_running(self, running: RunningWalk) -> None:
        where = "on the way" if running.place is None else f"at place {running.place}"
        header, earlier = " Walk test with ", self._find_earlier(0)
        rest = f": {where}{_name_compared(earlier)}"
        self._show(
            f"{header}{self._name_channels(running.channels, header + rest)}{rest}",
            [places_line(running, self._live.now(), self.size.width, self._glyphs)],
            running.so_far,
            earlier,
            self._running_keys,
        )

    def _show_kept(self) -> None:
        walk = self._walks[self._index] if self._index < len(self._walks) else None
        header = " Walk test"
        if walk is not None:
            name = f" {walk.name}" if walk.name else ""
            header = f" Walk {walk.id}{name}, {format_minute(walk.started_at)}, {walk.actor}"
        if self._channels:
            begin = f"{BEGIN}{self._name_channels(self._channels, f'{BEGIN}.')}."
        else:
            begin = " To walk, mark channels on the board and open this again."
        earlier = self._find_earlier(self._index + 1)
        header += _name_compared(earlier)
        self._show(header, [[Cell(begin, "dim")]], walk, earlier, self._keys)

    def _show(
        self,
        header: str,
        places: list[list[Cell]],
        walk: Walk | None,
        earlier: Walk | None,
        keys: Sequence[tuple[str, str]],
    ) -> None:
        title, lost = [Cell(visible(header), "accent")], self._live.findings.lost
        line = beside_loss(partial(fit_line, title), lost, self._live.now(), self.size.width)
        self.query_one("#header", Lines).show([line])
        self.query_one("#places", Lines).show(places)
        is_known = self._is_read or walk is not None or self._readings.running_walk() is not None
        lines = [[Cell(NOTHING_WALKED if is_known else NOT_READ, "dim")]]
        if walk is not None and walk.results:
            lines = walk_lines(walk, earlier, self.size.width, self._glyphs)
        self._results.show_rows(lines[0], lines[1:])
        self.query_one(KeyBar).show_keys(keys)

    def _find_earlier(self, first: int) -> Walk | None:
        """The walk that is compared with: the one before, or the one before that."""
        index = first + self._compared - 1
        return self._walks[index] if self._compared and index < len(self._walks) else None

    def _name_channels(self, refs: Sequence[ChannelRef], beside: str) -> str:
        """Their names, or how many they are where the names do not fit into a line beside this."""
        names, room = ", ".join(map(self._subjects.channel, refs)), self.size.width - cell_len(beside)
        if len(refs) <= MOST_NAMED and cell_len(names) <= room:
            return names
        return fit(names, max(room, 1)) if len(refs) == 1 else f"{len(refs)} channels"

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    def action_compare(self) -> None:
        is_running = self._readings.running_walk() is not None
        earlier = len(self._walks) - (0 if is_running else self._index + 1)
        if earlier <= 0:
            self.notify(NO_EARLIER)
            return
        self._compared = (self._compared + 1) % (min(earlier, MOST_COMPARED) + 1)
        self.show_current()

    def action_turn(self, by: int) -> None:
        if self._walks:
            self._index = min(max(0, self._index + by), len(self._walks) - 1)
            self._results.go_to(0)
            self.show_current()


def _name_compared(earlier: Walk | None) -> str:
    """The end of the header."""
    if earlier is None:
        return ""
    return f", compared with walk {earlier.id}{f' {earlier.name}' if earlier.name else ''}"
