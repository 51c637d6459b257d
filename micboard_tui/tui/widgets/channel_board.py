"""All channels in one widget: each has lines of its own, and only lines that differ are shown again.

One widget and not one a channel: with a hundred widgets the drawing alone would take a whole core.

Theory of operation. ``show`` is given one value (``BoardContents``) ten times a second and compares its parts
with those of the value before, by identity:

* another arrangement or layout: everything is placed anew (``board_lines``), and the selection keeps its
  channel, on the same line of the screen where it can. Where the order brings what is to be looked at to the
  top, the window keeps its place instead, so that no channel that moves takes it along; when such an order is
  chosen, its first channel is selected;
* another judgement of all channels: what changes by time alone is drawn anew, and the headings;
* other states: the channels on the screen whose state is another object, and those whose audio bars fall.

What looks different then goes straight to the ``Canvas``, past Textual's compositor; where the canvas cannot
paint (a dialog covers it, the frame buffer is off), ``refresh_line`` makes Textual call ``render_lines``.

The viewport, the lines that the window shows and the channels in them, is found again whenever one of its
three causes happens: scrolling, another size, other lines. Then all drawings of what left it are forgotten,
and ``ViewportChanged`` says what is to be sampled from now on.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from rich.segment import Segment
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.key_bindings import BOARD_KEYS, bindings_of
from micboard_tui.tui.terminal.canvas import Canvas
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.board_lines import BoardLines
from micboard_tui.tui.widgets.channel_drawer import ChannelDrawer, tells_time
from micboard_tui.tui.widgets.channel_selection import ChannelSelection

PAGE_OVERLAP = 1


class Viewport(NamedTuple):
    """What the window shows."""

    lines: range = range(0)
    channels: frozenset[ChannelRef] = frozenset()
    """At least a line of each is shown."""
    readable: frozenset[ChannelRef] = frozenset()
    """Those of them whose first line is shown."""


class Board(ScrollView, can_focus=True):
    """Shows the contents it is given; posts ``Moved``, ``Marked``, ``Chosen`` and ``ViewportChanged``."""

    DEFAULT_CSS = """
    Board { scrollbar-size: 0 0; height: 1fr; background: $background; }
    """
    BINDINGS = bindings_of(BOARD_KEYS)

    @dataclass
    class Moved(Message):
        """Another channel is selected."""

        ref: ChannelRef

    @dataclass
    class Marked(Message):
        """Other channels are marked."""

        refs: frozenset[ChannelRef]

    @dataclass
    class Chosen(Message):
        """The user wants to see everything about the channel."""

        ref: ChannelRef

    class NothingChosen(Message):
        """The same where no channel is."""

    @dataclass
    class ViewportChanged(Message):
        """Other channels are on the screen."""

        viewport: Viewport

    def __init__(self, palette: Palette, glyphs: Glyphs, trends: Trends, canvas: Canvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._selection = ChannelSelection()
        styler = CellStyler(palette, glyphs)
        self._lines = BoardLines(styler, ChannelDrawer(styler, trends, self._selection))
        self._viewport = Viewport()
        self._late: AbstractSet[ChannelRef] = frozenset()
        """The channels on the screen that were drawn with an age when all were judged last."""

    @property
    def selected(self) -> ChannelRef | None:
        """The channel at which the pointer stands."""
        return self._selection.selected

    @property
    def marked(self) -> frozenset[ChannelRef]:
        """The channels that the next action is for; see ``mark``."""
        return self._selection.marked

    @property
    def channels(self) -> list[ChannelRef]:
        """All channels from top to bottom."""
        return self._lines.contents.arrangement.channels

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The marked ones from top to bottom, or the selected one; nothing is done to one off the screen."""
        if self.marked:
            return [ref for ref in self.channels if ref in self.marked]
        return [self.selected] if self.selected is not None and self._is_on_screen(self.selected) else []

    @property
    def head(self) -> str:
        """The names of the columns of rows."""
        return self._lines.head

    @property
    def visible_channels(self) -> frozenset[ChannelRef]:
        """The channels that are on the screen, at least with their first line."""
        return self._viewport.readable

    # What the screen gives.

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        glyphs = self._lines.styler.glyphs
        self._lines.set_styler(CellStyler(palette, glyphs))
        self.refresh()

    def show(self, contents: BoardContents) -> None:
        """Show this from now on; what looks the same as before is not drawn again."""
        before = self._lines.contents
        if contents.arrangement is not before.arrangement or contents.layout is not before.layout:
            self._lay_out(contents)
            return
        self._lines.take(contents)
        on_screen = self._viewport.channels
        redrawn = self._lines.falling & on_screen
        if self._selection.lit != self._selection.selected:
            redrawn |= {ref for ref in (self._selection.lit, self._selection.selected) if ref in on_screen}
            self._selection.lit = self._selection.selected
        old, new = before.states, contents.states
        if new is not old:
            redrawn |= {ref for ref in on_screen if new[ref] is not old[ref]}
        if contents.problems is not before.problems:
            redrawn |= self._outdated(before, contents)
            self._paint(self._lines.redraw_headings(self._viewport.lines))
        self._paint(self._lines.redraw(redrawn))

    def mark(self, refs: frozenset[ChannelRef]) -> None:
        """Show these as the ones that the next action is for."""
        changed, self._selection.marked = refs ^ self.marked, refs
        if changed:
            self._redraw(changed)
            self.post_message(self.Marked(refs))

    def select(self, ref: ChannelRef) -> None:
        """Make ``ref`` the selected channel and bring it on the screen."""
        if ref not in self._lines.plan.areas or ref == self.selected:
            return
        before, self._selection.selected = self.selected, ref
        self._redraw([ref] if before is None else [before, ref])
        self._bring_into_view(ref)
        self._canvas.flush(urgent=True)
        self.post_message(self.Moved(ref))

    def _lay_out(self, contents: BoardContents) -> None:
        """Show other lines. The selection stays with its channel, and that on the same line of the screen."""
        order = contents.arrangement.order
        if order and order != self._lines.contents.arrangement.order:
            self._selection.selected = None
            self.scroll_to(y=0, animate=False)
        selected = self.selected
        before = self._lines.plan.areas.get(selected) if selected else None
        offset = 0 if before is None else before.y - self.scroll_offset.y
        self._place(contents)
        areas = self._lines.plan.areas
        # An action must not change what is not shown.
        self.mark(self.marked & areas.keys())
        if selected is None or selected not in areas:
            channels = self.channels
            self._selection.selected = channels[0] if channels else None
            if channels:
                self.post_message(self.Moved(channels[0]))
        elif before is not None and not order:
            self.scroll_to(y=self._lines.plan.top_to_keep(selected, offset), animate=False)
        self._selection.lit = self.selected
        self.refresh()

    def _outdated(self, before: BoardContents, contents: BoardContents) -> AbstractSet[ChannelRef]:
        """The channels on the screen that look different only because time went by, or for what others do."""
        on_screen = self._viewport.channels
        late = {ref for ref in on_screen if tells_time(contents.states[ref], contents.now)}
        # All others say nothing of how long ago anything was.
        outdated = late | (self._late & on_screen)
        self._late = late
        old, new = before.problems, contents.problems
        outdated |= {ref for ref in on_screen if new.get(ref) != old.get(ref)}
        if contents.trends_version != before.trends_version:
            outdated = set(on_screen)
        self._lines.forget_steady_parts(outdated)
        return outdated

    # Drawing.

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual keeps lines of its own, which know nothing of what was painted past it.
        strips = [self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        blank = self._lines.styler.palette.styles["text", "background"]
        return [strip.crop_extend(crop.x, crop.right, blank) for strip in strips]

    def render_line(self, y: int) -> Strip:
        return Strip(self._lines.line(y + self.scroll_offset.y), self._lines.width)

    def on_resize(self) -> None:
        self._place(self._lines.contents)
        if self.selected is not None and self.selected in self._lines.plan.areas:
            self._bring_into_view(self.selected)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._find_viewport()

    def _place(self, contents: BoardContents) -> None:
        """Find the area of every channel at this size."""
        # The width that everything is drawn for; Textual's own size is sometimes ahead of it.
        width = self.size.width
        self._lines.lay_out(contents, width, self.size.height)
        self.virtual_size = Size(width, len(self._lines.plan.lines))
        self._find_viewport()

    def _find_viewport(self) -> None:
        """Find out what the window shows, and forget everything else."""
        top, plan = self.scroll_offset.y, self._lines.plan
        lines = range(top, min(top + self.size.height, len(plan.lines)))
        channels = plan.channels_in(lines)
        readable = frozenset(ref for ref in channels if plan.areas[ref].y in lines)
        self._viewport = Viewport(lines, channels, readable)
        self._lines.keep(channels, lines)
        self.post_message(self.ViewportChanged(self._viewport))

    def _redraw(self, channels: Iterable[ChannelRef]) -> None:
        """Draw those of these channels anew that are on the screen."""
        self._paint(self._lines.redraw(self._viewport.channels.intersection(channels)))

    def _paint(self, changed: Mapping[int, list[Segment]]) -> None:
        """Show these lines anew."""
        top, height = self.scroll_offset.y, self.size.height
        shown = {y - top: segments for y, segments in changed.items() if 0 <= y - top < height}
        if shown and not self._canvas.paint(self, shown, self._lines.width):
            for y in shown:
                self.refresh_line(top + y)

    # Keys.

    def action_step(self, by: int) -> None:
        self._go(0, by)

    def action_aside(self, by: int) -> None:
        if self._lines.plan.page or not self._has_rows:
            self._go(by, 0)

    def action_page(self, direction: int) -> None:
        area = self._lines.plan.areas.get(self.selected) if self.selected else None
        if area is not None:
            room = self.size.height - PAGE_OVERLAP
            self._go(0, direction * max(1, room // (area.height + (area.height > 1))))

    def action_edge(self, index: int) -> None:
        channels = self.channels
        if channels:
            self.select(channels[index])

    def action_mark(self) -> None:
        if self.selected is not None and self._is_on_screen(self.selected):
            self.mark(self.marked ^ {self.selected})
            self._go_on(1)

    def action_extend(self, by: int) -> None:
        """Mark the selected channel and the one that is selected then; nothing is unmarked on the way."""
        if (before := self.selected) is not None:
            self._go_on(by)
            self.mark(self.marked.union({before, self.selected or before}))

    def action_mark_all(self) -> None:
        channels = frozenset(self.channels)
        self.mark(frozenset() if self.marked == channels else channels)

    def action_unmark(self) -> None:
        self.mark(frozenset())

    def action_choose(self) -> None:
        if self.selected is not None and self._is_on_screen(self.selected):
            self.post_message(self.Chosen(self.selected))
        elif not self.channels:
            self.post_message(self.NothingChosen())

    def on_click(self, event: Click) -> None:
        ref = self._lines.plan.channel_at(event.x, event.y + self.scroll_offset.y)
        if ref is not None:
            self.select(ref)

    @property
    def _has_rows(self) -> bool:
        return self._lines.contents.layout is Layout.ROWS

    def _go_on(self, by: int) -> None:
        """Go to the next channel as they follow each other, also among cards."""
        self._go(*((0, by) if self._has_rows else (by, 0)))

    def _go(self, columns: int, lines: int) -> None:
        if self.selected is None or self.selected not in self._lines.plan.areas:
            return
        if self._lines.contents.arrangement.order and not self._is_on_screen(self.selected):
            # It has moved away from what the user looks at.
            self.select(next(ref for ref in self.channels if ref in self._viewport.readable))
        else:
            self.select(self._lines.plan.neighbour(self.selected, columns, lines))

    def _is_on_screen(self, ref: ChannelRef) -> bool:
        """Whether it can be read; every channel counts before the first is laid out."""
        return ref in self._viewport.readable or not self._viewport.readable

    def _bring_into_view(self, ref: ChannelRef) -> None:
        """Scroll as little as possible."""
        top = self.scroll_offset.y
        wanted = self._lines.plan.top_to_show(ref, top, self.size.height)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False)
