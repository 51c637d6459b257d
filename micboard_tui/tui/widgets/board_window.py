"""What the window on the board shows: the lines and channels in it, and the drawing of those that change.

Theory of operation. ``BoardWindow`` stands between the lines of the whole board (``board_lines``) and the
``LinePainter``. ``find_viewport`` is called whenever the board is scrolled, has another size or other lines;
then the drawings of what left the window are forgotten. Between two of these calls ``show`` and ``redraw``
draw what looks different, as far as it is in the window, and paint it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import BoardPlan
from micboard_tui.tui.terminal.canvas import Part
from micboard_tui.tui.widgets.board_lines import BoardLines, Redrawn
from micboard_tui.tui.widgets.board_selection import BoardSelection
from micboard_tui.tui.widgets.line_painter import LinePainter


class Viewport(NamedTuple):
    """What the window shows."""

    lines: range = range(0)
    channels: frozenset[ChannelRef] = frozenset()
    """At least a line of each is shown."""
    ordered: tuple[ChannelRef, ...] = ()
    """The same as they stand, line by line."""
    devices: frozenset[DeviceId] = frozenset()
    """Those whose own line is shown."""
    readable: frozenset[LineRef] = frozenset()
    """All of which the first line is shown."""


def find_viewport(plan: BoardPlan, lines: range) -> Viewport:
    """What a window on these lines shows."""
    refs = plan.refs_in(lines)
    channels = frozenset(ref for ref in refs if isinstance(ref, ChannelRef))
    return Viewport(
        lines,
        channels,
        tuple(sorted(channels, key=lambda ref: (plan.areas[ref].y, plan.areas[ref].x))),
        frozenset(ref for ref in refs if not isinstance(ref, ChannelRef)),
        frozenset(ref for ref in refs if plan.areas[ref].y in lines),
    )


class BoardWindow:
    def __init__(self, lines: BoardLines, selection: BoardSelection, painter: LinePainter) -> None:
        self._lines, self._selection, self._painter = lines, selection, painter
        self.viewport = Viewport()

    def find_viewport(self, top: int, height: int) -> Viewport:
        """Find out what a window of ``height`` lines from ``top`` on shows, and forget everything else."""
        plan = self._lines.plan
        lines = range(top, min(top + height, len(plan.lines)))
        self.viewport = find_viewport(plan, lines)
        self._lines.keep(self.viewport.channels, lines)
        return self.viewport

    def is_readable(self, ref: LineRef) -> bool:
        """Whether the line can be read; every line counts before the first is laid out."""
        readable = self.viewport.readable
        return ref in readable or not readable

    def show(self, contents: BoardContents) -> None:
        """Show other contents of the same lines; what looks the same as before is not drawn again."""
        before = self._lines.contents
        self._lines.take(contents)
        on_screen = self.viewport.channels
        is_judged = contents.problems is not before.problems
        # What was judged is shown between two frames, and bars fall with the frames.
        others = frozenset() if is_judged else self._lines.falling & on_screen
        selection = self._selection
        if selection.lit != selection.selected:
            grounds = [ref for ref in (selection.lit, selection.selected) if ref is not None]
            selection.lit = selection.selected
            self.redraw(grounds)
        others |= self._lines.find_other_signs(before, contents, on_screen)
        if is_judged:
            others |= self._lines.find_outdated(before, contents, on_screen)
            self._paint(self._lines.redraw_headings(self.viewport.lines))
            self._paint(self._lines.redraw_devices(self.viewport.devices))
        old, new, redrawn = before.states, contents.states, list(others)
        if new is not old:
            # In the order in which they stand, so that the cursor has the shortest way.
            ordered = self.viewport.ordered
            redrawn = [ref for ref in ordered if new[ref] is not old[ref] or ref in others]
        self._paint_redrawn(self._lines.redraw(redrawn))

    def redraw(self, refs: Iterable[LineRef]) -> None:
        """Draw those of these lines anew that are in the window."""
        shown = frozenset(refs)
        self._paint_redrawn(self._lines.redraw_whole(self.viewport.channels & shown))
        self._paint(self._lines.redraw_devices(self.viewport.devices & shown))

    def flush(self) -> None:
        """Let the terminal have what was painted, before anything else."""
        self._painter.flush()

    def _paint_redrawn(self, redrawn: Redrawn) -> None:
        self._paint(redrawn.parts)
        self._painter.move(redrawn.moving, self._lines.width)

    def _paint(self, changed: Sequence[Part]) -> None:
        self._painter.paint(changed, self._lines.width)
