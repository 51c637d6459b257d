"""The first line of the board: how many channels are in which state, and what is to be looked at. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.board_options import BoardOptions, EventLog
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.key_line import spread
from micboard_tui.tui.draw.summary import count_cells

WIDE = 100


class UnseenEvents:
    """How many warnings and errors came since the log was opened; counted anew only with new events."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._seen = self._count = self._bad = 0

    @property
    def bad_count(self) -> int:
        log = self._log
        if log.count != self._count:
            new = min(len(log.newest()), log.count - self._seen)
            self._count = log.count
            self._bad = sum(event.is_bad for event in log.newest()[:new])
        return self._bad

    def mark_seen(self) -> None:
        """The log was opened."""
        self._seen = self._log.count
        self._count = -1


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """What stands at the right end, as far as there is any of it."""

    clock: str
    hidden: int = 0
    """Channels with a critical problem that are not on the screen."""
    unheard: int = 0
    """Devices without a channel that cannot be read."""
    marked: int = 0
    only: str = ""
    """The filter, as text."""
    bad_events: int = 0
    log_key: str = "L"
    slow_reason: str = ""
    """Why fewer frames are drawn than are wanted."""
    is_demo: bool = False

    def cells(
        self, states: Sequence[ChannelState], problems: Mapping[ChannelRef, Sequence[ProblemCode]], width: int
    ) -> list[Cell]:
        """All of it in ``width`` cells; the counts give way first."""
        silenced = sum(1 for state in states if state.expected_off and state.link_state is LinkState.LIVE)
        right = self._right(silenced, is_wide=width >= WIDE)
        left = [Cell(" micboard ", "accent"), Cell("demo  " if self.is_demo else "  ", "warning")]
        room = width - sum(len(cell.text) for cell in (*left, *right)) - 1
        return spread([*left, *count_cells(states, problems, room)], right, width)

    def _right(self, silenced: int, *, is_wide: bool) -> list[Cell]:
        parts = (
            (self.only, f"only {self.only}", "accent"),
            (self.marked, f"{self.marked} marked", "accent"),
            (silenced, f"{silenced} silenced", "warning"),
            (self.unheard, f"{self.unheard} {'not heard' if is_wide else 'unheard'}", "critical"),
            (
                self.hidden,
                f"{self.hidden} critical {'off screen' if is_wide else 'hidden'}",
                "critical",
            ),
            (self.slow_reason and is_wide, self.slow_reason, "dim"),
            (
                self.bad_events,
                f"{self.bad_events} in log {self.log_key}" if is_wide else f"{self.bad_events} log",
                "warning",
            ),
        )
        cells = [Cell(f"{text}  ", tone) for is_there, text, tone in parts if is_there]
        return [*cells, Cell(f"{self.clock} ", "text")]


class BoardHeader:
    """Makes the header: adds the clock, and what is new in the log, to what the board says."""

    def __init__(self, options: BoardOptions, log_key: str) -> None:
        self._options, self._log_key = options, log_key
        self.events = UnseenEvents(options.log)

    def line(self, *, hidden: int, unheard: int, marked: int, only: str, slow_reason: str) -> HeaderLine:
        return HeaderLine(
            f"{self._options.wall_clock():%H:%M}",
            hidden,
            unheard,
            marked,
            only,
            self.events.bad_count,
            self._log_key,
            slow_reason,
            self._options.demo,
        )
