"""The lines of the board: where everything stands, how it was drawn last, and which lines look different now.

Theory of operation. Three things are remembered between two frames, each made of the one before:

1. ``contents``, the value that was given last, and ``plan``, where its headings, channels and devices stand
   in this width. ``lay_out`` makes the plan; ``take`` changes the contents without moving anything.
2. the drawing of each channel (``channel_drawer``). ``redraw`` makes those of some channels anew, and finds
   the lines in which they look different.
3. the segments of each whole line. A line in which a channel looks different is put together anew, and is
   given back for painting if it differs from the one that is shown.

``line`` answers the compositor from the third, and makes what is missing. Only what is on the screen is
remembered: ``keep`` forgets the rest whenever the board was scrolled, so that what comes on the screen is
drawn as it is then. Segments are shared and compared by identity first; a line is never changed.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.arrangement import Heading, Line
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import COLUMN_GAP, BoardPlan, Layout, place_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.summary import group_cells
from micboard_tui.tui.widgets.channel_drawer import ChannelDrawer, Drawing, tells_time
from micboard_tui.tui.widgets.device_drawer import DeviceDrawer


class BoardLines:
    def __init__(self, styler: CellStyler, drawer: ChannelDrawer, device_drawer: DeviceDrawer) -> None:
        self.styler, self._drawer, self._device_drawer = styler, drawer, device_drawer
        self.contents, self.plan, self.width = BoardContents(), BoardPlan(), 0
        self._drawings: dict[ChannelRef, Drawing] = {}
        self._lines: dict[int, list[Segment]] = {}
        self._late: AbstractSet[ChannelRef] = frozenset()
        """The channels on the screen that were drawn with an age when all were judged last."""

    def set_styler(self, styler: CellStyler) -> None:
        """Draw in these colours from now on."""
        self.styler = styler
        self._drawer.set_styler(styler)
        self._device_drawer.set_styler(styler)
        self._forget()

    def lay_out(self, contents: BoardContents, width: int, height: int) -> None:
        """Place everything anew in ``width`` cells, for a window of ``height`` lines."""
        self.contents, self.width = contents, width
        self.plan = place_lines(contents.arrangement.lines, contents.layout, width, height)
        self._drawer.set_width(self.plan.column_width or width, contents)
        self._forget()

    def take(self, contents: BoardContents) -> None:
        """Draw from this value from now on; its lines are those of the one before."""
        self.contents = contents

    @property
    def head(self) -> str:
        """The names of the columns of rows, above each column of them."""
        plan, head = self.plan, self._drawer.head
        columns = max(1, (self.width + COLUMN_GAP) // (plan.column_width + COLUMN_GAP)) if plan.page else 1
        return (" " * COLUMN_GAP).join([head.ljust(plan.column_width)] * columns)

    def column_at(self, x: int) -> str:
        """The column of rows at this cell; empty beside them."""
        return self._drawer.column_at(x % (self.plan.column_width + COLUMN_GAP) if self.plan.page else x)

    @property
    def falling(self) -> AbstractSet[ChannelRef]:
        """The channels whose audio bars have not come to rest."""
        return self._drawer.falling

    def find_outdated(
        self, before: BoardContents, contents: BoardContents, on_screen: AbstractSet[ChannelRef]
    ) -> AbstractSet[ChannelRef]:
        """The channels on the screen that look different only because time went by, or for what others do.

        They are drawn whole the next time.
        """
        late = {ref for ref in on_screen if tells_time(contents.states[ref], contents.now)}
        # All others say nothing of how long ago anything was.
        outdated = late | (self._late & on_screen)
        self._late = late
        old, new = before.problems, contents.problems
        outdated |= {ref for ref in on_screen if new.get(ref) != old.get(ref)}
        if contents.lasting is not before.lasting:
            old_times, times = before.lasting, contents.lasting
            outdated |= {ref for ref in on_screen if times.get(ref) is not old_times.get(ref)}
        if contents.next_users is not before.next_users:
            old_users, users = before.next_users, contents.next_users
            outdated |= {ref for ref in on_screen if users.get(ref) != old_users.get(ref)}
        if contents.trends_version != before.trends_version:
            outdated = set(on_screen)
        self._drawer.forget_steady_parts(outdated)
        return outdated

    def find_other_signs(
        self, before: BoardContents, contents: BoardContents, on_screen: AbstractSet[ChannelRef]
    ) -> AbstractSet[ChannelRef]:
        """The channels on the screen whose sign of an alarm is another one now."""
        signs, changed = contents.alarm_signs, before.alarm_signs is not contents.alarm_signs
        others: AbstractSet[ChannelRef] = frozenset()
        if changed:
            old, new = before.alarm_signs.by_channel, signs.by_channel
            others = {ref for ref in on_screen if new.get(ref) is not old.get(ref)}
        if contents.flash_sign is not before.flash_sign:
            others = others | (signs.flashing & on_screen)
        return others

    def keep(self, channels: AbstractSet[ChannelRef], lines: range) -> None:
        """Forget how everything else was drawn."""
        self._drawer.keep(channels)
        self._drawings = {ref: drawing for ref, drawing in self._drawings.items() if ref in channels}
        self._lines = {y: segments for y, segments in self._lines.items() if y in lines}

    def line(self, y: int) -> list[Segment]:
        """A whole line as it was drawn last; made now when it was not."""
        segments = self._lines.get(y)
        if segments is None:
            segments = self._lines[y] = self._make_line(y)
        return segments

    def redraw(self, channels: Iterable[ChannelRef]) -> dict[int, list[Segment]]:
        """Draw these channels anew; the lines that look different now."""
        contents, areas = self.contents, self.plan.areas
        drawings, draw = self._drawings, self._drawer.draw
        lines: set[int] = set()
        for ref in channels:
            area = areas[ref]
            old, new = drawings.get(ref), draw(ref, contents, area.width)
            drawings[ref] = new
            if old is None:
                lines.update(range(area.y, area.y + len(new)))
                continue
            for number, segments in enumerate(new):
                if segments != old[number]:
                    lines.add(area.y + number)
        return self._remake(lines)

    def redraw_devices(self, devices: Iterable[DeviceId]) -> dict[int, list[Segment]]:
        """Draw the lines of these devices anew; those that look different now."""
        return self._remake(self.plan.areas[device_id].y for device_id in devices)

    def redraw_headings(self, lines: range) -> dict[int, list[Segment]]:
        """Make the headings among these lines anew; those that look different now."""
        return self._remake(y for y in lines if self.plan.has_heading(y))

    def _forget(self) -> None:
        self._lines.clear()
        self._drawings.clear()

    def _remake(self, lines: Iterable[int]) -> dict[int, list[Segment]]:
        known, changed = self._lines, {}
        for y in lines:
            segments = self._make_line(y)
            if segments != known.get(y):
                known[y] = changed[y] = segments
        return changed

    def _make_line(self, y: int) -> list[Segment]:
        contents, width, lines = self.contents, self.width, self.plan.lines
        if y >= len(lines):
            texts = contents.empty_text.splitlines() if not lines else ()
            text = fit(f" {texts[y]}", width) if y < len(texts) else " " * width
            return self.styler.segments([Cell(text, "dim")], "background")
        line = lines[y]
        if isinstance(line, Heading):
            return self._heading(line, width)
        if contents.layout is not Layout.ROWS:
            return self._cards(line, y)
        first = line[0]
        if isinstance(first, ChannelRef) and not self.plan.page:
            return self._drawing(first)[0]
        return self._columns(line)

    def _cards(self, line: Iterable[Line | None], y: int) -> list[Segment]:
        """One line of the cards that stand beside each other, or of a device."""
        width, segments, end = self.width, list[Segment](), 0
        for ref in line:
            if ref is None or isinstance(ref, Heading):
                continue
            if not isinstance(ref, ChannelRef):
                return self._device_drawer.draw(ref, self.contents, width)
            area = self.plan.areas[ref]
            if area.x > end:
                segments.append(self.styler.blank(area.x - end))
            segments += self._drawing(ref)[y - area.y]
            end = area.x + area.width
        if end < width:
            segments.append(self.styler.blank(width - end))
        return segments if end <= width else list(Strip(segments).crop(0, width))

    def _columns(self, line: Iterable[Line | None]) -> list[Segment]:
        """A line of one or several columns of rows."""
        column_width, segments, end = self.plan.column_width or self.width, list[Segment](), 0
        for part in line:
            if end:
                segments.append(self.styler.blank(COLUMN_GAP))
                end += COLUMN_GAP
            if isinstance(part, ChannelRef):
                segments += self._drawing(part)[0]
            elif part is None:
                segments.append(self.styler.blank(column_width))
            elif isinstance(part, Heading):
                segments += self._heading(part, column_width)
            else:
                segments += self._device_drawer.draw(part, self.contents, column_width)
            end += column_width
        if end < self.width:
            segments.append(self.styler.blank(self.width - end))
        return segments

    def _drawing(self, ref: ChannelRef) -> Drawing:
        """How the channel was drawn last; drawn now when it was not."""
        drawing = self._drawings.get(ref)
        if drawing is None:
            width = self.plan.areas[ref].width
            drawing = self._drawings[ref] = self._drawer.draw(ref, self.contents, width)
        return drawing

    def _heading(self, heading: Heading, width: int) -> list[Segment]:
        contents, glyphs = self.contents, self.styler.glyphs
        counted = group_cells((contents.states[ref] for ref in heading.channels), contents.problems)
        room = width - sum(len(cell.text) for cell in counted) - 1
        title = f" {visible(heading.title)} "
        text = fit(title, max(0, min(room, cell_len(title))), glyphs.ellipsis)
        rule = glyphs.rule * (room - cell_len(text) - 1) + " "
        line = [Cell(text, "accent"), Cell(rule, "dim"), *counted]
        blank = self.styler.palette.styles["dim", "background"]
        return list(Strip(self.styler.segments(line, "background")).adjust_cell_length(width, blank))
