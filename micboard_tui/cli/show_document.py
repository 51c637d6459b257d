"""Shows, their progress and their mic plots for programs, and as lines for people."""

from collections.abc import Sequence

from micboard_tui.cli.devices_document import format_timestamp
from micboard_tui.domain.local_time import format_minute, format_time_of_day
from micboard_tui.domain.mic_plot import (
    MicPlot,
    MicUse,
    PlotFinding,
    PlotScene,
    find_plot_conflicts,
    hand_overs,
    mics_on_deck,
)
from micboard_tui.domain.mic_plot_texts import describe_finding, describe_hand_over, name_of
from micboard_tui.domain.show import MINUTE_S, Show, ShowProgress
from micboard_tui.domain.units import round_minutes


def show_entry(show: Show) -> dict[str, object]:
    """A plan without its plot."""
    return {
        "name": show.name,
        "planned_start": format_timestamp(show.planned_start),
        "breaks": [{"at_min": planned.at_min, "minutes": planned.minutes} for planned in show.breaks],
        "end_min": show.end_min,
        "scenes": len(show.plot.scenes),
        "mics": len(show.plot.mic_numbers),
    }


def progress_entry(progress: ShowProgress, now: float) -> dict[str, object]:
    """Where a show is. What is not known is null."""
    plot, scene = progress.show.plot, progress.scene
    after = -1 if scene is None else scene
    return {
        "show": show_entry(progress.show),
        "state": progress.state.value,
        "profile": progress.profile.value,
        "started_at": format_timestamp(progress.started_at),
        "ended_at": format_timestamp(progress.ended_at),
        "extended_min": progress.extended_min,
        "minutes_to_start": round_minutes(progress.minutes_to_start(now)),
        "minutes_of_break_left": round_minutes(progress.minutes_of_break_left(now)),
        "minutes_to_break": round_minutes(progress.minutes_to_break(now)),
        "minutes_to_end": round_minutes(progress.minutes_to_end(now)),
        "next_break_at": format_timestamp(progress.next_break_at(now)),
        "end_at": format_timestamp(progress.end_at(now)),
        "scene": None if scene is None else scene_entry(plot.scenes[scene]),
        "scene_minutes": round_minutes(progress.scene_minutes(now)),
        "next_scene": scene_entry(plot.scenes[after + 1]) if after + 1 < len(plot.scenes) else None,
        "on_deck": [use_entry(plot, use) for use in mics_on_deck(plot, after)],
    }


def scene_entry(scene: PlotScene) -> dict[str, object]:
    return dict(scene._asdict())


def use_entry(plot: MicPlot, use: MicUse) -> dict[str, object]:
    """Who has a mic in a scene."""
    return {
        "scene": plot.scenes[use.scene].number,
        "act": plot.scenes[use.scene].act,
        "mic": use.entries[0].mic_number,
        "people": [
            {
                "performer": entry.performer,
                "character": entry.character,
                "role": entry.role.value,
                "note": entry.note,
                "pack": entry.pack,
            }
            for entry in use.entries
        ],
    }


def plot_entry(plot: MicPlot) -> dict[str, object]:
    """Scenes, who has which mic in them, and who hands which over."""
    return {
        "scenes": [scene_entry(scene) for scene in plot.scenes],
        "uses": [use_entry(plot, use) for uses in plot.uses_by_mic().values() for use in uses],
        "hand_overs": [
            {
                "mic": change.mic_number,
                "scene": plot.scenes[change.after.scene].number,
                "act": plot.scenes[change.after.scene].act,
                "text": describe_hand_over(change),
            }
            for change in hand_overs(plot)
        ],
    }


def findings_of(plot: MicPlot) -> Sequence[dict[str, object]]:
    return [
        {
            "level": finding.level.value,
            "problem": finding.problem.value,
            "scene": plot.scenes[finding.scene].number,
            "act": plot.scenes[finding.scene].act,
            "mic": finding.entry.mic_number,
            "text": describe_finding(finding),
        }
        for finding in find_plot_conflicts(plot)
    ]


def finding_cells(plot: MicPlot, finding: PlotFinding) -> tuple[str, ...]:
    scene = plot.scenes[finding.scene]
    return (
        finding.level.value,
        scene.act or "",
        scene.number,
        finding.entry.mic_number,
        describe_finding(finding),
    )


def format_start(show: Show) -> str:
    """When it starts, in local time; empty: it is not known."""
    return "" if show.planned_start is None else format_minute(show.planned_start)


def describe_plan(show: Show) -> str:
    """In one line: "Romeo, start 2026-05-01 20:00, 21:15+20, end 22:50"."""
    start = format_start(show)
    return ", ".join(filter(None, (show.name, start and f"start {start}", format_plan(show))))


def format_plan(show: Show) -> str:
    """Breaks and end in minutes from the start: "75+20, end 170"; as times where the start is known."""
    begin = show.planned_start

    def format_at(minutes: float) -> str:
        if begin is None:
            return f"{minutes:g}"
        return format_time_of_day(begin + minutes * MINUTE_S)

    parts = [f"{format_at(planned.at_min)}+{planned.minutes:g}" for planned in show.breaks]
    return ", ".join([*parts, *([] if show.end_min is None else [f"end {format_at(show.end_min)}"])])


def scene_people(plot: MicPlot, scene: int) -> dict[str, str]:
    """Who has which mic in a scene, by mic as it is written."""
    people: dict[str, list[str]] = {}
    for entry in plot.entries:
        if entry.scene == scene:
            people.setdefault(entry.mic_number, []).append(name_of(entry))
    return {mic: " + ".join(names) for mic, names in people.items()}
