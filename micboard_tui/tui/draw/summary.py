"""The header in numbers, and the worst problem. Pure but for remembering since when each problem lasts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import Conflicts, conflicts
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, Severity, problems
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell

_COUNTED = (
    (LinkState.LIVE, "live"),
    (LinkState.MUTED, "muted"),
    (LinkState.TRANSMITTER_OFF, "off"),
    (LinkState.DOCKED, "docked"),
    (LinkState.RF_LOST, "lost"),
    (LinkState.OFFLINE, "offline"),
    (LinkState.REFUSED, "refused"),
    (LinkState.UNKNOWN, "unknown"),
)
_LEAST_FIRST = ("text", "live", "dim", "muted", "warning")
_LOW = frozenset({ProblemCode.BATTERY_LOW, ProblemCode.BATTERY_CRITICAL})
_OUT = frozenset({DeviceStatus.OFFLINE, DeviceStatus.REFUSED})
CHARGER_NAME = 20
NO_PROBLEM_RANK = len(ProblemCode)
LEAST_LISTED = 3
"""Lines below which a list of problems tells nothing."""


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """The problem to look at first."""

    code: ProblemCode
    state: ChannelState
    since: float


class ProblemWatch:
    """Looks over all channels a few times a second, and remembers since when each problem lasts."""

    def __init__(self) -> None:
        self._since: dict[tuple[ChannelRef, ProblemCode], float] = {}
        self.found: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        """The problems of every channel that has any."""
        self.conflicts: Conflicts = {}
        """Those of them that channels have with each other."""

    def look(self, states: Sequence[ChannelState], now: float) -> OpenProblem | None:
        """Judge all channels; the worst problem, of equals the first in rack order."""
        since: dict[tuple[ChannelRef, ProblemCode], float] = {}
        self.found = {}
        self.conflicts = conflicts(states)
        worst: OpenProblem | None = None
        for state in states:
            codes = problems(state, now, conflicts=self._of_others(state))
            if not codes:
                continue
            ref = state.ref
            self.found[ref] = codes
            for code in codes:
                since[ref, code] = self._since.get((ref, code), self._start(code, state, now))
            if worst is None or codes[0].rank < worst.code.rank:
                worst = OpenProblem(codes[0], state, since[ref, codes[0]])
        self._since = since
        return worst

    def rank(self, state: ChannelState) -> int:
        """For sorting: 0 is the worst, channels without a problem are equal."""
        codes = self.found.get(state.ref)
        return codes[0].rank if codes else NO_PROBLEM_RANK

    def open(self, states: Mapping[ChannelRef, ChannelState]) -> list[OpenProblem]:
        """The worst problem of every channel that has any, the worst first, of equals in rack order."""
        told = [
            OpenProblem(codes[0], states[ref], self._since[ref, codes[0]])
            for ref, codes in self.found.items()
        ]
        return sorted(told, key=lambda each: each.code.rank)

    def critical(self) -> set[ChannelRef]:
        """The channels that need somebody now."""
        return {ref for ref, codes in self.found.items() if codes[0].severity is Severity.CRITICAL}

    def _of_others(self, state: ChannelState) -> Sequence[ProblemCode]:
        # As a rule there is none, and then nothing is looked up.
        return self.conflicts.get(state.ref, ()) if self.conflicts else ()

    @staticmethod
    def _start(code: ProblemCode, state: ChannelState, now: float) -> float:
        if code in {ProblemCode.RF_LOST, ProblemCode.OFFLINE, ProblemCode.REFUSED}:
            return now if state.link_since is None else state.link_since
        if code is ProblemCode.STALE and state.observed_at is not None:
            return state.observed_at
        return now


def counts(states: Sequence[ChannelState], watch: ProblemWatch, room: int) -> list[Cell]:
    """How many channels are in which state; states that nobody is in are left out.

    Where ``room`` cells are too few for the words, the letters of the rows stand for them; where they are
    too few for these as well, what needs nobody is left out first.
    """
    tally = Counter(formats.link_of(state) for state in states)
    low = sum(1 for codes in watch.found.values() if not _LOW.isdisjoint(codes))

    def line(*, short: bool) -> list[Cell]:
        told = [Cell(f"{len(states)} ch", "text")]
        for link, word in _COUNTED:
            if count := tally[link]:
                sign = link.letter if short and link.letter else f" {word}"
                told.append(Cell(f"  {count}{sign}", formats.STATE_TONES[link]))
        return [*told, Cell(f"  {low} low{'' if short else ' batt'}", "warning")] if low else told

    def fits(line: Sequence[Cell]) -> bool:
        return sum(len(cell.text) for cell in line) <= room

    words = line(short=False)
    if fits(words):
        return words
    letters = line(short=True)
    for tone in _LEAST_FIRST:
        if fits(letters):
            break
        letters = [cell for cell in letters if cell.tone != tone]
    return letters


def of_group(states: Iterable[ChannelState], worst: ProblemCode | None = None) -> list[Cell]:
    """For a heading: the worst problem, how many channels there are, and those that are not live by state."""
    tally = Counter(formats.link_of(state) for state in states)
    line = [Cell(f"{tally.total()} ch", "dim")]
    if worst is not None:
        line.insert(0, Cell(f"{formats.PROBLEM_WORDS[worst][0]}  ", formats.severity_tone(worst)))
    for link, word in _COUNTED:
        if link is not LinkState.LIVE and (count := tally[link]):
            line.append(Cell(f"  {count} {word}", formats.STATE_TONES[link]))
    return line


def worst_line(
    worst: OpenProblem | None,
    devices: Sequence[DeviceSnapshot],
    states: Sequence[ChannelState],
    now: float,
    width: int = 1000,
) -> list[Cell]:
    """What is wrong first of all in ``width`` cells; or that nothing is, as far as anything is known."""
    # A receiver that was never heard has no channel that could be red in its place.
    out = next(filter(is_out, devices), None)
    if out is not None and (worst is None or worst.code.severity is not Severity.CRITICAL):
        words = formats.fit(formats.device_trouble(out, now), max(1, width - 1)).rstrip()
        return [Cell(f" {words}", "critical")]
    if worst is None:
        return [_no_problem(devices, states)]
    title = next((each.title for each in devices if each.device.id == worst.state.device_id), "?")
    words = formats.worst(worst.code, worst.state, title, now - worst.since, width - 1)
    return [Cell(f" {words}", formats.severity_tone(worst.code))]


def is_out(snapshot: DeviceSnapshot) -> bool:
    """Whether it cannot be read, and has no channel that says so."""
    return not snapshot.channels and snapshot.state.status in _OUT


def of_device(snapshot: DeviceSnapshot, now: float) -> list[Cell]:
    """A device without a channel in one line: a charger's bays, or what is the matter."""
    state, title = snapshot.state, visible(snapshot.title)
    if is_out(snapshot):
        letter = {DeviceStatus.REFUSED: "R"}.get(state.status, "X")
        return [Cell("    "), Cell(f"{letter} {formats.device_trouble(snapshot, now)}", "critical")]
    if not state.bays:
        return [Cell(f"    ? {title}", "dim"), Cell("  nothing heard yet", "dim")]
    tally = Counter(bay.state for bay in state.bays)
    line = [Cell(f"      {formats.fit(title, CHARGER_NAME)}")]
    for bay, tone in formats.BAY_TONES.items():
        if count := tally[bay]:
            line.append(Cell(f"  {count} {bay.value}", tone))
    return line


