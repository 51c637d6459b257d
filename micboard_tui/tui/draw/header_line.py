"""The first line of the board: how many channels are in which state, and what is to be looked at. Pure."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show_clock import ClockPart
from micboard_tui.tui.arrange.alarm_lines import NO_COUNTS, AlarmCounts, AlarmKind, count_alarms
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.board_options import BoardOptions, EventLog
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.key_line import spread
from micboard_tui.tui.draw.summary import count_channels

WIDE = 100
MAX_VIEW = 40
"""Cells of the description of the view."""
MAX_NARROW_VIEW = 16
"""The same where there are fewer cells than ``WIDE``."""
LEAST_URGENT = 5
"""The rank of parts that do not give way to the letters of channels that need action."""


CLOCK_RANKS = (3, 6, 8)
"""The ranks of the parts of the show's clock, the most important first."""


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


class Shown(NamedTuple):
    """Which lines of the board are on the screen."""

    first: int = 0
    last: int = 0
    """Both from 1."""
    total: int = 0

    def __str__(self) -> str:
        return f"{self.first}-{self.last} of {self.total}" if self.last - self.first + 1 < self.total else ""


NOT_SHOWN = Shown()


def find_shown(refs: Sequence[LineRef], visible: Container[LineRef]) -> Shown:
    """``refs`` are all lines that can be selected, ``visible`` those on the screen."""
    shown = [number for number, ref in enumerate(refs, 1) if ref in visible]
    return Shown(shown[0], shown[-1], len(refs)) if shown else NOT_SHOWN


class AccessState(NamedTuple):
    """What this board may change now."""

    is_read_only: bool = False
    is_locked: bool = False
    armed_s: float | None = None
    """Until control is not armed any more for who uses it; None: it is not armed."""
    is_arming_known: bool = True
    """Whether the program that holds the arming is heard; where it is not, it may have ended."""

    @property
    def is_armed(self) -> bool:
        """Whether control is armed, as far as that is known."""
        return self.armed_s is not None


FREE = AccessState()


class _Part(NamedTuple):
    text: str
    tone: str
    rank: int
    """Of several parts for which there is too little room, the one with the highest is left out first."""


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """What stands beside the counts, as far as there is any of it."""

    clock: str
    hidden: int = 0
    """Channels and devices with a critical problem that are not on the screen."""
    alarms: AlarmCounts = NO_COUNTS
    has_new_now: bool = False
    """Whether an alarm of the highest priority was not seen yet."""
    down: int = 0
    """Devices that cannot be read."""
    marked: int = 0
    view: str = ""
    """What is special about the channels that are shown: a kept view, or the filter."""
    bad_events: int = 0
    log_key: str = "L"
    slow_reason: str = ""
    """Why fewer frames are drawn than are wanted."""
    is_demo: bool = False
    shown: Shown = NOT_SHOWN
    show: Sequence[ClockPart] = ()
    """The clock of the show."""
    is_muted: bool = False
    """Whether the bell of alarms is silent."""
    flood: int = 0
    """So many alarms came in a flood; 0: there is none."""
    lost: str = ""
    """What is not heard of the programs that read the devices; empty: all are heard."""
    is_all_lost: bool = False
    """Whether nothing is heard at all."""
    access: AccessState = FREE

    def cells(
        self, states: Sequence[ChannelState], problems: Mapping[ChannelRef, Sequence[ProblemCode]], width: int
    ) -> list[Cell]:
        """All of it in ``width`` cells; how many channels there are, are live and are lost is never left out.

        What comes and goes often stands farthest from the clock, so that nothing else moves with it.
        """
        is_wide = width >= WIDE
        left = [Cell(" micboard " if is_wide else " ", "accent")]
        left.append(Cell("demo  " if self.is_demo else " " * is_wide, "warning"))
        counts = count_channels(states, problems)
        parts = self._parts(states, is_wide=is_wide)
        needed = _width([*left, *counts.fixed_cells]) + len(self.clock) + 2
        urgent = counts.urgent_width
        while parts:
            least = max(parts, key=lambda part: part.rank)
            beside = needed + (urgent if least.rank > LEAST_URGENT else 0)
            if beside + sum(cell_len(part.text) + 2 for part in parts) <= width:
                break
            parts.remove(least)
        right = [*(Cell(f"{part.text}  ", part.tone) for part in parts), Cell(f"{self.clock} ", "text")]
        counted = counts.cells(width - _width([*left, *right]) - 1)
        if self.is_all_lost:
            # What is past is not green.
            counted = [cell._replace(tone="dim") for cell in counted]
        return spread([*left, *counted], right, width)

    def _parts(self, states: Sequence[ChannelState], *, is_wide: bool) -> list[_Part]:
        silenced = sum(
            1
            for state in states
            if state.assignment is not None and state.expected_off and state.link_state is LinkState.LIVE
        )
        log = f"{self.bad_events} in log {self.log_key}" if is_wide else f"{self.bad_events} log"
        hidden = f"{self.hidden:>2} critical {'off screen' if is_wide else 'hidden'}"
        most = MAX_VIEW if is_wide else MAX_NARROW_VIEW
        view = self.view if cell_len(self.view) <= most else fit(self.view, most).rstrip()
        down = f"{self.down} device{'s' * (self.down != 1)} down"
        new, seen, shelved = (
            self.alarms[kind] for kind in (AlarmKind.NEW, AlarmKind.SEEN, AlarmKind.SHELVED)
        )
        parts = (
            (self.lost, self.lost, "critical", 0),
            (self.hidden, hidden, "critical", 0),
            (self.flood, f"FLOOD {self.flood}", "critical", 0),
            (new, f"{new} new", "critical" if self.has_new_now else "warning", 1),
            (seen, f"{seen} seen", "dim", 7),
            (shelved, f"{shelved} shelved", "muted", 4),
            (self.is_muted, "bell muted", "muted", 4),
            (self.down, down, "critical", 5),
            (silenced, f"{silenced} silenced", "warning", 4),
            (self.bad_events, log, "warning", 6),
            (self.slow_reason and is_wide, self.slow_reason, "dim", 9),
            (self.marked, f"{self.marked} marked", "accent", 2),
            (view, view, "accent", 3),
            (str(self.shown), str(self.shown), "dim", 8),
            *_access_parts(self.access, is_wide=is_wide),
        )
        clock = [
            _Part(visible(part.text), "warning" if part.is_late else "text", CLOCK_RANKS[part.rank])
            for part in self.show
        ]
        return [*(_Part(text, tone, rank) for is_there, text, tone, rank in parts if is_there), *clock]


