"""Draws one channel of the board as segments: in a row, as a card, or large for a wall.

Theory of operation. A channel is drawn ten times a second, and little of it moves. Its drawing consists of
parts (``channel_parts``), each some cells of one line. What is remembered between two drawings of a channel:

* ``SteadyParts``: the parts beside its meters. They hold while facts, assignment and link state are the same,
  and until ``forget_steady_parts`` says that something else is another. Where only its problems are others
  (``note_other_problems``), those parts stay that say nothing of them. Only a channel that is heard, and
  its battery, has them; any other says how long ago something was, and is drawn whole.
* ``MovingParts``: how its meters looked when they were drawn last, so that ``draw_moved`` gives only those
  that look different. They stay as long as the meters stand where they are, whatever changes beside them.
* the audio bars (``meter_ballistics``): how far each has fallen. Those that still fall are drawn again
  although nothing new was heard (``falling``).
* the segments themselves (``cell_styler``): equal cells are one object, so that parts are compared quickly.

Everything is forgotten with another size or palette; what is of channels off the screen with ``keep``.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Area, Layout
from micboard_tui.tui.draw.alarm_sign import FLASHING, AlarmSign
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.channel_columns import columns_for
from micboard_tui.tui.draw.meter_ballistics import Ballistics
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.terminal.canvas import MovingPart
from micboard_tui.tui.widgets.board_selection import BoardSelection
from micboard_tui.tui.widgets.channel_parts import (
    Beside,
    CardParts,
    ChannelParts,
    Drawing,
    Frame,
    MeterSet,
    MovingParts,
    RowParts,
    TileParts,
)


@dataclass(slots=True)
class SteadyParts:
    """That what stays of a channel while only its meters move still holds, and what it was made of."""

    facts: ChannelFacts
    assignment: Assignment | None
    link: LinkState
    thresholds: Thresholds
    find_variant: Callable[[ChannelState], Hashable] | None
    variant: Hashable
    trend: str
    """How the RF has been: it is another one only when all are drawn whole."""
    meters: MeterSet
    moving: MovingParts
    beside: Beside
    has_other_problems: bool = False
    """Whether the parts that show its problems are outdated."""

    def holds_beside_problems(self, state: ChannelState) -> bool:
        """Whether the parts that do not show its problems stay as they are for this state."""
        return (
            self.facts is state.facts
            and self.assignment is state.assignment
            and self.link is state.link_state
            and self.thresholds is state.thresholds
        )


class ChannelDrawer:
    def __init__(self, styler: CellStyler, trends: Trends, selection: BoardSelection) -> None:
        self._trends, self._selection = trends, selection
        self._ballistics = Ballistics()
        self._steady: dict[ChannelRef, SteadyParts] = {}
        self._moving: dict[ChannelRef, MovingParts] = {}
        self._styler, self._width = styler, 0
        self._set_columns(BoardContents())
        self.set_styler(styler)

    def set_styler(self, styler: CellStyler) -> None:
        """Draw in these colours from now on."""
        self._styler = styler
        glyphs = styler.glyphs
        self._mark, self._pointer, self._no_sign = (
            Cell(sign, "accent") for sign in (glyphs.mark, glyphs.pointer, " ")
        )
        self._begin()

    def set_width(self, width: int, contents: BoardContents) -> None:
        """Draw rows of ``width`` cells from now on, with what these contents need beside each other."""
        self._width = width
        self._set_columns(contents)
        self._begin()

    def _set_columns(self, contents: BoardContents) -> None:
        self._columns = columns_for(
            self._width,
            contents.number_cells,
            has_two_names=contents.has_two_names,
            has_show=contents.has_show,
            has_next_users=bool(contents.next_users),
        )

    def _begin(self) -> None:
        """Draw everything anew."""
        styler = self._styler
        self._parts: Mapping[Layout, ChannelParts] = {
            Layout.ROWS: RowParts(styler, self._columns, self._width),
            Layout.CARDS: CardParts(styler),
            Layout.WALL: TileParts(styler),
        }
        self._steady.clear()
        self._moving.clear()

    @property
    def head(self) -> str:
        """The names of the columns of a row."""
        return self._columns.head

    def column_at(self, x: int) -> str:
        """The column of a row at this cell; empty beside them."""
        return self._columns.name_at(x)

    @property
    def falling(self) -> AbstractSet[ChannelRef]:
        """The channels whose audio bars have not come to rest."""
        return self._ballistics.falling

    def keep(self, channels: AbstractSet[ChannelRef]) -> None:
        """Forget all other channels."""
        self._ballistics.keep(channels)
        self._steady = {ref: steady for ref, steady in self._steady.items() if ref in channels}
        self._moving = {ref: moving for ref, moving in self._moving.items() if ref in channels}

    def forget_steady_parts(self, channels: Iterable[ChannelRef]) -> None:
        """Draw these channels whole the next time."""
        for ref in channels:
            self._steady.pop(ref, None)

    def note_other_problems(self, channels: Iterable[ChannelRef]) -> None:
        """Draw what says what is wrong with these channels anew the next time."""
        for ref in channels:
            if (steady := self._steady.get(ref)) is not None:
                steady.has_other_problems = True

    def draw(self, ref: ChannelRef, contents: BoardContents, area: Area, moved: list[MovingPart]) -> Drawing:
        """The channel as it looks now, in its area of the board.

        Where it has meters that were drawn there before, those that look different are added to ``moved``.
        """
        state, now = contents.states[ref], contents.now
        parts = self._parts[contents.layout]
        trend = self._trends.text(ref, parts.trend_width, self._styler.glyphs)
        bar_dbfs = self._ballistics.bar(ref, state, now)
        frame = self._frame(ref, contents.layout)
        row = _complete(RowContext(state, "", trend, now, self._styler.glyphs, bar_dbfs), ref, contents)
        if tells_time(state, now):
            self._steady.pop(ref, None)
            self._moving.pop(ref, None)
            return parts.whole(row, frame, area)
        beside = self._keep_beside(parts, row, frame) or parts.beside(row, frame, area)
        before, after, x, y = beside
        moving = self._moving.get(ref)
        if moving is None or (moving.x, moving.y) != (x, y):
            moving = self._moving[ref] = MovingParts(x, y)
        meters = parts.meters(state, frame.ground, area.width)
        moving.draw(meters, state, bar_dbfs, trend, moved)
        # How long ago a battery was known is counted up.
        if state.past_battery is None:
            find_variant = parts.find_variant
            self._steady[ref] = SteadyParts(
                state.facts,
                state.assignment,
                state.link_state,
                state.thresholds,
                find_variant,
                None if find_variant is None else find_variant(state),
                trend,
                meters,
                moving,
                beside,
            )
        return Drawing(before, after, moving)

    def draw_moved(self, ref: ChannelRef, contents: BoardContents, moved: list[MovingPart]) -> bool:
        """Add the parts of its meters that look different since it was drawn to ``moved``.

        False: all of it is to be drawn.
        """
        state, now, steady = contents.states[ref], contents.now, self._steady.get(ref)
        if (
            steady is None
            or steady.has_other_problems
            or steady.facts is not state.facts
            or steady.assignment is not state.assignment
            or steady.link is not state.link_state
            or steady.thresholds is not state.thresholds
            or state.is_stale(now)
            or (steady.find_variant is not None and steady.find_variant(state) != steady.variant)
        ):
            return False
        bar_dbfs = self._ballistics.bar(ref, state, now)
        steady.moving.draw(steady.meters, state, bar_dbfs, steady.trend, moved)
        return True

    def _keep_beside(self, parts: ChannelParts, row: RowContext, frame: Frame) -> Beside | None:
        """What stands beside its meters with other problems; None: more than these may be another."""
        steady = self._steady.get(row.state.ref)
        if steady is None or not (steady.has_other_problems and steady.holds_beside_problems(row.state)):
            return None
        return parts.change_problems(steady.beside, row, frame)

    def _frame(self, ref: ChannelRef, layout: Layout) -> Frame:
        """Whether the channel is selected, and whether it is marked: its first cell, and its ground."""
        selection = self._selection
        if ref in selection.marked:
            pointer = self._mark
        else:
            pointer = self._pointer if ref == selection.selected else self._no_sign
        usual = "background" if layout is Layout.ROWS else "surface"
        return Frame(pointer, "selected" if ref == selection.lit else usual)


def _complete(row: RowContext, ref: ChannelRef, contents: BoardContents) -> RowContext:
    """With what the parts beside the meters need."""
    return row._replace(
        device=contents.arrangement.devices[ref].title,
        problems=contents.problems.get(ref, ()),
        lost_since=contents.lost_since.get(ref),
        lasting=contents.lasting.get(ref),
        sign=find_sign_now(ref, contents),
        next_user=contents.next_users.get(ref),
    )


def find_sign_now(ref: ChannelRef, contents: BoardContents) -> AlarmSign | None:
    """The sign of the channel's alarm at this moment of its flashing."""
    sign = contents.alarm_signs.by_channel.get(ref)
    return contents.flash_sign or sign if sign is FLASHING else sign


def tells_time(state: ChannelState, now: float) -> bool:
    """Whether how it looks changes while nothing is heard of it."""
    return state.link_state not in ON_AIR or state.is_stale(now)