def open_problems(found: Sequence[OpenProblem], now: float, width: int, height: int) -> list[list[Cell]]:
    """For beside the board: what is open, in at most ``height`` lines; nothing where all is well."""
    if not found or height < LEAST_LISTED:
        return []
    room = height - 1
    shown = found if len(found) <= room else found[: room - 1]
    lines = [[Cell(f" {len(found)} open", "accent")]]
    for each in shown:
        what, _ = formats.problem_words(each.code, each.state)
        who = visible(formats.called(each.state) or f"channel {each.state.number}")
        age = f"{formats.duration(now - each.since):>4} "
        words = formats.fit(f"{what}: {who}", max(1, width - len(age)))
        lines.append([Cell(age, "dim"), Cell(words, formats.severity_tone(each.code))])
    if len(shown) < len(found):
        lines.append([Cell(f"     {len(found) - len(shown)} more, Tab goes there", "dim")])
    return lines


def _no_problem(devices: Sequence[DeviceSnapshot], states: Sequence[ChannelState]) -> Cell:
    unknown = sum(1 for state in states if state.link_state is LinkState.UNKNOWN)
    silent = sum(1 for device in devices if not (device.channels or device.state.bays))
    if not devices:
        return Cell(" No device is registered", "dim")
    if unknown or silent or not states:
        return Cell(f" Waiting for a word from {unknown} channels, {silent} devices", "dim")
    return Cell(" All is well", "live")
