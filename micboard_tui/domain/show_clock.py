"""The clock of a show as text: "ACT 1  0:37 to break  2:12 to end". Pure."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.domain.mic_plot import PlotScene
from micboard_tui.domain.show import ShowProfile, ShowProgress, ShowState
from micboard_tui.domain.units import format_hours_minutes

_COUNTED_ACT = re.compile(r"\d+[a-z]?|[ivx]+", re.IGNORECASE)


class ClockPart(NamedTuple):
    text: str
    rank: int
    """Of several for which there is too little room, the one with the highest is left out first."""
    is_late: bool = False
    """Something is overdue."""


def clock_parts(progress: ShowProgress, now: float) -> Sequence[ClockPart]:
    """What the clock says, from left to right. What is not known is left out."""
    if progress.state is ShowState.ENDED:
        return [ClockPart(f"{progress.show.name} ended", 0)]
    is_counting = progress.state in (ShowState.RUNNING, ShowState.PAUSED)
    lead = _lead(progress, now)
    # Where it is on, what comes matters most; else what it waits for.
    parts = [lead._replace(rank=2) if is_counting else lead]
    to_break = None if progress.state is ShowState.BREAK else progress.minutes_to_break(now)
    if to_break is not None:
        parts.append(_due(to_break, "to break", "over, break", 0 if is_counting else 1))
    if (to_end := progress.minutes_to_end(now)) is not None:
        parts.append(_due(to_end, "to end", "over", 1 if is_counting else 2))
    return parts


def header_parts(progress: ShowProgress | None, profile: ShowProfile, now: float) -> Sequence[ClockPart]:
    """The clock, if a show is current, and the profile where it is another than that of a show.

    That it is a break the clock says itself.
    """
    parts = () if progress is None else clock_parts(progress, now)
    is_break = progress is not None and progress.state is ShowState.BREAK
    return parts if profile is ShowProfile.SHOW or is_break else [*parts, ClockPart(profile.value, 2)]


def format_clock(progress: ShowProgress, now: float) -> str:
    """All of it in one line."""
    return "  ".join(part.text for part in clock_parts(progress, now))


def format_clock_after_name(progress: ShowProgress, now: float) -> str:
    """The same behind a sentence that names the show; empty: it says no more than the name."""
    parts = (part.text for part in clock_parts(progress, now) if part.text != progress.show.name)
    return "".join(f"  {part}" for part in parts)


def format_scene(scene: PlotScene | None) -> str:
    """A scene by its number and name; empty: there is none."""
    return "" if scene is None else " ".join(filter(None, (scene.number, scene.name)))


def format_minutes(minutes: float) -> str:
    """A span that is left, as a clock writes it; the minute that has begun counts."""
    return format_hours_minutes(max(0, math.ceil(minutes - 1e-6)))


def _lead(progress: ShowProgress, now: float) -> ClockPart:
    name = progress.show.name
    if progress.state is ShowState.BREAK:
        left = progress.minutes_of_break_left(now)
        due = ClockPart("", 0) if left is None else _due(left, "left", "over", 0)
        return due._replace(text=f"BREAK {due.text}".rstrip())
    if progress.state is ShowState.PLANNED:
        to_start = progress.minutes_to_start(now)
        if to_start is None:
            return ClockPart(name, 0)
        return ClockPart(
            f"{name} in {format_minutes(to_start)}" if to_start else f"{name} due", 0, not to_start
        )
    scene = progress.current_scene
    act = None if scene is None else scene.act
    lead = name if act is None else act.upper() if _names_itself(act) else f"ACT {act}"
    return ClockPart(f"PAUSED {lead}" if progress.state is ShowState.PAUSED else lead, 0)


def _names_itself(act: str) -> bool:
    """Whether an act has a name: "Prologue", and not "2", "2a" or "IV"."""
    return _COUNTED_ACT.fullmatch(act) is None


def _due(minutes: float, ahead: str, late: str, rank: int) -> ClockPart:
    if minutes > 0:
        return ClockPart(f"{format_minutes(minutes)} {ahead}", rank)
    return ClockPart(f"{format_hours_minutes(math.floor(-minutes + 1e-6))} {late}", rank, is_late=True)
