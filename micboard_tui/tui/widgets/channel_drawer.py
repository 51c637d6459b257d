"""Draws one channel of the board as segments: in a row, as a card, or large for a wall.

Theory of operation. A channel is drawn ten times a second, and little of it moves. Its drawing consists of
parts (``channel_parts``), each some cells of one line. What is remembered between two drawings of a channel:

* ``SteadyParts``: the parts beside its meters. They hold while facts, assignment and link state are the same,
  and until ``forget_steady_parts`` says that something else is another. Only a channel that is heard, and
  its battery, has them; any other says how long ago something was, and is drawn whole. With them are the
  parts of its meters as they were drawn last, so that ``draw_moved`` gives only those that look different.
* the audio bars (``meter_ballistics``): how far each has fallen. Those that still fall are drawn again
  although nothing new was heard (``falling``).
* the segments themselves (``cell_styler``): equal cells are one object, so that parts are compared quickly.

Everything is forgotten with another size or palette; what is of channels off the screen with ``keep``.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Area, Layout
from micboard_tui.tui.draw.alarm_sign import FLASHING, AlarmSign
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.channel_columns import columns_for
from micboard_tui.tui.draw.meter_ballistics import Ballistics
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.terminal.canvas import Part
from micboard_tui.tui.widgets.board_selection import BoardSelection
from micboard_tui.tui.widgets.channel_parts import (
    Beside,
    CardParts,
    ChannelParts,
    Drawing,
    Frame,
    RowParts,
    TileParts,
)


class SteadyParts(NamedTuple):
    """What stays of a channel while only its meters move, and what it was made of."""

    facts: ChannelFacts
    assignment: Assignment | None
    link: LinkState
    quality: int | None
    """As far as they show it: a row has that among its meters."""
    ground: str
    trend: str
    """How the RF has been: it is another one only when all are drawn whole."""
    beside: Beside

    @property
    def drawing(self) -> Drawing:
        """With the meters as they were drawn last."""
        before, after, moving = self.beside
        return (*before, *moving.parts, *after)


class ChannelDrawer:
    def __init__(self, styler: CellStyler, trends: Trends, selection: BoardSelection) -> None:
        self._trends, self._selection = trends, selection
        self._ballistics = Ballistics()
        self._steady: dict[ChannelRef, SteadyParts] = {}
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

    def forget_steady_parts(self, channels: Iterable[ChannelRef]) -> None:
        """Draw these channels whole the next time."""
        for ref in channels:
            self._steady.pop(ref, None)

    def draw(self, ref: ChannelRef, contents: BoardContents, area: Area) -> Drawing:
        """The channel as it looks now, in its area of the board."""
        state, now = contents.states[ref], contents.now
        parts = self._parts[contents.layout]
        row = self._row(ref, state, now, self._trends.text(ref, parts.trend_width, self._styler.glyphs))
        frame = self._frame(ref, contents.layout)
        if tells_time(state, now):
            self._steady.pop(ref, None)
            return parts.whole(_complete(row, ref, contents), frame, area)
        beside = parts.beside(_complete(row, ref, contents), frame, area)
        quality = parts.steady_quality(state)
        steady = SteadyParts(
            state.facts, state.assignment, state.link_state, quality, frame.ground, row.trend, beside
        )
        # How long ago a battery was known is counted up.
        if state.past_battery is None:
            self._steady[ref] = steady
        beside.moving.draw(parts.meters(state, frame.ground, area.width), row)
        return steady.drawing

    def draw_moved(self, ref: ChannelRef, contents: BoardContents, area: Area) -> Sequence[Part] | None:
        """The parts of its meters that look different since it was drawn; None: all of it is to be drawn."""
        state, now, steady = contents.states[ref], contents.now, self._steady.get(ref)
        if (
            steady is None
            or steady.facts is not state.facts
            or steady.assignment is not state.assignment
            or steady.link is not state.link_state
            or tells_time(state, now)
        ):
            return None
        parts = self._parts[contents.layout]
        if steady.quality != parts.steady_quality(state):
            return None
        row = self._row(ref, state, now, steady.trend)
        return steady.beside.moving.draw(parts.meters(state, steady.ground, area.width), row)

    def find_drawing(self, ref: ChannelRef) -> Drawing | None:
        """The whole channel as it was drawn last, and as its meters have moved since; None: not known."""
        steady = self._steady.get(ref)
        return None if steady is None else steady.drawing

    def _row(self, ref: ChannelRef, state: ChannelState, now: float, trend: str) -> RowContext:
        return RowContext(state, "", trend, now, self._styler.glyphs, self._ballistics.bar(ref, state, now))

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
