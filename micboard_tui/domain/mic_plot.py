"""The mic plot of a show: who has which mic in which scene, who has it next, and what cannot work. Pure.

The rules and where they come from: docs/explanation/mic-plot.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.mic_number import MicNumberKey, mic_number_key
from micboard_tui.domain.safe_text import fold_name

QUICK_CHANGE_MIN = 3.0
"""A hand-over in fewer minutes is hardly done (docs/explanation/mic-plot.md)."""
ON_DECK_SCENES = 2
"""A mic that another person has within so many scenes is made ready now."""


class PlotLevel(StrEnum):
    """How much a finding matters, worst first."""

    CONFLICT = "conflict"
    WARNING = "warning"
    INFO = "info"


class PlotProblem(StrEnum):
    """What a finding is about."""

    NO_SCENE_BETWEEN = "no_scene_between"
    QUICK_CHANGE = "quick_change"
    OVER_INTERVAL = "over_interval"
    PERFORMER_TWICE = "performer_twice"
    """Two mics of one person in a scene, neither called a backup: the later one counts as one."""
    SPARE_PLANNED = "spare_planned"


PLOT_LEVELS: Mapping[PlotProblem, PlotLevel] = {
    PlotProblem.NO_SCENE_BETWEEN: PlotLevel.CONFLICT,
    PlotProblem.QUICK_CHANGE: PlotLevel.WARNING,
    PlotProblem.OVER_INTERVAL: PlotLevel.INFO,
    PlotProblem.PERFORMER_TWICE: PlotLevel.INFO,
    PlotProblem.SPARE_PLANNED: PlotLevel.WARNING,
}


class PlotScene(NamedTuple):
    """A scene, or a cue, in the order of the show."""

    number: str
    """As it is written: "3", "1.3", "12.5", "Prologue"."""
    act: str | None = None
    """None: it is not known; then no interval is assumed."""
    name: str | None = None
    page: str | None = None
    cue: str | None = None
    minutes: float | None = None
    """How long it is planned to take; None: it is not known."""


class PlotEntry(NamedTuple):
    """A mic that a person has in a scene. At least one of ``performer`` and ``character`` is known."""

    scene: int
    """The position of the scene in the plot, from 0."""
    mic_number: str
    performer: str | None = None
    character: str | None = None
    role: Role = Role.PRIMARY
    note: str | None = None
    pack: str | None = None
    """The pack that is planned for the mic; None: any."""

    @property
    def wearer(self) -> str:
        """Who has the mic: the performer, or the character where the performer is not known."""
        return self.performer or self.character or ""

    @property
    def wearer_key(self) -> str:
        """Two entries of the same key have the same wearer."""
        return fold_name(self.wearer)


class MicUse(NamedTuple):
    """All people who have a mic in a scene."""

    scene: int
    entries: tuple[PlotEntry, ...]

    @property
    def wearers(self) -> frozenset[str]:
        return frozenset(entry.wearer_key for entry in self.entries)


class HandOver(NamedTuple):
    """A mic goes to a person who did not have it when it was used last."""

    before: MicUse
    after: MicUse
    is_over_interval: bool
    minutes: float | None
    """Planned for the scenes between; None: that of one is not known. The interval itself does not count."""

    @property
    def mic_number(self) -> str:
        return self.after.entries[0].mic_number

    @property
    def scenes_between(self) -> int:
        return self.after.scene - self.before.scene - 1


class PlotFinding(NamedTuple):
    """What is to be known of a plot before the show."""

    problem: PlotProblem
    scene: int
    """Where it shows: for a hand-over, the scene of the next user."""
    entry: PlotEntry
    """What is in the way, or the first of several."""
    hand_over: HandOver | None = None

    @property
    def level(self) -> PlotLevel:
        return PLOT_LEVELS[self.problem]


@dataclass(frozen=True, slots=True)
class MicPlot:
    """Scenes in the order of the show, and who has which mic in them, in the order of the source."""

    scenes: tuple[PlotScene, ...] = ()
    entries: tuple[PlotEntry, ...] = ()

    @property
    def mic_numbers(self) -> Sequence[str]:
        """All mics in their natural order, each as it is written first."""
        return [uses[0].entries[0].mic_number for _, uses in sorted(self.uses_by_mic().items())]

    def uses_by_mic(self) -> Mapping[MicNumberKey, Sequence[MicUse]]:
        """The scenes of each mic in which it is used, in the order of the show."""
        grouped: dict[MicNumberKey, dict[int, list[PlotEntry]]] = {}
        for entry in self.entries:
            scenes = grouped.setdefault(mic_number_key(entry.mic_number), {})
            scenes.setdefault(entry.scene, []).append(entry)
        return {
            key: [MicUse(scene, tuple(entries)) for scene, entries in sorted(scenes.items())]
            for key, scenes in grouped.items()
        }


def next_user(plot: MicPlot, mic_number: str, scene: int) -> MicUse | None:
    """The first later scene in which another person has the mic; None: no other has it any more.

    Where it rests in ``scene``, its last user still has it. Before its first scene, its first user is next.
    """
    return _next_use(plot.uses_by_mic().get(mic_number_key(mic_number), ()), scene)


def next_users(plot: MicPlot, scene: int) -> Mapping[MicNumberKey, MicUse]:
    """The same of all mics that go to another person after ``scene``; -1: before the first."""
    found = ((key, _next_use(uses, scene)) for key, uses in plot.uses_by_mic().items())
    return {key: use for key, use in found if use is not None}


def mics_on_deck(plot: MicPlot, scene: int) -> Sequence[MicUse]:
    """Mics whose next user begins within ``ON_DECK_SCENES``: by scene, then by mic."""
    last = scene + ON_DECK_SCENES
    soon = [(use.scene, key, use) for key, use in next_users(plot, scene).items() if use.scene <= last]
    return [use for _, _, use in sorted(soon, key=lambda entry: entry[:2])]


def hand_overs(plot: MicPlot) -> Sequence[HandOver]:
    """Every hand-over of the show: by scene, then by mic."""
    changes: list[HandOver] = []
    for _, uses in sorted(plot.uses_by_mic().items()):
        changes += [
            _hand_over(plot.scenes, before, after)
            for before, after in pairwise(uses)
            if after.wearers - before.wearers
        ]
    return sorted(changes, key=lambda change: change.after.scene)


def find_plot_conflicts(plot: MicPlot) -> Sequence[PlotFinding]:
    """All that cannot work, may not work, or should be known: by scene, then worst first."""
    findings = [*_hand_over_findings(plot), *_performers_twice(plot), *_planned_spares(plot)]
    levels = list(PlotLevel)
    return sorted(findings, key=lambda finding: (finding.scene, levels.index(finding.level)))


def _next_use(uses: Sequence[MicUse], scene: int) -> MicUse | None:
    wearers: frozenset[str] = frozenset()
    for use in uses:
        if use.scene <= scene:
            wearers = use.wearers
        elif use.wearers - wearers:
            return use
    return None


def _hand_over(scenes: Sequence[PlotScene], before: MicUse, after: MicUse) -> HandOver:
    between = scenes[before.scene + 1 : after.scene]
    known = [scene.minutes for scene in between if scene.minutes is not None]
    return HandOver(
        before,
        after,
        _is_interval_between(scenes[before.scene].act, scenes[after.scene].act),
        sum(known) if len(known) == len(between) else None,
    )


def _is_interval_between(act: str | None, later: str | None) -> bool:
    """Unknown acts promise no interval."""
    return act is not None and later is not None and fold_name(act) != fold_name(later)


def _hand_over_findings(plot: MicPlot) -> Iterator[PlotFinding]:
    for change in hand_overs(plot):
        if (problem := _problem_of(change)) is not None:
            yield PlotFinding(problem, change.after.scene, _newcomer(change), change)


def _problem_of(change: HandOver) -> PlotProblem | None:
    if change.is_over_interval:
        return PlotProblem.OVER_INTERVAL if change.scenes_between == 0 else None
    if change.scenes_between == 0:
        return PlotProblem.NO_SCENE_BETWEEN
    is_quick = change.minutes is not None and change.minutes < QUICK_CHANGE_MIN
    return PlotProblem.QUICK_CHANGE if is_quick else None


def _newcomer(change: HandOver) -> PlotEntry:
    had_it = change.before.wearers
    return next(entry for entry in change.after.entries if entry.wearer_key not in had_it)


def _performers_twice(plot: MicPlot) -> Iterator[PlotFinding]:
    first_mics: dict[tuple[int, str], MicNumberKey] = {}
    for entry in plot.entries:
        if entry.role is not Role.PRIMARY:
            continue
        mic = mic_number_key(entry.mic_number)
        if first_mics.setdefault((entry.scene, entry.wearer_key), mic) != mic:
            yield PlotFinding(PlotProblem.PERFORMER_TWICE, entry.scene, entry)


def _planned_spares(plot: MicPlot) -> Iterator[PlotFinding]:
    for entry in plot.entries:
        if entry.role is Role.SPARE:
            yield PlotFinding(PlotProblem.SPARE_PLANNED, entry.scene, entry)