def _access_parts(access: AccessState, *, is_wide: bool) -> Iterator[tuple[object, str, str, int]]:
    """As wide at each second, so that nothing moves while the time of an arming runs down."""
    minutes, seconds = divmod(max(0, ceil(access.armed_s or 0.0)), 60)
    left = f"{minutes:>2}:{seconds:02}" if access.is_arming_known else f"{'?':>5}"
    yield access.is_read_only, "READ ONLY" if is_wide else "R/O", "warning", 0
    yield access.is_locked, "LOCKED" if is_wide else "LOCK", "warning", 0
    yield access.armed_s is not None, f"{'ARMED' if is_wide else 'ARM'} {left}", "critical", 0


class Trouble(NamedTuple):
    """What is wrong, as the header counts it."""

    hidden: int
    """Channels and devices with a critical problem that are not on the screen."""
    down: int
    """Devices that cannot be read."""
    alarms: AlarmList
    lost: str = ""
    """What is not heard of the programs that read the devices; empty: all are heard."""
    is_all_lost: bool = False
    """Whether nothing is heard at all."""


class BoardHeader:
    """Makes the header: adds the clock, and what is new in the log, to what the board says."""

    def __init__(self, options: BoardOptions, log_key: str) -> None:
        self._options, self._log_key = options, log_key
        self.events = UnseenEvents(options.log)
        self._alarms, self._counts = NO_ALARMS, NO_COUNTS
        self.is_muted = False
        """Whether the bell of alarms is silent."""
        self.access = FREE

    def line(
        self,
        trouble: Trouble,
        *,
        marked: int,
        view: str,
        slow_reason: str,
        shown: Shown,
        show: Sequence[ClockPart] = (),
    ) -> HeaderLine:
        alarms = trouble.alarms
        if alarms is not self._alarms:
            self._alarms, self._counts = alarms, count_alarms(alarms)
        worst = alarms.worst_new
        return HeaderLine(
            f"{self._options.wall_clock():%H:%M}",
            trouble.hidden,
            self._counts,
            worst is not None and worst.priority is AlarmPriority.NOW,
            trouble.down,
            marked,
            view,
            self.events.bad_count,
            self._log_key,
            slow_reason,
            self._options.demo,
            shown,
            show,
            self.is_muted,
            0 if alarms.flood is None else alarms.flood.count,
            trouble.lost,
            trouble.is_all_lost,
            self.access,
        )


def _width(cells: Sequence[Cell]) -> int:
    return sum(cell_len(cell.text) for cell in cells)
