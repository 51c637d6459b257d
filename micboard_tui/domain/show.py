"""A show as it is planned, and where it is at the moment: its clock, its breaks and its scenes. Pure.

The clock counts minutes of the plan. A pause stops it, an extension sets it back, and after a planned break
it goes on at the planned end of that break, however long the break was: what follows keeps its length. So the
time of the next break and of the end follows from the plan and from what happened, and is asked for with the
moment. ``show_changes.py`` has what moves it on; docs/explanation/show.md says why it is so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.identity import ShowId
from micboard_tui.domain.mic_plot import MicPlot, PlotScene
from micboard_tui.domain.safe_text import fold_name

MINUTE_S = 60.0


class ShowState(StrEnum):
    PLANNED = "planned"
    """It has not begun."""
    RUNNING = "running"
    PAUSED = "paused"
    """Something stopped it; the clock stands."""
    BREAK = "break"
    ENDED = "ended"


NOT_ON = frozenset({ShowState.PLANNED, ShowState.ENDED})
"""States in which another show may be chosen."""


class ShowProfile(StrEnum):
    """What matters at the moment; thresholds and alarms follow it."""

    SOUNDCHECK = "soundcheck"
    SHOW = "show"
    BREAK = "break"
    TEARDOWN = "teardown"


PROFILES = {
    ShowState.PLANNED: ShowProfile.SOUNDCHECK,
    ShowState.RUNNING: ShowProfile.SHOW,
    ShowState.PAUSED: ShowProfile.SHOW,
    ShowState.BREAK: ShowProfile.BREAK,
    ShowState.ENDED: ShowProfile.TEARDOWN,
}


class ShowBreak(NamedTuple):
    """A planned break."""

    at_min: float
    """Minutes from the start of the show, breaks before it included."""
    minutes: float

    @property
    def end_min(self) -> float:
        return self.at_min + self.minutes


@dataclass(frozen=True, slots=True)
class Show:
    """The plan. Nothing in it moves while the show is on."""

    name: str
    planned_start: float | None = None
    """Seconds since the epoch; None: it is not known."""
    breaks: tuple[ShowBreak, ...] = ()
    """In their order, none within another."""
    end_min: float | None = None
    """Minutes from the start, breaks included; None: it is not known."""
    plot: MicPlot = field(default_factory=MicPlot)


@dataclass(frozen=True, slots=True)
class ShowRecord:
    """A show as it is kept; its name may change."""

    id: ShowId
    show: Show


class SceneStep(NamedTuple):
    """What a change of the scene left, so that it can be taken back."""

    scene: int | None
    scene_started_at: float | None
    left_at: float


@dataclass(frozen=True, slots=True)
class ShowProgress:
    """Where the show is. All moments are seconds since the epoch, all spans minutes."""

    show: Show
    state: ShowState = ShowState.PLANNED
    started_at: float | None = None
    ended_at: float | None = None
    position_min: float = 0.0
    """Where the plan was at ``position_at``. While the show is running it has moved on since then."""
    position_at: float | None = None
    """None: it has not begun."""
    breaks_taken: int = 0
    """So many of the planned breaks have begun."""
    is_break_planned: bool = False
    """The break of now is the planned one that began last."""
    break_extended_min: float = 0.0
    extended_min: float = 0.0
    """All extensions together."""
    scene: int | None = None
    """The position of the current scene in the plot; None: none has begun."""
    scene_started_at: float | None = None
    left: SceneStep | None = None

    @property
    def profile(self) -> ShowProfile:
        return PROFILES[self.state]

    @property
    def current_scene(self) -> PlotScene | None:
        return None if self.scene is None else self.show.plot.scenes[self.scene]

    @property
    def next_break(self) -> ShowBreak | None:
        """The next one that has not begun; None: no other is planned."""
        breaks = self.show.breaks
        return breaks[self.breaks_taken] if self.breaks_taken < len(breaks) else None

    def minutes_to_start(self, now: float) -> float | None:
        """0 when it is due or has begun; None: it is not known."""
        if self.state is not ShowState.PLANNED:
            return 0.0
        start = self.show.planned_start
        return None if start is None else max(0.0, start - now) / MINUTE_S

    def minutes_of_break_left(self, now: float) -> float | None:
        """Below 0 when it lasts longer than planned; None: no break is on, or it was not planned."""
        if self.state is not ShowState.BREAK or not self.is_break_planned:
            return None
        planned_min = self.show.breaks[self.breaks_taken - 1].minutes + self.break_extended_min
        return planned_min - _minutes_since(self.position_at, now)

    def minutes_to_break(self, now: float) -> float | None:
        """To the next break, a break of now not counted. Below 0: it is overdue. None: none, or not known."""
        return None if self.next_break is None else self._minutes_to(self.next_break.at_min, now)

    def minutes_to_end(self, now: float) -> float | None:
        """Below 0: it is overdue. None: it is not known, or the show has ended."""
        if self.show.end_min is None:
            return None
        coming, to_break = self.next_break, self.minutes_to_break(now)
        if coming is None or to_break is None:
            return self._minutes_to(self.show.end_min, now)
        return max(0.0, to_break) + self.show.end_min - coming.at_min

    def next_break_at(self, now: float) -> float | None:
        """The moment of the next break, as it looks at ``now``; the past: it is overdue."""
        return _moment_in(self.minutes_to_break(now), now)

    def end_at(self, now: float) -> float | None:
        """The moment of the end, as it looks at ``now``."""
        return _moment_in(self.minutes_to_end(now), now)

    def scene_minutes(self, now: float) -> float | None:
        """How long the current scene has been on; None: there is none."""
        return None if self.scene_started_at is None else _minutes_since(self.scene_started_at, now)

    def position_of_plan(self, now: float) -> float:
        """Minutes of the plan that are over. In a planned break: where it goes on after it."""
        if self.state is ShowState.RUNNING:
            return self.position_min + _minutes_since(self.position_at, now)
        return self.position_min

    def _minutes_to(self, plan_min: float, now: float) -> float | None:
        """To a minute of the plan before which no other break comes."""
        if self.state is ShowState.ENDED or (to_start := self.minutes_to_start(now)) is None:
            return None
        break_left = max(0.0, self.minutes_of_break_left(now) or 0.0)
        return to_start + break_left + plan_min - self.position_of_plan(now)


def find_scenes(progress: ShowProgress, text: str) -> Sequence[int]:
    """The positions of the scenes that ``text`` may mean, the likeliest first.

    A number counts before a cue, that before a whole name, and that before how a name begins. Where acts
    count their scenes anew, those of the current act come first, then those ahead.
    """
    wanted = fold_name(text)
    scenes = progress.show.plot.scenes
    if not wanted:
        return []
    here = -1 if progress.scene is None else progress.scene
    act = None if progress.current_scene is None else progress.current_scene.act
    ways: tuple[Callable[[PlotScene], bool], ...] = (
        lambda scene: fold_name(scene.number) == wanted,
        lambda scene: scene.cue is not None and fold_name(scene.cue) == wanted,
        lambda scene: scene.name is not None and fold_name(scene.name) == wanted,
        lambda scene: scene.name is not None and fold_name(scene.name).startswith(wanted),
    )
    for is_meant in ways:
        if found := [position for position, scene in enumerate(scenes) if is_meant(scene)]:
            return sorted(found, key=lambda position: (scenes[position].act != act, position <= here))
    return []


def find_scene_again(plot: MicPlot, position: int, scene: PlotScene) -> int | None:
    """Where a scene is in a plot that may have been replaced: by act and number. None: it is not there."""
    scenes = plot.scenes
    if position < len(scenes) and _scene_key(scenes[position]) == _scene_key(scene):
        return position
    return next((i for i, other in enumerate(scenes) if _scene_key(other) == _scene_key(scene)), None)


def _scene_key(scene: PlotScene) -> tuple[str, str]:
    return fold_name(scene.act or ""), fold_name(scene.number)


def _minutes_since(moment: float | None, now: float) -> float:
    """A clock that is set back takes nothing away."""
    return 0.0 if moment is None else max(0.0, now - moment) / MINUTE_S


def _moment_in(minutes: float | None, now: float) -> float | None:
    return None if minutes is None else now + minutes * MINUTE_S
