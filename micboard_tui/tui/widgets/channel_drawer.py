"""Draws one channel of the board as segments: in a row, as a card, or large for a wall.

Theory of operation. A row is drawn ten times a second, and little of it moves. What is remembered between two
drawings of a channel:

* ``SteadyParts``: the segments before and after the meters. They hold while facts and assignment are the same
  objects, and link state, problems, sign and ground are equal. Only a channel that is heard has steady parts;
  any other row says how long ago something was, and is drawn whole.
* the audio bars (``meter_ballistics``): how far each has fallen. Those that still fall are drawn again
  although nothing new was heard (``falling``).
* the segments themselves (``cell_styler``): equal cells are one object, so that rows are compared quickly.

Everything is forgotten with another size or palette; what is of channels off the screen with ``keep``.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias

from rich.segment import Segment

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.draw import channel_card
from micboard_tui.tui.draw.alarm_sign import FLASHING, AlarmSign
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.channel_columns import RowContext, columns_for
from micboard_tui.tui.draw.channel_row import cells_after_meters, cells_before_meters, meter_cells, row_cells
from micboard_tui.tui.draw.meter_ballistics import Ballistics
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.draw.wall_tile import tile_ground, wall_tile
from micboard_tui.tui.widgets.board_selection import BoardSelection

Drawing: TypeAlias = list[list[Segment]]
"""The lines of one channel."""


class SteadyParts(NamedTuple):
    """What stays of a row while only its meters move, and what it was made of."""

    facts: ChannelFacts
    assignment: Assignment | None
    link: LinkState
    problems: Sequence[ProblemCode]
    sign: AlarmSign | None
    ground: str
    before: list[Segment]
    after: list[Segment]


class ChannelDrawer:
    def __init__(self, styler: CellStyler, trends: Trends, selection: BoardSelection) -> None:
        self._trends, self._selection = trends, selection
        self._ballistics = Ballistics()
        self._steady: dict[ChannelRef, SteadyParts] = {}
        self.set_styler(styler)
        self.set_width(0, BoardContents())

    def set_styler(self, styler: CellStyler) -> None:
        """Draw in these colours from now on."""
        self._styler = styler
        glyphs = styler.glyphs
        self._mark, self._pointer, self._no_sign = (
            Cell(sign, "accent") for sign in (glyphs.mark, glyphs.pointer, " ")
        )
        self._steady.clear()

    def set_width(self, width: int, contents: BoardContents) -> None:
        """Draw rows of ``width`` cells from now on, with what these contents need beside each other."""
        columns = columns_for(
            width,
            contents.number_cells,
            has_two_names=contents.has_two_names,
            has_show=contents.has_show,
            has_next_users=bool(contents.next_users),
        )
        self._width, self._columns = width, columns
        self._trend_width, self._shows_receiver = columns.room("trend"), columns.room("receiver") > 0
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

    def draw(self, ref: ChannelRef, contents: BoardContents, width: int) -> Drawing:
        """The channel as it looks now; a card is ``width`` cells wide, a row as wide as the board."""
        state = contents.states[ref]
        if contents.layout is Layout.ROWS:
            return [self._draw_row(ref, state, contents)]
        styler, now = self._styler, contents.now
        problems, title = contents.problems.get(ref, ()), contents.arrangement.devices[ref].title
        lost_since, alarm = contents.lost_since.get(ref), find_sign_now(ref, contents)
        ground = "selected" if ref == self._selection.lit else "surface"
        if contents.layout is Layout.CARDS:
            trend = self._trends.text(ref, channel_card.TREND_WIDTH, styler.glyphs)
            bar_dbfs = self._ballistics.bar(ref, state, now)
            next_user = contents.next_users.get(ref)
            row = RowContext(
                state,
                title,
                trend,
                now,
                styler.glyphs,
                bar_dbfs,
                problems,
                lost_since,
                sign=alarm,
                next_user=next_user,
            )
            lines = channel_card.card(row, width - 1)
        else:
            row = RowContext(state, title, "", now, styler.glyphs, problems=problems, sign=alarm)
            lines, ground = wall_tile(row, width - 1), tile_ground(problems, ground)
        sign = self._sign(ref)
        return [styler.segments([sign, *line], ground) for line in lines]

    def _draw_row(self, ref: ChannelRef, state: ChannelState, contents: BoardContents) -> list[Segment]:
        styler, columns = self._styler, self._columns
        now, glyphs = contents.now, styler.glyphs
        ground = "selected" if ref == self._selection.lit else "background"
        is_whole = state.link_state not in ON_AIR or state.is_stale(now)
        problems, sign = contents.problems.get(ref, ()), find_sign_now(ref, contents)
        steady = self._steady.get(ref)
        if steady is not None and (
            is_whole
            or steady.facts is not state.facts
            or steady.assignment is not state.assignment
            or steady.sign is not sign
            or (steady.link, steady.problems, steady.ground) != (state.link_state, problems, ground)
        ):
            steady = None
        # The receiver's name is among the steady parts.
        shows_receiver = self._shows_receiver and steady is None
        device = contents.arrangement.devices[ref].title if shows_receiver else ""
        trend = self._trends.text(ref, self._trend_width, glyphs)
        bar_dbfs = self._ballistics.bar(ref, state, now)
        lost_since = contents.lost_since.get(ref) if is_whole else None
        lasting = contents.lasting.get(ref)
        next_user = contents.next_users.get(ref)
        row = RowContext(
            state, device, trend, now, glyphs, bar_dbfs, problems, lost_since, lasting, sign, next_user
        )
        if is_whole:
            cells = [self._sign(ref), *row_cells(row, columns)]
            return [*styler.segments(cells, ground), *self._filling(ground)]
        if steady is None:
            before, after = cells_before_meters(row, columns), cells_after_meters(row, columns)
            steady = self._steady[ref] = SteadyParts(
                state.facts,
                state.assignment,
                state.link_state,
                problems,
                sign,
                ground,
                styler.segments(before, ground),
                [*styler.segments(after, ground), *self._filling(ground)],
            )
        first, *moving = styler.segments([self._sign(ref), *meter_cells(row, columns)], ground)
        return [first, *steady.before, *moving, *steady.after]

    def _sign(self, ref: ChannelRef) -> Cell:
        """The first cell of a channel: whether it is selected, and whether it is marked."""
        if ref in self._selection.marked:
            return self._mark
        return self._pointer if ref == self._selection.selected else self._no_sign

    def _filling(self, ground: str) -> list[Segment]:
        """What is left of the width right of the last column."""
        room = self._width - self._columns.total
        return [self._styler.blank(room, ground)] if room > 0 else []


def find_sign_now(ref: ChannelRef, contents: BoardContents) -> AlarmSign | None:
    """The sign of the channel's alarm at this moment of its flashing."""
    sign = contents.alarm_signs.by_channel.get(ref)
    return contents.flash_sign or sign if sign is FLASHING else sign


def tells_time(state: ChannelState, now: float) -> bool:
    """Whether how it looks changes while nothing is heard of it."""
    return state.link_state not in ON_AIR or state.is_stale(now)
