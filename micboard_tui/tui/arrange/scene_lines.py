"""The scenes of a show as lines: where the show is, which mics change hands, and what cannot work. Pure.

``arrange_scenes`` takes long for a large plot; its caller keeps the result until the plot is another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micboard_tui.domain.mic_plot import (
    HandOver,
    MicPlot,
    PlotFinding,
    PlotLevel,
    find_plot_conflicts,
    hand_overs,
    mics_on_deck,
)
from micboard_tui.domain.mic_plot_texts import wearers_of


class SceneChange(NamedTuple):
    """A mic that another person has from this scene on."""

    text: str
    """ "14 Mercutio" """
    level: PlotLevel | None
    """What is found of it; None: nothing."""


@dataclass(frozen=True, slots=True)
class SceneLines:
    """What is shown of each scene, by its position in the plot."""

    plot: MicPlot = field(default_factory=MicPlot)
    changes: Mapping[int, Sequence[SceneChange]] = field(default_factory=dict)
    findings: Mapping[int, Sequence[PlotFinding]] = field(default_factory=dict)

    def find_next_finding(self, after: int, direction: int) -> int | None:
        """The next scene with a conflict or a warning, round the ends; None: there is none."""
        telling = sorted(
            scene
            for scene, findings in self.findings.items()
            if any(finding.level is not PlotLevel.INFO for finding in findings)
        )
        if not telling:
            return None
        if direction > 0:
            return next((scene for scene in telling if scene > after), telling[0])
        return next((scene for scene in reversed(telling) if scene < after), telling[-1])


def arrange_scenes(plot: MicPlot) -> SceneLines:
    findings: dict[int, list[PlotFinding]] = {}
    for finding in find_plot_conflicts(plot):
        findings.setdefault(finding.scene, []).append(finding)
    levels = {
        finding.hand_over: finding.level
        for found in findings.values()
        for finding in found
        if finding.hand_over
    }
    changes: dict[int, list[SceneChange]] = {}
    for change in hand_overs(plot):
        changes.setdefault(change.after.scene, []).append(_describe(change, levels.get(change)))
    return SceneLines(plot, changes, findings)


def list_on_deck(plot: MicPlot, scene: int | None) -> Sequence[str]:
    """The mics that are made ready now: "14 Mercutio 1.4"."""
    uses = mics_on_deck(plot, -1 if scene is None else scene)
    return [f"{use.entries[0].mic_number} {wearers_of(use)} {plot.scenes[use.scene].number}" for use in uses]


def _describe(change: HandOver, level: PlotLevel | None) -> SceneChange:
    return SceneChange(f"{change.mic_number} {wearers_of(change.after)}", level)
