"""All lines of the board in one widget; only those that differ are shown again.

One widget and not one a channel: with a hundred widgets the drawing alone would take a whole core.

Theory of operation. ``show`` is given one value (``BoardContents``) ten times a second and compares its parts
with those of the value before, by identity:

* another arrangement or layout: everything is placed anew (``board_lines``), and the pointer stays with its
  channel or device, on the same line of the screen where it can, or on the first line where the user has
  selected nothing yet (``board_selection``). Where the order brings what is to be looked at to the top, the
  window keeps its place instead, so that no channel that moves takes it along; when such an order is chosen,
  its first line is selected;
* another judgement of all channels: what changes by time alone is drawn anew, and the headings;
* other states: the channels on the screen whose state is another object, and those whose audio bars fall.

What looks different then goes straight to the ``Canvas``, past Textual's compositor; where the canvas cannot
paint (a dialog covers it, the frame buffer is off), ``refresh_line`` makes Textual call ``render_lines``.

The viewport, the lines that the window shows and the channels in them (``board_window``), is found again
whenever one of its three causes happens: scrolling, another size, other lines. Then ``ViewportChanged`` says
what is to be sampled from now on. Marks are changed by ``channel_marking``.
"""

from dataclasses import dataclass

from textual import on
from textual.events import Click, MouseEvent, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.key_bindings import BOARD_KEYS, bindings_of
from micboard_tui.tui.terminal.canvas import Canvas
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.board_lines import BoardLines
from micboard_tui.tui.widgets.board_selection import BoardSelection, PointerMode
from micboard_tui.tui.widgets.board_window import BoardWindow, Viewport
from micboard_tui.tui.widgets.channel_drawer import ChannelDrawer
from micboard_tui.tui.widgets.channel_marking import ChannelMarking, Marks
from micboard_tui.tui.widgets.device_drawer import DeviceDrawer
from micboard_tui.tui.widgets.line_painter import LinePainter, crop_strips
from micboard_tui.tui.widgets.list_area import WHEEL_LINES

PAGE_OVERLAP = 1


