"""The lines of the board: where everything stands, how it was drawn last, and which lines look different now.

Theory of operation. Three things are remembered between two frames, each made of the one before:

1. ``contents``, the value that was given last, and ``plan``, where its headings, channels and devices stand
   in this width. ``lay_out`` makes the plan; ``take`` changes the contents without moving anything.
2. the drawing of each channel (``channel_drawer``), device and heading: parts of one or more lines.
   ``redraw`` makes some of them anew, and gives back the parts that look different, for painting.
3. the segments of each whole line, put together of these parts when the compositor wants it (``line``), and
   forgotten as soon as a part of it looks different.

Only what is on the screen is remembered: ``keep`` forgets the rest whenever the board was scrolled, so that
what comes on the screen is drawn as it is then. Segments are shared and compared by identity first; a part is
never changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.arrangement import Heading
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import COLUMN_GAP, Area, BoardPlan, place_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.summary import group_cells
from micboard_tui.tui.terminal.canvas import MovingPart, Part
from micboard_tui.tui.widgets.channel_drawer import ChannelDrawer, tells_time
from micboard_tui.tui.widgets.channel_parts import Drawing
from micboard_tui.tui.widgets.device_drawer import DeviceDrawer

AnyPart = TypeVar("AnyPart", Part, MovingPart)


class Redrawn(NamedTuple):
    """What looks different now."""

    parts: Sequence[Part]
    moving: Sequence[MovingPart]


class BoardLines:
    def __init__(self, styler: CellStyler, drawer: ChannelDrawer, device_drawer: DeviceDrawer) -> None:
        self.styler, self._drawer, self._device_drawer = styler, drawer, device_drawer
        self.contents, self.plan, self.width = BoardContents(), BoardPlan(), 0
        self._drawings: dict[ChannelRef, Drawing] = {}
        self._beside: dict[tuple[int, int], Part] = {}
        """The headings and the lines of devices, by line and cell."""
        self._lines: dict[int, list[Segment]] = {}
        self._counted_in, self._counts = self.contents, dict[int, Sequence[Cell]]()
        """What is said of the headings of these contents, by their identity."""
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

        They are drawn whole the next time, or as far as they say what is wrong, where only that is another.
        """
        late = {ref for ref in on_screen if tells_time(contents.states[ref], contents.now)}
        # All others say nothing of how long ago anything was.
        outdated = late | (self._late & on_screen)
        self._late = late
        old, new = before.problems, contents.problems
        others = {ref for ref in on_screen if new.get(ref) != old.get(ref)}
        if contents.lasting is not before.lasting:
            old_times, times = before.lasting, contents.lasting
            outdated |= {ref for ref in on_screen if times.get(ref) is not old_times.get(ref)}
        if contents.next_users is not before.next_users:
            old_users, users = before.next_users, contents.next_users
            outdated |= {ref for ref in on_screen if users.get(ref) != old_users.get(ref)}
        if contents.trends_version != before.trends_version:
            outdated = set(on_screen)
        self._drawer.note_other_problems(others)
        self._drawer.forget_steady_parts(outdated)
        return outdated | others

    def find_other_signs(
        self, before: BoardContents, contents: BoardContents, on_screen: AbstractSet[ChannelRef]
    ) -> AbstractSet[ChannelRef]:
        """The channels on the screen whose sign of an alarm is another one now.

        They are drawn whole the next time.
        """
        signs, changed = contents.alarm_signs, before.alarm_signs is not contents.alarm_signs
        others: AbstractSet[ChannelRef] = frozenset()
        if changed:
            old, new = before.alarm_signs.by_channel, signs.by_channel
            others = {ref for ref in on_screen if new.get(ref) is not old.get(ref)}
        if contents.flash_sign is not before.flash_sign:
            others = others | (signs.flashing & on_screen)
        self._drawer.forget_steady_parts(others)
        return others

    def keep(self, channels: AbstractSet[ChannelRef], lines: range) -> None:
        """Forget how everything else was drawn."""
        self._drawer.keep(channels)
        self._drawings = {ref: drawing for ref, drawing in self._drawings.items() if ref in channels}
        self._beside = {place: part for place, part in self._beside.items() if place[0] in lines}
        self._lines = {y: segments for y, segments in self._lines.items() if y in lines}

    def line(self, y: int) -> list[Segment]:
        """A whole line as it was drawn last; made now when it was not."""
        segments = self._lines.get(y)
        if segments is None:
            segments = self._lines[y] = self._make_line(y)
        return segments

    def redraw(self, channels: Iterable[ChannelRef]) -> Redrawn:
        """Draw these channels anew; the parts that look different now."""
        contents, areas, draw_moved = self.contents, self.plan.areas, self._drawer.draw_moved
        parts, moving = list[Part](), list[MovingPart]()
        for ref in channels:
            if not draw_moved(ref, contents, moving):
                parts += self._redraw_whole(ref, areas[ref], moving)
        self._note(moving)
        return Redrawn(self._note(parts), moving)

    def _redraw_whole(self, ref: ChannelRef, area: Area, moving: list[MovingPart]) -> Iterable[Part]:
        """Draw all of a channel anew; the parts that look different now."""
        old, moved = self._drawings.get(ref), list[MovingPart]()
        new = self._drawings[ref] = self._drawer.draw(ref, self.contents, area, moved)
        if old is None or old.moving is not new.moving or len(old.steady) != len(new.steady):
            return new.parts
        moving += moved
        pairs = zip(old.steady, new.steady, strict=True)
        return [part for before, part in pairs if part is not before and part != before]

    def redraw_whole(self, channels: AbstractSet[ChannelRef]) -> Redrawn:
        """The same where pointer, mark or ground is another."""
        self._drawer.forget_steady_parts(channels)
        return self.redraw(channels)

    def redraw_devices(self, devices: Iterable[DeviceId]) -> Sequence[Part]:
        """Draw the lines of these devices anew; those that look different now."""
        return self._note_beside(map(self._device, devices))

    def redraw_headings(self, lines: range) -> Sequence[Part]:
        """Make the headings among these lines anew; those that look different now."""
        return self._note_beside(self._headings(lines))

    def _forget(self) -> None:
        self._lines.clear()
        self._beside.clear()
        self._drawings.clear()

    def _note_beside(self, parts: Iterable[Part]) -> Sequence[Part]:
        """Those that look different from what stands there."""
        changed = [part for part in parts if self._beside.get((part.y, part.x)) != part]
        self._beside |= {(part.y, part.x): part for part in changed}
        return self._note(changed)

    def _note(self, changed: Sequence[AnyPart]) -> Sequence[AnyPart]:
        """Their lines as they were put together are outdated."""
        if self._lines:
            for y in {part.y for part in changed}:
                self._lines.pop(y, None)
        return changed

    def _make_line(self, y: int) -> list[Segment]:
        contents, width, lines = self.contents, self.width, self.plan.lines
        if y >= len(lines):
            texts = contents.empty_text.splitlines() if not lines else ()
            text = fit(f" {texts[y]}", width) if y < len(texts) else " " * width
            return self.styler.segments([Cell(text, "dim")], "background")
        segments, end = list[Segment](), 0
        for part in self._parts_at(y):
            if part.x > end:
                segments.append(self.styler.blank(part.x - end))
            segments += part.segments
            end = part.x + part.width
        if end < width:
            segments.append(self.styler.blank(width - end))
        return segments if end <= width else list(Strip(segments).crop(0, width))

    def _parts_at(self, y: int) -> list[Part]:
        """What stands in a line, from left to right, as it was drawn last; drawn now when it was not."""
        line, parts = self.plan.lines[y], list[Part]()
        for index, ref in enumerate((line,) if isinstance(line, Heading) else line):
            if isinstance(ref, ChannelRef):
                parts += [part for part in self._drawing(ref).parts if part.y == y]
            elif ref is not None:
                part = self._heading(ref, index, y) if isinstance(ref, Heading) else self._device(ref)
                self._beside[part.y, part.x] = part
                parts.append(part)
        return parts

    def _drawing(self, ref: ChannelRef) -> Drawing:
        drawing = self._drawings.get(ref)
        if drawing is None:
            drawing = self._drawings[ref] = self._drawer.draw(ref, self.contents, self.plan.areas[ref], [])
        return drawing

    def _device(self, device_id: DeviceId) -> Part:
        x, y, width, _ = self.plan.areas[device_id]
        return Part(x, y, self._device_drawer.draw(device_id, self.contents, width), width)

    def _headings(self, lines: range) -> Iterator[Part]:
        for y in lines:
            line = self.plan.lines[y]
            for index, part in enumerate((line,) if isinstance(line, Heading) else line):
                if isinstance(part, Heading):
                    yield self._heading(part, index, y)

    def _count(self, heading: Heading) -> Sequence[Cell]:
        """What is said of its channels: counted once, also where it goes on in other columns."""
        contents = self.contents
        if self._counted_in is not contents:
            self._counted_in, self._counts = contents, {}
        counted = self._counts.get(id(heading))
        if counted is None:
            states = map(contents.states.__getitem__, heading.channels)
            counted = self._counts[id(heading)] = group_cells(states, contents.problems)
        return counted

    def _heading(self, heading: Heading, column: int, y: int) -> Part:
        glyphs, width = self.styler.glyphs, self.plan.column_width or self.width
        counted = self._count(heading)
        room = width - sum(len(cell.text) for cell in counted) - 1
        title = f" {visible(heading.title)} "
        text = fit(title, max(0, min(room, cell_len(title))), glyphs.ellipsis)
        rule = glyphs.rule * (room - cell_len(text) - 1) + " "
        line = [Cell(text, "accent"), Cell(rule, "dim"), *counted]
        blank = self.styler.palette.styles["dim", "background"]
        segments = Strip(self.styler.segments(line, "background")).adjust_cell_length(width, blank)
        return Part(column * (width + COLUMN_GAP), y, list(segments), width)
