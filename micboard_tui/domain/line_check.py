"""The line check: whether link, right pack and sound of every channel were seen since it was started. Pure.

``watch_lines`` is called every few seconds with all channels and adds what it sees; what was seen once stays
seen. A person can tick a line by hand, with a name, and take that back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.pack_match import PackMatch, judge_pack


class LinePart(StrEnum):
    """What has to be seen of a channel."""

    LINK = "link"
    PACK = "pack"
    SOUND = "sound"


class HandTick(NamedTuple):
    """A person says that the line is good."""

    at: float
    actor: str


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """When each part was first seen since the check was started, seconds since the epoch; None: not yet."""

    link_at: float | None = None
    pack_at: float | None = None
    sound_at: float | None = None
    by_hand: HandTick | None = None

    @property
    def missing(self) -> Sequence[LinePart]:
        """What was not seen yet; nothing where a person ticked it."""
        if self.by_hand is not None:
            return ()
        seen = (self.link_at, self.pack_at, self.sound_at)
        return [part for part, at in zip(LinePart, seen, strict=True) if at is None]

    @property
    def is_checked(self) -> bool:
        return not self.missing


NOTHING_SEEN = CheckedLine()
GOOD = (PackMatch.RIGHT, PackMatch.NOT_PLANNED)
SOUND_BEFORE_PACK_S = 2.0
"""A receiver reports sound a moment before the name of a pack that was just switched on."""


@dataclass(frozen=True, slots=True)
class LineCheck:
    """One line check. A channel of which nothing was seen yet is not in ``lines``."""

    started_at: float
    started_by: str
    lines: Mapping[ChannelRef, CheckedLine] = field(default_factory=dict)

    def line(self, ref: ChannelRef) -> CheckedLine:
        return self.lines.get(ref, NOTHING_SEEN)


def lines_to_check(devices: Iterable[DeviceSnapshot]) -> list[ChannelState]:
    """The channels of receivers that are planned: with a performer, a number or a role; else all.

    What is expected to be off, or out of service, is not checked.
    """
    channels = [
        state
        for device in devices
        if device.state.kind is DeviceKind.RECEIVER and not device.is_out_of_service
        for state in device.channels
        if not state.expected_off
    ]
    return [state for state in channels if _is_planned(state)] or channels


def _is_planned(state: ChannelState) -> bool:
    given = state.assignment
    if given is None:
        return False
    return given.performer is not None or given.mic_number is not None or given.role is not Role.PRIMARY


def watch_lines(check: LineCheck, states: Iterable[ChannelState], now: float) -> LineCheck:
    """The check with what is seen now; the same object where nothing new is."""
    changed = {}
    for state in states:
        before = check.line(state.ref)
        after = _watch_line(before, state, check.started_at, now)
        if after is not before:
            changed[state.ref] = after
    return replace(check, lines={**check.lines, **changed}) if changed else check


def _watch_line(line: CheckedLine, state: ChannelState, started_at: float, now: float) -> CheckedLine:
    if state.link_state not in ON_AIR or not _was_heard_since(state, started_at):
        return line
    if line.link_at is None:
        line = replace(line, link_at=now)
    match = judge_pack(state)
    if match is PackMatch.WRONG and line.sound_at is None and line.pack_at is not None:
        # Sound that comes now is of the wrong pack: the right one has to be seen again, and then heard.
        return replace(line, pack_at=None)
    if match not in GOOD:
        return line
    pack_at = now if line.pack_at is None else line.pack_at
    heard_from = started_at if match is PackMatch.NOT_PLANNED else pack_at - SOUND_BEFORE_PACK_S
    has_sound = state.has_sound() or (state.sound_at is not None and state.sound_at >= heard_from)
    sound_at = now if line.sound_at is None and has_sound else line.sound_at
    if pack_at is line.pack_at and sound_at is line.sound_at:
        return line
    return replace(line, pack_at=pack_at, sound_at=sound_at)


def _was_heard_since(state: ChannelState, started_at: float) -> bool:
    return state.observed_at is not None and state.observed_at >= started_at


def tick_by_hand(check: LineCheck, refs: Iterable[ChannelRef], actor: str, now: float) -> LineCheck:
    """A person says that these lines are good."""
    ticked = {ref: replace(check.line(ref), by_hand=HandTick(now, actor)) for ref in refs}
    return replace(check, lines={**check.lines, **ticked})


def untick(check: LineCheck, refs: Iterable[ChannelRef]) -> LineCheck:
    """Take back what was ticked by hand; what was seen stays seen."""
    taken = {ref: replace(check.line(ref), by_hand=None) for ref in refs if ref in check.lines}
    return replace(check, lines={**check.lines, **taken})


def count_good(check: LineCheck, states: Iterable[ChannelState]) -> tuple[int, int]:
    """How many of the lines of these channels are good, and how many there are."""
    checked = [check.line(state.ref).is_checked for state in states]
    return sum(checked), len(checked)


def last_tick(check: LineCheck) -> Sequence[ChannelRef]:
    """The lines that were ticked by hand last, all of one moment."""
    ticks = [(line.by_hand.at, ref) for ref, line in check.lines.items() if line.by_hand is not None]
    newest = max((at for at, _ in ticks), default=None)
    return [ref for at, ref in ticks if at == newest]


def shift_check(check: LineCheck, seconds: float) -> LineCheck:
    """The same where the clock was set forward by so much."""
    return replace(check, started_at=check.started_at + seconds)
