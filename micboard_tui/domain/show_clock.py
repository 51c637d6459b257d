"""The clock of a show in words: "ACT 1  0:37 to break  2:12 to end". Pure."""

import math
import re
from collections.abc import Sequence

from micboard_tui.domain.mic_plot import PlotScene
from micboard_tui.domain.show import ShowProgress, ShowState
from micboard_tui.domain.units import format_hours_minutes

_COUNTED_ACT = re.compile(r"\d+[a-z]?|[ivx]+", re.IGNORECASE)


def clock_parts(progress: ShowProgress, now: float) -> Sequence[str]:
    """What the clock says, the most important first. What is not known is left out."""
    if progress.state is ShowState.ENDED:
        return [f"{progress.show.name} ended"]
    to_end = progress.minutes_to_end(now)
    end = None if to_end is None else _format_due(to_end, "to end", "over")
    return [part for part in (_lead(progress, now), _next_part(progress, now), end) if part]


def format_clock(progress: ShowProgress, now: float) -> str:
    """All of it in one line."""
    return "  ".join(clock_parts(progress, now))


def format_scene(scene: PlotScene | None) -> str:
    """A scene by its number and name; empty: there is none."""
    return "" if scene is None else " ".join(filter(None, (scene.number, scene.name)))


def format_minutes(minutes: float) -> str:
    """A span that is left, as a clock writes it; the minute that has begun counts."""
    return format_hours_minutes(max(0, math.ceil(minutes - 1e-6)))


def _lead(progress: ShowProgress, now: float) -> str:
    if progress.state is ShowState.BREAK:
        left = progress.minutes_of_break_left(now)
        return "BREAK" if left is None else f"BREAK {_format_due(left, 'left', 'over')}"
    if progress.state is ShowState.PLANNED:
        to_start = progress.minutes_to_start(now)
        if to_start is None:
            return progress.show.name
        return (
            f"{progress.show.name} in {format_minutes(to_start)}" if to_start else f"{progress.show.name} due"
        )
    scene = progress.current_scene
    act = None if scene is None else scene.act
    lead = progress.show.name if act is None else act.upper() if _names_itself(act) else f"ACT {act}"
    return f"PAUSED {lead}" if progress.state is ShowState.PAUSED else lead


def _names_itself(act: str) -> bool:
    """Whether an act has a name: "Prologue", and not "2", "2a" or "IV"."""
    return _COUNTED_ACT.fullmatch(act) is None


def _next_part(progress: ShowProgress, now: float) -> str | None:
    if progress.state is ShowState.BREAK:
        return None
    to_break = progress.minutes_to_break(now)
    return None if to_break is None else _format_due(to_break, "to break", "over, break")


def _format_due(minutes: float, ahead: str, late: str) -> str:
    if minutes > 0:
        return f"{format_minutes(minutes)} {ahead}"
    return f"{format_hours_minutes(math.floor(-minutes + 1e-6))} {late}"