class Board(ScrollView, can_focus=True):
    """Shows the contents it is given; posts ``Moved``, ``Marked``, ``Chosen`` and ``ViewportChanged``."""

    DEFAULT_CSS = """
    Board { scrollbar-size: 0 0; height: 1fr; background: $background; }
    """
    BINDINGS = bindings_of(BOARD_KEYS)

    @dataclass
    class Moved(Message):
        """Another line is selected."""

        ref: LineRef

    @dataclass
    class Marked(Message):
        """Other channels are marked."""

        refs: Marks

    @dataclass
    class Chosen(Message):
        """The user wants to see everything about the channel or device."""

        ref: LineRef

    class NothingChosen(Message):
        """The same where no channel is."""

    @dataclass
    class ViewportChanged(Message):
        """Other lines are on the screen."""

        viewport: Viewport

    def __init__(
        self, palette: Palette, glyphs: Glyphs, trends: Trends, canvas: Canvas, name_key: str
    ) -> None:
        """``name_key`` gives channels to performers."""
        super().__init__()
        selection = self._selection = BoardSelection()
        styler = CellStyler(palette, glyphs)
        drawers = ChannelDrawer(styler, trends, selection), DeviceDrawer(styler, selection, name_key)
        self._lines = BoardLines(styler, *drawers)
        self._window = BoardWindow(self._lines, selection, LinePainter(self, canvas))
        self._marking = ChannelMarking(selection, self._show_marks)

    @property
    def selected(self) -> LineRef | None:
        """The channel or device at which the pointer stands."""
        return self._selection.selected

    @property
    def marked(self) -> Marks:
        """The channels that the next action is for."""
        return self._selection.marked

    @property
    def channels(self) -> list[ChannelRef]:
        """All channels from top to bottom."""
        return self._lines.contents.arrangement.channels

    @property
    def refs(self) -> list[LineRef]:
        """All lines that can be selected, from top to bottom."""
        return self._lines.contents.arrangement.refs

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The marked ones from top to bottom, or the selected one; nothing is done to one off the screen."""
        if self.marked:
            return [ref for ref in self.channels if ref in self.marked]
        ref = self.selected
        return [ref] if isinstance(ref, ChannelRef) and self._window.is_readable(ref) else []

    @property
    def chosen_device(self) -> DeviceId | None:
        """The device whose own line is selected, where nothing is marked and it is on the screen."""
        ref = self.selected
        if self.marked or ref is None or isinstance(ref, ChannelRef) or not self._window.is_readable(ref):
            return None
        return ref

    @property
    def heads(self) -> BoardLines:
        """Knows what the columns of rows are called, and which stands at a cell."""
        return self._lines

    @property
    def visible_lines(self) -> frozenset[LineRef]:
        """The channels and devices that are on the screen, at least with their first line."""
        return self._window.viewport.readable

    # What the screen gives.

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._lines.set_styler(CellStyler(palette, self._lines.styler.glyphs))
        self.refresh()

    def show(self, contents: BoardContents) -> None:
        """Show this from now on; what looks the same as before is not drawn again."""
        before = self._lines.contents
        has_other_users = bool(contents.next_users) is not bool(before.next_users)
        are_columns_other = has_other_users or contents.has_show is not before.has_show
        is_laid_out = contents.arrangement is before.arrangement and contents.layout is before.layout
        if are_columns_other or not is_laid_out:
            self._lay_out(contents)
        else:
            self._window.show(contents)

    def select(self, ref: LineRef) -> None:
        """Make ``ref`` the selected line, for the user, and bring it on the screen."""
        if ref not in self._lines.plan.areas:
            return
        self._selection.mode = PointerMode.CHOSEN
        if ref == self.selected:
            self._bring_into_view(ref)
            return
        before, self._selection.selected = self.selected, ref
        self._window.redraw([ref] if before is None else [before, ref])
        self._bring_into_view(ref)
        self._window.flush()
        self.post_message(self.Moved(ref))

    def _lay_out(self, contents: BoardContents) -> None:
        """Show other lines. The pointer stays where it is, or goes to the first line (``PointerMode``)."""
        selection, is_resized = self._selection, contents.layout is not self._lines.contents.layout
        if selection.start_lines(self._lines.contents.arrangement, contents.arrangement):
            self.scroll_to(y=0, animate=False)
        selected = self.selected
        is_chosen = selection.mode is PointerMode.CHOSEN and self._is_followed()
        before = self._lines.plan.areas.get(selected) if selected else None
        offset = 0 if before is None else before.y - self.scroll_offset.y
        self._place(contents)
        self._marking.keep(self._lines.plan.areas)
        if (first := selection.put_on(self.refs)) is not None:
            self.post_message(self.Moved(first))
        elif before is not None and (kept := self.selected) and not contents.arrangement.is_from_top:
            self.scroll_to(y=self._lines.plan.top_to_keep(kept, offset), animate=False)
        elif is_chosen and is_resized and self.selected is not None:
            self._bring_into_view(self.selected)
        selection.lit = self.selected
        self.refresh()

    # Drawing.

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = [self.render_line(y) for y in crop.line_range]
        return crop_strips(self, strips, crop, self._lines.styler.palette)

    def render_line(self, y: int) -> Strip:
        return Strip(self._lines.line(y + self.scroll_offset.y), self._lines.width)

    def on_resize(self) -> None:
        was_followed = self._is_followed()
        self._place(self._lines.contents)
        if was_followed and self.selected is not None and self.selected in self._lines.plan.areas:
            self._bring_into_view(self.selected)

    def _is_followed(self) -> bool:
        """Whether the window goes with the selected line; in an order from the top only while it is shown."""
        is_from_top = self._lines.contents.arrangement.is_from_top
        return not is_from_top or (self.selected is not None and self._window.is_readable(self.selected))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._find_viewport()

    def _place(self, contents: BoardContents) -> None:
        """Find the area of every channel at this size."""
        # The width that everything is drawn for; Textual's own size is sometimes ahead of it.
        width = self.size.width
        self._lines.lay_out(contents, width, self.size.height)
        self.virtual_size = Size(width, self._lines.plan.height_to_scroll(self.size.height))
        self._find_viewport()

    def _find_viewport(self) -> None:
        """Find out what the window shows, and forget everything else."""
        viewport = self._window.find_viewport(self.scroll_offset.y, self.size.height)
        self.post_message(self.ViewportChanged(viewport))

    def _show_marks(self, changed: Marks) -> None:
        self._window.redraw(changed)
        self.post_message(self.Marked(self.marked))

    # Keys.

    def on_key(self) -> None:
        """What the pointer stands at now is what the key is for, also when lines move."""
        if self._selection.mode is PointerMode.FIRST_LINE and self.selected is not None:
            self._selection.mode = PointerMode.PUT

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
        if refs := self.refs:
            self.select(refs[index])

    def action_mark(self) -> None:
        if self.selected is not None and self._window.is_readable(self.selected):
            if isinstance(self.selected, ChannelRef):
                self._marking.toggle(self.selected)
            else:
                self.notify("Only channels can be marked, this line is a device.")
            self._go_on(1)

    def action_extend(self, by: int) -> None:
        """Mark the selected channel and the one that is selected then; nothing is unmarked on the way."""
        before = self.selected
        self._go_on(by)
        self._marking.extend((before, self.selected))

    def action_mark_all(self) -> None:
        self._marking.toggle_all(self.channels)

    def action_unmark(self) -> None:
        self._marking.clear()

    def action_choose(self) -> None:
        if self.selected is not None and self._window.is_readable(self.selected):
            self.post_message(self.Chosen(self.selected))
        else:
            self.post_message(self.NothingChosen())

    def on_click(self, event: Click) -> None:
        """A click selects; the second of two shows the details, also when the first has scrolled."""
        if event.chain > 1:
            self.action_choose()
        elif (ref := self._lines.plan.ref_at(event.x, event.y + self.scroll_offset.y)) is not None:
            self.select(ref)

    @on(MouseScrollDown)
    @on(MouseScrollUp)
    def turn_wheel(self, event: MouseEvent) -> None:
        """Columns of rows go on a page further down, so they are scrolled by pages."""
        by, page = 1 if isinstance(event, MouseScrollDown) else -1, self._lines.plan.page
        y = (self.scroll_offset.y // page + by) * page if page else self.scroll_offset.y + by * WHEEL_LINES
        self.scroll_to(y=y, animate=False)
        event.prevent_default().stop()

    @property
    def _has_rows(self) -> bool:
        return self._lines.contents.layout is Layout.ROWS

    def _go_on(self, by: int) -> None:
        """Go to the next channel as they follow each other, also among cards."""
        self._go(*((0, by) if self._has_rows else (by, 0)))

    def _go(self, columns: int, lines: int) -> None:
        if self.selected is None or self.selected not in self._lines.plan.areas:
            return
        if self._lines.contents.arrangement.is_from_top and not self._window.is_readable(self.selected):
            # It has moved away from what the user looks at.
            self.select(next(ref for ref in self.refs if ref in self.visible_lines))
        else:
            self.select(self._lines.plan.neighbour(self.selected, columns, lines))

    def _bring_into_view(self, ref: LineRef) -> None:
        """Scroll as little as possible."""
        top = self.scroll_offset.y
        wanted = self._lines.plan.top_to_show(ref, top, self.size.height)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False)
