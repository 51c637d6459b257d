"""All channels in one widget: each has lines of its own, and only lines that differ are shown again.

One widget and not one a channel: with a hundred widgets the drawing alone would take a whole core.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.conflict import Conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, clips
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.arrangement import Arrangement, Heading
from micboard_tui.tui.arrange.board_layout import COLUMN_GAP, BoardPlan, Layout, place_channels
from micboard_tui.tui.draw import channel_card
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.channel_row import HEARD, RowContext, cells, columns_for, lead, meters, tail
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.meter_ballistics import Ballistics
from micboard_tui.tui.draw.summary import of_device, of_group
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.key_bindings import BOARD_KEYS, bindings_of
from micboard_tui.tui.terminal.canvas import NO_CANVAS, Canvas
from micboard_tui.tui.themes import Palette

PAGE_OVERLAP = 1


class _Kept(NamedTuple):
    """The parts of a row that stay while only its meters move, and what they were made of."""

    facts: ChannelFacts
    assignment: Assignment | None
    link: LinkState
    clips: bool
    ground: str
    before: list[Segment]
    after: list[Segment]


class Board(ScrollView, can_focus=True):
    """Shows the states it is given; posts ``Moved`` and ``Chosen``."""

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

    mute_devices: Mapping[DeviceId, DeviceSnapshot] = MappingProxyType({})
    """The devices without a channel, as they are now."""
    empty = ""
    """What to say in place of channels where there are none."""

    def __init__(self, palette: Palette, glyphs: Glyphs, now: Callable[[], float]) -> None:
        super().__init__()
        self._styler, self._now = CellStyler(palette, glyphs), now
        self._signs = [Cell(sign, "accent") for sign in (glyphs.mark, glyphs.pointer, " ")]
        self._arrangement, self._plan = Arrangement(), BoardPlan()
        self._states: dict[ChannelRef, ChannelState] = {}
        self._faces: dict[ChannelRef, list[list[Segment]]] = {}
        self._kept: dict[ChannelRef, _Kept] = {}
        self._drawn: dict[int, list[Segment]] = {}
        # The width that everything is drawn for; Textual's own size is sometimes ahead of it.
        self._width, self._columns = 0, columns_for(0)
        self._on_screen: tuple[range, frozenset[ChannelRef]] = range(0), frozenset()
        self._judged: tuple[Conflicts, set[ChannelRef]] = {}, set()
        self._ballistics, self.trends = Ballistics(), Trends()
        self.canvas: Canvas = NO_CANVAS
        """Where lines are painted without the way through the compositor."""
        self.layout_kind = Layout.ROWS
        """How channels are drawn; takes effect with the next ``lay_out``."""
        self.marked: frozenset[ChannelRef] = frozenset()
        """The channels that the next action is for; see ``mark``."""
        self.conflicts: Conflicts = {}
        """What channels do to each other; takes effect with the next ``show_ages``."""
        self.problems: Mapping[ChannelRef, Sequence[ProblemCode]] = {}
        """Of every channel that has any, worst first; takes effect with the next ``show_ages``."""
        self.selected: ChannelRef | None = None
        self._lit: ChannelRef | None = None
        """The channel on the ground of the selected one. The pointer is ahead of it by up to a frame: a few
        bytes answer a key at once, also on a slow line, and the ground follows."""

    # What the screen gives.

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._styler = CellStyler(palette, self._styler.glyphs)
        self._forget()
        self.refresh()

    def lay_out(self, arrangement: Arrangement, states: Iterable[ChannelState]) -> None:
        """Show other lines. The selection stays with its channel, and that on the same line of the screen."""
        before = self._plan.areas.get(self.selected) if self.selected else None
        offset = 0 if before is None else before.y - self.scroll_offset.y
        self._arrangement = arrangement
        self._states = {state.ref: state for state in states}
        self._place()
        areas = self._plan.areas
        # Nobody does anything to what is not shown.
        self.mark(self.marked & areas.keys())
        if self.selected is None or self.selected not in areas:
            channels = arrangement.channels
            self.selected = channels[0] if channels else None
            if self.selected is not None:
                self.post_message(self.Moved(self.selected))
        elif before is not None:
            y = areas[self.selected].y
            # A heading that belongs to the first line on the screen comes along.
            self.scroll_to(y=y - offset - (offset == 0 and self._is_heading(y - 1)), animate=False)
        self._lit = self.selected
        self.refresh()

    def mark(self, refs: frozenset[ChannelRef]) -> None:
        """Show these as the ones that the next action is for."""
        changed, self.marked = refs ^ self.marked, refs
        if changed:
            self._redraw(changed & self._plan.areas.keys())
            self.post_message(self.Marked(refs))

    def show(self, states: Mapping[ChannelRef, ChannelState]) -> None:
        """Take newer states; draw those on the screen that look different."""
        self.trends.take(states.items())
        self._states.update(states)
        on_screen = self.on_screen()
        # Of what is not on the screen only that much is remembered which once was drawn.
        for ref in (self._faces.keys() - on_screen) & states.keys():
            del self._faces[ref]
            self._outdate(ref)
        self._light()
        self._redraw((states.keys() | self._ballistics.falling) & on_screen)

    def settle(self) -> None:
        """Let come to rest what has not; for a moment in which nothing else is new."""
        self._light()
        if self._ballistics.falling:
            self._redraw(self._ballistics.falling & self.on_screen())

    def show_ages(self) -> None:
        """Draw again what on the screen has changed only because time went by."""
        now, on_screen = self._now(), self.on_screen()
        conflicts, before = self._judged
        late = {ref for ref in on_screen if _tells_time(self._states[ref], now)}
        self._judged = self.conflicts, late
        if self.trends.turn(self._states, now) or self.conflicts != conflicts:
            outdated = on_screen
        else:
            # The others say nothing of how long ago anything was.
            outdated = frozenset(late | (before & on_screen))
        for ref in outdated:
            self._kept.pop(ref, None)
        self._ballistics.keep(on_screen)
        self._redraw(outdated)
        lines = self._plan.lines
        self._show_lines(y for y in self._lines_shown() if isinstance(lines[y], Heading))

    def select(self, ref: ChannelRef) -> None:
        """Make ``ref`` the selected channel and bring it on the screen."""
        if ref not in self._plan.areas or ref == self.selected:
            return
        old, self.selected = self.selected, ref
        self._redraw([ref] if old is None or old not in self._plan.areas else [old, ref])
        self._bring_into_view(ref)
        self.canvas.flush(urgent=True)
        self.post_message(self.Moved(ref))

    @property
    def channels(self) -> list[ChannelRef]:
        """All channels from top to bottom."""
        return self._arrangement.channels

    @property
    def visible_channels(self) -> frozenset[ChannelRef]:
        """The channels that are on the screen, at least with their first line."""
        shown = self._lines_shown()
        return frozenset(ref for ref in self.on_screen() if self._plan.areas[ref].y in shown)

    def on_screen(self) -> frozenset[ChannelRef]:
        """The channels of which at least a line is on the screen."""
        shown = self._lines_shown()
        if self._on_screen[0] != shown:
            lines = self._plan.lines
            refs = (ref for y in shown if not isinstance(line := lines[y], Heading) for ref in line)
            self._on_screen = shown, frozenset(refs)
        return self._on_screen[1]

    def _light(self) -> None:
        if self._lit != self.selected:
            changed = [ref for ref in (self._lit, self.selected) if ref in self._plan.areas]
            self._lit = self.selected
            self._redraw(ref for ref in changed if ref is not None)

    # Drawing.

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual keeps lines of its own, which know nothing of what was painted past it.
        strips = [self.render_line(y) for y in crop.line_range]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, self.background_colors[1]) for strip in strips]
        blank = self._styler.palette.styles["text", "background"]
        return [strip.crop_extend(crop.x, crop.right, blank) for strip in strips]

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        segments = self._drawn.get(line)
        if segments is None:
            segments = self._drawn[line] = self._line(line)
        return Strip(segments, self._width)

    def on_resize(self) -> None:
        self._place()
        if self.selected is not None and self.selected in self._plan.areas:
            self._bring_into_view(self.selected)

    def _place(self) -> None:
        """Find the area of every channel at this size."""
        width = self._width = self.size.width
        self._plan = place_channels(self._arrangement.lines, self.layout_kind, width)
        self._columns = columns_for(width)
        self._on_screen = range(0), frozenset()
        self._forget()
        self.virtual_size = Size(width, len(self._plan.lines))

    def _forget(self) -> None:
        self._drawn.clear()
        self._faces.clear()
        self._kept.clear()

    def _outdate(self, ref: ChannelRef) -> None:
        """Draw the channel's lines anew when they come on the screen."""
        if (area := self._plan.areas.get(ref)) is not None:
            for y in range(area.y, area.y + area.height):
                self._drawn.pop(y, None)

    def _lines_shown(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(top + self.size.height, len(self._plan.lines)))

    def _redraw(self, refs: Iterable[ChannelRef]) -> None:
        """Draw these channels anew and show the lines in which they look different."""
        areas, faces = self._plan.areas, self._faces
        lines: set[int] = set()
        for ref in refs:
            old, new = faces.get(ref), self._face(ref)
            faces[ref] = new
            y = areas[ref].y
            if old is None:
                lines.update(range(y, y + len(new)))
                continue
            for number, drawn in enumerate(new):
                if drawn != old[number]:
                    lines.add(y + number)
        self._show_lines(lines)

    def _show_lines(self, lines: Iterable[int]) -> None:
        top, height, drawn = self.scroll_offset.y, self.size.height, self._drawn
        changed: dict[int, list[Segment]] = {}
        for line in lines:
            segments = self._line(line)
            if segments != drawn.get(line):
                drawn[line] = segments
                if 0 <= line - top < height:
                    changed[line - top] = segments
        if changed and not self.canvas.paint(self, changed, self._width):
            for y in changed:
                self.refresh_line(top + y)

    def _line(self, y: int) -> list[Segment]:
        """The whole line; it is shared and never changed."""
        width, lines = self._width, self._plan.lines
        if y >= len(lines):
            words = fit(f" {self.empty}", width) if not lines and y == 0 else " " * width
            return self._styler.segments([Cell(words, "dim")], "background")
        line = lines[y]
        if isinstance(line, Heading):
            return self._heading(line, width)
        if self.layout_kind is Layout.ROWS:
            return self._faced(line[0])[0]
        segments: list[Segment] = []
        end = 0
        for ref in line:
            area = self._plan.areas[ref]
            if area.x > end:
                segments.append(self._styler.blank(area.x - end))
            segments += self._faced(ref)[y - area.y]
            end = area.x + area.width
        if end < width:
            segments.append(self._styler.blank(width - end))
        return segments if end <= width else list(Strip(segments).crop(0, width))

    def _faced(self, ref: ChannelRef) -> list[list[Segment]]:
        """How the channel was drawn last; drawn now when it was not."""
        face = self._faces.get(ref)
        if face is None:
            face = self._faces[ref] = self._face(ref)
        return face

    def _face(self, ref: ChannelRef) -> list[list[Segment]]:
        """How the channel looks now: its lines, each as wide as its area."""
        state = self._states[ref]
        ground = "selected" if ref == self._lit else "background"
        if self.layout_kind is Layout.ROWS:
            return [self._row(ref, state, ground)]
        device = self._arrangement.devices[ref]
        area = self._plan.areas[ref]
        now = self._now()
        trend = self.trends.text(ref, channel_card.TREND_WIDTH, self._styler.glyphs)
        conflicts = self.conflicts.get(ref, ())
        context = RowContext(device.title, trend, now, self._ballistics.bar(ref, state, now), conflicts)
        draw = channel_card.card if self.layout_kind is Layout.CARDS else channel_card.wall
        ground = "selected" if ref == self._lit else "surface"
        sign = self._sign(ref)
        drawn = draw(state, device, context, area.width - 1, self._styler.glyphs)
        return [self._styler.segments([sign, *line], ground) for line in drawn]

    def _sign(self, ref: ChannelRef) -> Cell:
        """The first cell of a channel: whether it is selected, and whether it is marked."""
        if ref in self.marked:
            return self._signs[0]
        return self._signs[1] if ref == self.selected else self._signs[2]

    def _row(self, ref: ChannelRef, state: ChannelState, ground: str) -> list[Segment]:
        ink, columns, now = self._styler, self._columns, self._now()
        device = self._arrangement.devices[ref].title if columns.device else ""
        trend = self.trends.text(ref, columns.trend, ink.glyphs)
        conflicts = self.conflicts.get(ref, ())
        context = RowContext(device, trend, now, self._ballistics.bar(ref, state, now), conflicts)
        if state.link_state not in HEARD or state.is_stale(now):
            row = [self._sign(ref), *cells(state, context, columns, ink.glyphs)]
            return [*ink.segments(row, ground), *self._spare(ground)]
        kept = self._kept.get(ref)
        clipping = clips(state)
        if (
            kept is None
            or kept.facts is not state.facts
            or kept.assignment is not state.assignment
            or (kept.link, kept.clips, kept.ground) != (state.link_state, clipping, ground)
        ):
            before = lead(state, device, columns, ink.glyphs)
            kept = self._kept[ref] = _Kept(
                state.facts,
                state.assignment,
                state.link_state,
                clipping,
                ground,
                ink.segments(before, ground),
                [*ink.segments(tail(state, columns, now, conflicts), ground), *self._spare(ground)],
            )
        moving = [self._sign(ref), *meters(state, context, columns, ink.glyphs)]
        sign, *moved = ink.segments(moving, ground)
        return [sign, *kept.before, *moved, *kept.after]

    def _spare(self, ground: str) -> list[Segment]:
        spare = self._width - self._columns.total
        return [self._styler.blank(spare, ground)] if spare > 0 else []

    def _heading(self, heading: Heading, width: int) -> list[Segment]:
        glyphs = self._styler.glyphs
        if heading.device is not None:
            device = self.mute_devices.get(heading.device)
            told = (
                channel_card.fitted(of_device(device, self._now()), width) if device else [Cell(" " * width)]
            )
            return self._styler.segments(told, "background")
        firsts = (codes[0] for ref in heading.channels if (codes := self.problems.get(ref)))
        worst = min(firsts, key=lambda code: code.rank, default=None)
        counted = of_group((self._states[ref] for ref in heading.channels), worst)
        room = width - sum(len(cell.text) for cell in counted) - 1
        title = f" {visible(heading.title)} "
        text = fit(title, max(0, min(room, cell_len(title))), glyphs.ellipsis)
        rule = glyphs.rule * (room - cell_len(text) - 1) + " "
        line = [Cell(text, "accent"), Cell(rule, "dim"), *counted]
        blank = self._styler.palette.styles["dim", "background"]
        return list(Strip(self._styler.segments(line, "background")).adjust_cell_length(width, blank))

    # Keys.

    def action_step(self, by: int) -> None:
        self._go(0, by)

    def action_aside(self, by: int) -> None:
        if self.layout_kind is not Layout.ROWS:
            self._go(by, 0)

    def action_page(self, direction: int) -> None:
        if self.selected is not None and self.selected in self._plan.areas:
            height = self._plan.areas[self.selected].height
            self._go(0, direction * max(1, (self.size.height - PAGE_OVERLAP) // (height + (height > 1))))

    def action_edge(self, area: int) -> None:
        channels = self._arrangement.channels
        if channels:
            self.select(channels[area])

    def action_mark(self) -> None:
        if self.selected is not None:
            self.mark(self.marked ^ {self.selected})
            self._next(1)

    def action_extend(self, by: int) -> None:
        """Mark the selected channel and the one that is selected then; nothing is unmarked on the way."""
        if self.selected is not None:
            before = self.selected
            self._next(by)
            self.mark(self.marked | {before, self.selected})

    def action_mark_all(self) -> None:
        channels = frozenset(self.channels)
        self.mark(frozenset() if self.marked == channels else channels)

    def action_unmark(self) -> None:
        self.mark(frozenset())

    def _next(self, by: int) -> None:
        """The next channel as they follow each other, also among cards."""
        self._go(*((0, by) if self.layout_kind is Layout.ROWS else (by, 0)))

    def action_choose(self) -> None:
        if self.selected is not None:
            self.post_message(self.Chosen(self.selected))

    def _go(self, columns: int, lines: int) -> None:
        if self.selected is not None and self.selected in self._plan.areas:
            self.select(self._plan.neighbour(self.selected, columns, lines))

    def _bring_into_view(self, ref: ChannelRef) -> None:
        """Scroll as little as possible; a heading right above comes along."""
        area = self._plan.areas[ref]
        top, height = self.scroll_offset.y, self.size.height
        first = area.y - self._is_heading(area.y - 1)
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif area.y + area.height > top + height:
            self.scroll_to(y=area.y + area.height - height, animate=False)

    def _is_heading(self, y: int) -> bool:
        return y >= 0 and isinstance(self._plan.lines[y], Heading)

    def on_click(self, event: Click) -> None:
        y = event.y + self.scroll_offset.y
        for ref, area in self._plan.areas.items():
            if area.y <= y < area.y + area.height and area.x <= event.x < area.x + area.width + COLUMN_GAP:
                self.select(ref)


def _tells_time(state: ChannelState, now: float) -> bool:
    """Whether how it looks changes while nothing is heard of it."""
    return state.link_state not in HEARD or state.is_stale(now)
