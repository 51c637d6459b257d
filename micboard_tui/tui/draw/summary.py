"""How channels and devices do, in one line each: for the header, headings, and what is open. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from micboard_tui.contracts.problem_texts import (
    LINK_STATE_TEXTS,
    PROBLEM_TEXTS,
    describe_missing_channel,
    find_problem_text,
)
from micboard_tui.domain.battery import BatteryLevel
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_count, format_duration
from micboard_tui.tui.arrange.problem_watch import AnyProblem, OpenDeviceProblem, OpenProblems
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell

_FIRST = (LinkState.LIVE, LinkState.RF_LOST)
"""Counted always, in places that stay theirs, right after the total."""
_OTHERS = (
    LinkState.OFFLINE,
    LinkState.REFUSED,
    LinkState.MUTED,
    LinkState.TRANSMITTER_OFF,
    LinkState.DOCKED,
    LinkState.UNKNOWN,
)
_LEAST_FIRST = ("dim", "muted", "warning", "critical")
_NEED_ACTION = frozenset({"warning", "critical"})
_LOW = frozenset({ProblemCode.BATTERY_LOW, ProblemCode.BATTERY_CRITICAL})
CHARGER_NAME = 20
DEVICE_INDENT = 6
"""Cells before what is the matter with a device."""
AWAITED_S = 15.0
"""So long after the first values of a channel all that its device reports have come."""
LEAST_LISTED = 3
"""Lines below which a list of problems tells nothing."""
Titles: TypeAlias = Callable[[DeviceId], str]
"""What a device is called."""
Problems: TypeAlias = Mapping[ChannelRef, Sequence[ProblemCode]]
"""What is wrong with which channel, worst first."""


class ChannelCounts(NamedTuple):
    """How many channels there are, and in which state."""

    total: int
    by_state: Counter[LinkState]
    low: int
    """Those with a battery that is low or critical."""

    @property
    def fixed_cells(self) -> list[Cell]:
        """The total, what is live and what is lost."""
        digits = len(str(self.total))
        counted = (_count_cell(link, self.by_state[link], digits) for link in _FIRST)
        return [Cell(f"{self.total} ch", "text"), *counted]

    @property
    def urgent_width(self) -> int:
        """Cells of the letters of what needs action."""
        return _width(cell for cell in self._letters() if cell.tone in _NEED_ACTION)

    def cells(self, room: int) -> list[Cell]:
        """All of it in ``room`` cells.

        The total, what is live and what is lost have places of their own, which stay blank where there is
        none; all others too where there is room. Where there is not, names stand close together, then letters
        of the rows stand for them, and what needs no action is left out first.
        """
        first, digits = self.fixed_cells, len(str(self.total))
        placed = [_count_cell(link, self.by_state[link], digits) for link in _OTHERS]
        placed.append(_low_cell(self.low, digits, " batt"))
        named = [cell for cell in placed if not cell.text.isspace()]
        letters = self._letters()
        for others in (placed, named, letters):
            if _width(first) + _width(others) <= room:
                return [*first, *others]
        for tone in _LEAST_FIRST:
            letters = [cell for cell in letters if cell.tone != tone]
            if _width(first) + _width(letters) <= room:
                break
        return [*first, *letters]

    def _letters(self) -> list[Cell]:
        counts = ((link, self.by_state[link]) for link in _OTHERS)
        letters = [
            Cell(f"  {count}{link.letter or f' {LINK_STATE_TEXTS[link].counted}'}", formats.STATE_TONES[link])
            for link, count in counts
            if count
        ]
        return [*letters, _low_cell(self.low, 0, "")] if self.low else letters


def count_channels(states: Sequence[ChannelState], problems: Problems) -> ChannelCounts:
    """Count the channels by state."""
    low = sum(1 for codes in problems.values() if not _LOW.isdisjoint(codes))
    return ChannelCounts(len(states), _tally(states, problems), low)


def _count_cell(link: LinkState, count: int, digits: int) -> Cell:
    """How many channels are in a state; as many blanks where none is."""
    text = f"  {count:>{digits}} {LINK_STATE_TEXTS[link].counted}"
    return Cell(text if count else " " * len(text), formats.STATE_TONES[link])


def _low_cell(count: int, digits: int, unit: str) -> Cell:
    text = f"  {count:>{digits}} low{unit}"
    return Cell(text if count else " " * len(text), "warning")


def _width(cells: Iterable[Cell]) -> int:
    return sum(len(cell.text) for cell in cells)


def group_cells(states: Iterable[ChannelState], problems: Problems) -> list[Cell]:
    """For a heading: the worst problem, how many channels there are, and those that are not live by state."""
    listed = list(states)
    tally = _tally(listed, problems)
    firsts = {codes[0] for codes in filter(None, map(problems.get, map(_ref, listed)))}
    worst = min(firsts, key=lambda code: code.rank, default=None)
    line = [Cell(f"{tally.total()} ch", "dim")]
    if worst is not None:
        line.insert(0, Cell(f"{PROBLEM_TEXTS[worst].title}  ", formats.severity_tone(worst)))
    others = (link for link in (LinkState.RF_LOST, *_OTHERS) if tally[link])
    return line + [
        Cell(f"  {tally[link]} {LINK_STATE_TEXTS[link].counted}", formats.STATE_TONES[link])
        for link in others
    ]


_link_state: Callable[[ChannelState], LinkState] = attrgetter("link_state")
_ref: Callable[[ChannelState], ChannelRef] = attrgetter("ref")


def _tally(states: Iterable[ChannelState], problems: Problems) -> Counter[LinkState]:
    """How many channels are in which state. One whose levels are overdue may be in another by now."""
    stale = ProblemCode.STALE
    overdue = {ref for ref, codes in problems.items() if stale in codes}
    states = list(states)
    tally = Counter(map(_link_state, states))
    if not overdue and tally.keys() <= ON_AIR:
        # So it is as a rule, and then each is shown in the state that it is in.
        return tally
    return Counter(
        LinkState.UNKNOWN
        if overdue and state.link_state in ON_AIR and state.ref in overdue
        else state.shown_link_state
        for state in states
    )


def worst_problem_cells(
    worst: AnyProblem | None,
    devices: Sequence[DeviceSnapshot] | None,
    states: Sequence[ChannelState],
    now: float,
    name_key: str,
    width: int = status_lines.ANY_WIDTH,
) -> list[Cell]:
    """What is wrong first of all in ``width`` cells; or that nothing is, as far as anything is known.

    ``devices`` is None while it is not known yet which there are. ``name_key`` is as for ``device_problem``.
    """
    if devices is None:
        return [Cell(" Starting: which devices there are is not known yet", "dim")]
    if worst is None:
        return [_no_problem(devices, states, now)]
    if isinstance(worst, OpenDeviceProblem):
        problem, device, key = worst.problem, worst.device, f"{name_key} on its line"
        text = status_lines.device_problem(problem, device, now, key, worst.since, width - 1)
    else:
        title = next((device.title for device in devices if device.device.id == worst.ref.device_id), "?")
        text = status_lines.worst_problem(worst.code, worst.state, title, now - worst.since, width - 1)
    text = formats.fit(text, max(1, width - 1)).rstrip()
    return [Cell(f" {text}", formats.severity_tone(worst.code))]


def is_out_of_reach(snapshot: DeviceSnapshot) -> bool:
    """Whether it cannot be read, and has no channel that says so."""
    return not snapshot.channels and snapshot.state.is_unreadable


def device_cells(
    snapshot: DeviceSnapshot,
    problems: Sequence[DeviceProblem],
    now: float,
    name_key: str,
    width: int = status_lines.ANY_WIDTH,
) -> list[Cell]:
    """The line of a device itself in ``width`` cells: a charger's bays, or what is the matter.

    ``name_key`` is as for ``device_problem``.
    """
    state, title = snapshot.state, visible(snapshot.title)
    if is_out_of_reach(snapshot):
        return out_of_reach_cells(snapshot, now, width)
    if problems and (snapshot.channels or not state.bays):
        return _device_problem_cells(snapshot, problems, now, name_key, width)
    if not state.bays:
        return [Cell(f"   ? {title}", "dim"), Cell("  not heard yet", "dim")]
    tally = Counter(
        (formats.bay_state_text(bay, state.thresholds), formats.bay_tone(bay, state.thresholds))
        for bay in state.bays
    )
    line = [Cell(f"     {formats.fit(title, CHARGER_NAME)}")]
    order = [(formats.bay_name(bay), tone) for bay, tone in formats.BAY_TONES.items()]
    worn = [(level.value, formats.LEVEL_TONES[level]) for level in (BatteryLevel.CRITICAL, BatteryLevel.LOW)]
    for text, tone in (*worn, *order):
        if count := tally[text, tone]:
            line.append(Cell(f"  {count} {text}", tone))
    if state.storage_mode:
        line.append(Cell("  storage mode", "muted"))
    if warnings := status_lines.device_warnings(state):
        line.append(Cell(f"  {warnings}", "warning"))
    line += (
        Cell(f"  {visible(describe_missing_channel(assignment, 0))}", "warning")
        for assignment in snapshot.assignments_without_channel
    )
    return line


def out_of_reach_cells(snapshot: DeviceSnapshot, now: float, width: int) -> list[Cell]:
    """Why a device that is out of reach cannot be read, in ``width`` cells."""
    letter = status_lines.LINK_OF_STATUS.get(snapshot.state.status, LinkState.UNKNOWN).letter
    trouble = status_lines.device_trouble(snapshot, now, width - DEVICE_INDENT + 1)
    return [Cell("   "), Cell(f"{letter} {trouble}", "critical")]


def _device_problem_cells(
    snapshot: DeviceSnapshot, problems: Sequence[DeviceProblem], now: float, name_key: str, width: int
) -> list[Cell]:
    """The worst problem of a device, and how many more it has."""
    worst = problems[0]
    more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
    room = width - DEVICE_INDENT + 1 - len(more)
    line = status_lines.device_problem(worst, snapshot, now, name_key, width=room)
    text = formats.fit(line, room).rstrip()
    return [Cell("   "), Cell(f"! {text}{more}", formats.severity_tone(worst.code))]


def open_problem_lines(
    found: OpenProblems, titles: Titles, now: float, width: int, height: int, next_key: str
) -> list[list[Cell]]:
    """For beside the board: what is open, in at most ``height`` lines; nothing where all is well.

    ``next_key`` goes to the next problem.
    """
    listed, count = found
    if not listed or height < LEAST_LISTED:
        return []
    room = height - 1
    shown = listed if count <= room else listed[: room - 1]
    lines = [[Cell(f" {count} open", "accent")]]
    for problem in shown:
        what, who = _brief_problem(problem, titles)
        age = f"{format_duration(now - problem.since):>4} "
        text = formats.fit(f"{what}: {who}", max(1, width - len(age)))
        lines.append([Cell(age, "dim"), Cell(text, formats.severity_tone(problem.code))])
    if len(shown) < count:
        lines.append([Cell(f"     {count - len(shown)} more, press {next_key}", "dim")])
    return lines


def _brief_problem(problem: AnyProblem, titles: Titles) -> tuple[str, str]:
    """What is wrong, and with whom."""
    if isinstance(problem, OpenDeviceProblem):
        return status_lines.brief_device_problem(problem.problem, problem.device)
    what, _ = find_problem_text(problem.code, problem.state)
    return what, formats.channel_name(problem.state, titles(problem.ref.device_id))


def _no_problem(devices: Sequence[DeviceSnapshot], states: Sequence[ChannelState], now: float) -> Cell:
    unknown = [state for state in states if state.link_state is LinkState.UNKNOWN]
    awaited = sum(_is_awaited(state, now) for state in unknown)
    silent = sum(1 for device in devices if not (device.channels or device.state.bays))
    if not devices:
        return Cell(" No device is registered", "dim")
    if late := _join_counts((awaited, "channel"), (silent, "device")):
        return Cell(f" Waiting for data from {late}", "dim")
    if unknown:
        verb = "does" if len(unknown) == 1 else "do"
        return Cell(
            f" No problem known; {_join_counts((len(unknown), 'channel'))} {verb} not report a carrier", "dim"
        )
    return Cell(" All is well", "live")


def _is_awaited(state: ChannelState, now: float) -> bool:
    """Whether more may be heard of it soon; some devices never report whether a carrier is received."""
    since = state.link_since
    return state.observed_at is None or since is None or now - since < AWAITED_S


def _join_counts(*counts: tuple[int, str]) -> str:
    return ", ".join(format_count(count, noun) for count, noun in counts if count)
