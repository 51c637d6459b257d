"""All channels in one widget: every line is a strip, and only strips that differ are drawn again.

One widget and not one a channel: with a hundred widgets the drawing alone would take a whole core.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.text import visible
from micboard_tui.tui.arrangement import Arrangement, Heading
from micboard_tui.tui.canvas import NO_CANVAS, Canvas
from micboard_tui.tui.glyph import Glyphs
from micboard_tui.tui.present import fit
from micboard_tui.tui.row import Cell, Surroundings, cells, columns_for
from micboard_tui.tui.summary import of_group
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.trend import Trends

PAGE_OVERLAP = 1


class Board(ScrollView, can_focus=True):
    """Shows the states it is given; posts ``Moved`` and ``Chosen``."""

    DEFAULT_CSS = """
    Board { scrollbar-size: 0 0; height: 1fr; background: $background; }
    """
    BINDINGS = [
        Binding("up,k", "step(-1)", "Up", key_display="↑ k"),
        Binding("down,j", "step(1)", "Down", key_display="↓ j"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", key_display="PgUp"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", key_display="PgDn"),
        Binding("home", "edge(0)", "First channel", key_display="Home"),
        Binding("end", "edge(-1)", "Last channel", key_display="End"),
        Binding("enter", "choose", "Details", key_display="Enter"),
    ]

    @dataclass
    class Moved(Message):
        """Another channel is selected."""

        ref: ChannelRef

    @dataclass
    class Chosen(Message):
        """The user wants to see everything about the channel."""

        ref: ChannelRef

    def __init__(self, palette: Palette, glyphs: Glyphs, now: Callable[[], float]) -> None:
        super().__init__()
        self._palette, self._glyphs, self._now = palette, glyphs, now
        self._arrangement = Arrangement()
        self._states: dict[ChannelRef, ChannelState] = {}
        self._strips: dict[int, Strip] = {}
        self._places: dict[ChannelRef, int] = {}
        self._top = 0
        self.trends = Trends()
        self.canvas: Canvas = NO_CANVAS
        """Where lines are painted without the way through the compositor."""
        self.empty = ""
        """What to say in place of channels where there are none."""
        self.selected: ChannelRef | None = None

    # What the screen gives.

    def wear(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self._strips.clear()
        self.refresh()

    def lay_out(self, arrangement: Arrangement, states: Iterable[ChannelState]) -> None:
        """Show other lines. The selection stays with its channel, and that on the same line of the screen."""
        before = self._places.get(self.selected) if self.selected else None
        offset = 0 if before is None else before - self.scroll_offset.y
        self._arrangement = arrangement
        self._states = {state.ref: state for state in states}
        self._places = {
            line: place for place, line in enumerate(arrangement.lines) if isinstance(line, ChannelRef)
        }
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(arrangement.lines))
        if self.selected not in self._places:
            channels = arrangement.channels
            self.selected = channels[0] if channels else None
            if self.selected is not None:
                self.post_message(self.Moved(self.selected))
        elif before is not None:
            place = self._places[self.selected]
            # A heading that belongs to the first line on the screen comes along.
            self.scroll_to(y=place - offset - (offset == 0 and self._is_heading(place - 1)), animate=False)
        self.refresh()

    def show(self, states: Sequence[ChannelState]) -> None:
        """Take newer states; draw those whose lines are on the screen and look different."""
        self.trends.take(states)
        known, places, stale = self._states, self._places, self._strips
        shown = self._shown()
        for state in states:
            ref = state.ref
            known[ref] = state
            place = places.get(ref)
            if place is None:
                continue
            if place in shown:
                self._redraw(place)
            else:
                stale.pop(place, None)

    def show_ages(self) -> None:
        """Draw again what on the screen has changed only because time went by."""
        self.trends.turn(self._states, self._now())
        for place in self._shown():
            self._redraw(place)

    def select(self, ref: ChannelRef) -> None:
        """Make ``ref`` the selected channel and bring it on the screen."""
        if ref not in self._places or ref == self.selected:
            return
        old, self.selected = self.selected, ref
        shown = self._shown()
        for place in (self._places[changed] for changed in (old, ref) if changed in self._places):
            self._strips.pop(place, None)
            if place in shown:
                self._redraw(place)
        self._bring_into_view(self._places[ref])
        self.canvas.flush(urgent=True)
        self.post_message(self.Moved(ref))

    @property
    def channels(self) -> list[ChannelRef]:
        """All channels from top to bottom."""
        return self._arrangement.channels

    @property
    def visible_channels(self) -> frozenset[ChannelRef]:
        """The channels whose lines are on the screen."""
        top = self.scroll_offset.y
        lines = self._arrangement.lines[top : top + self.size.height]
        return frozenset(line for line in lines if isinstance(line, ChannelRef))

    # Drawing.

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual keeps lines of its own, which know nothing of what was painted past it.
        strips = [self.render_line(y) for y in crop.line_range]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, self.background_colors[1]) for strip in strips]
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def render_line(self, y: int) -> Strip:
        place = y + self.scroll_offset.y
        strip = self._strips.get(place)
        if strip is None:
            strip = self._strips[place] = self._strip(place)
        return strip

    def on_resize(self) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self._arrangement.lines))
        if self.selected in self._places:
            self._bring_into_view(self._places[self.selected])

    def _shown(self) -> range:
        """The places whose lines are on the screen."""
        self._top, height = self.scroll_offset.y, self.size.height
        return range(self._top, min(self._top + height, len(self._arrangement.lines)))

    def _redraw(self, place: int) -> None:
        strip = self._strip(place)
        if strip != self._strips.get(place):
            self._strips[place] = strip
            if not self.canvas.paint(self, place - self._top, strip):
                self.refresh_line(place)

    def _strip(self, place: int) -> Strip:
        width = self.size.width
        if place >= len(self._arrangement.lines):
            words = (
                fit(f" {self.empty}", width) if not self._arrangement.lines and place == 0 else " " * width
            )
            return Strip([Segment(words, self._palette.styles["dim", "background"])], width)
        line = self._arrangement.lines[place]
        if isinstance(line, Heading):
            return self._heading(line, width)
        selected = line == self.selected
        ground = "selected" if selected else "background"
        pointer = Cell(self._glyphs.pointer if selected else " ", "accent")
        columns = columns_for(width)
        around = Surroundings(
            self._arrangement.devices[line].title if columns.device else "",
            self.trends.text(line, columns.trend, self._glyphs),
            self._now(),
        )
        row = [pointer, *cells(self._states[line], around, columns, self._glyphs)]
        styles = self._palette.styles
        plain = self._glyphs.text
        segments = [
            Segment(plain(cell.text), styles[cell.tone, "track" if cell.is_bar else ground]) for cell in row
        ]
        if (spare := width - columns.total) > 0:
            segments.append(Segment(" " * spare, styles["text", ground]))
        return Strip(segments, max(width, columns.total)).crop(0, width)

    def _heading(self, heading: Heading, width: int) -> Strip:
        counted = of_group(self._states[ref] for ref in heading.channels)
        room = width - sum(len(cell.text) for cell in counted) - 1
        title = f" {visible(heading.title)} "
        text = fit(title, max(0, min(room, cell_len(title))), self._glyphs.ellipsis)
        rule = self._glyphs.rule * (room - cell_len(text) - 1) + " "
        cells = [Cell(text, "accent"), Cell(rule, "dim"), *counted]
        styles = self._palette.styles
        segments = [Segment(self._glyphs.text(cell.text), styles[cell.tone, "background"]) for cell in cells]
        return Strip(segments).adjust_cell_length(width, styles["dim", "background"])

    # Keys.

    def action_step(self, by: int) -> None:
        self._go(by)

    def action_page(self, direction: int) -> None:
        self._go(direction * max(1, self.size.height - PAGE_OVERLAP))

    def action_edge(self, place: int) -> None:
        channels = self._arrangement.channels
        if channels:
            self.select(channels[place])

    def action_choose(self) -> None:
        if self.selected is not None:
            self.post_message(self.Chosen(self.selected))

    def _go(self, by: int) -> None:
        channels = self._arrangement.channels
        if not channels or self.selected is None:
            return
        place = channels.index(self.selected) + by
        self.select(channels[min(len(channels) - 1, max(0, place))])

    def _bring_into_view(self, place: int) -> None:
        """Scroll as little as possible; a heading right above comes along."""
        top, height = self.scroll_offset.y, self.size.height
        first = place - self._is_heading(place - 1)
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif place >= top + height:
            self.scroll_to(y=place - height + 1, animate=False)

    def _is_heading(self, place: int) -> bool:
        return place >= 0 and isinstance(self._arrangement.lines[place], Heading)

    def on_click(self, event: Click) -> None:
        place = event.y + self.scroll_offset.y
        if place < len(self._arrangement.lines):
            line = self._arrangement.lines[place]
            if isinstance(line, ChannelRef):
                self.select(line)
