"""The texts of what is found in a mic plot. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.mic_plot import (
    HandOver,
    MicPlot,
    MicUse,
    PlotEntry,
    PlotFinding,
    PlotLevel,
    PlotProblem,
    find_plot_conflicts,
    hand_overs,
)
from micboard_tui.domain.units import format_count


def describe_finding(finding: PlotFinding) -> str:
    """What is to be known, in a short sentence without its scene: "from Ann to Bea, no scene between"."""
    entry = finding.entry
    if finding.problem is PlotProblem.PERFORMER_TWICE:
        return f"{entry.wearer} has another mic, too: this one counts as the backup"
    if finding.problem is PlotProblem.SPARE_PLANNED:
        return f"a spare is planned for {entry.wearer}"
    return describe_hand_over(finding.hand_over) if finding.hand_over else entry.wearer


def describe_hand_over(change: HandOver) -> str:
    """Who gives the mic to whom, and in what time."""
    before, after = wearers_of(change.before), wearers_of(change.after)
    if before == after:
        # Two people in one role: only their names tell them apart.
        before, after = _performers_of(change.before), _performers_of(change.after)
    people = f"from {before} to {after}"
    if change.is_over_interval:
        return f"{people}, over the interval"
    if change.scenes_between == 0:
        return f"{people}, no scene between"
    scenes = format_count(change.scenes_between, "scene")
    minutes = "" if change.minutes is None else f", {change.minutes:g} min"
    return f"{people}, {scenes}{minutes} between"


def wearers_of(use: MicUse) -> str:
    """All who have a mic in a scene."""
    return " and ".join(name_of(entry) for entry in use.entries)


def _performers_of(use: MicUse) -> str:
    return " and ".join(entry.performer or entry.character or "" for entry in use.entries)


def name_of(entry: PlotEntry) -> str:
    """The character, whom a show knows, or the performer."""
    return entry.character or entry.performer or ""


def summarize_plot(plot: MicPlot) -> str:
    """What a plot holds: "12 scenes, 18 mics, 41 hand-overs, 3 conflicts"."""
    conflicts = sum(finding.level is PlotLevel.CONFLICT for finding in find_plot_conflicts(plot))
    counts = (
        (len(plot.scenes), "scene"),
        (len(plot.mic_numbers), "mic"),
        (len(hand_overs(plot)), "hand-over"),
        (conflicts, "conflict"),
    )
    return ", ".join(format_count(count, noun) for count, noun in counts)


def list_mics(plot: MicPlot, scene: int) -> Sequence[str]:
    """Who has which mic in a scene: "7 Mercutio", by mic."""
    return [
        f"{use.entries[0].mic_number} {wearers_of(use)}"
        for _, uses in sorted(plot.uses_by_mic().items())
        for use in uses
        if use.scene == scene
    ]
