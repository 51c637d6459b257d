"""Shows, their progress and their mic plots as JSON."""

from micboard_tui.contracts.documents.json_value import Json, JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.show import PlotPreview
from micboard_tui.domain.mic_plot import (
    MicPlot,
    MicUse,
    PlotScene,
    find_plot_conflicts,
    hand_overs,
    mics_on_deck,
)
from micboard_tui.domain.mic_plot_texts import describe_finding, describe_hand_over, summarize_plot
from micboard_tui.domain.show import Show, ShowProgress
from micboard_tui.domain.units import round_minutes


def show_entry(show: Show) -> JsonObject:
    """A plan without its plot."""
    return {
        "name": show.name,
        "planned_start": format_timestamp(show.planned_start),
        "breaks": [{"at_min": planned.at_min, "minutes": planned.minutes} for planned in show.breaks],
        "end_min": show.end_min,
        "scenes": len(show.plot.scenes),
        "mics": len(show.plot.mic_numbers),
    }


def listed_show_entry(show: Show, current: str | None) -> JsonObject:
    """The same in a list of shows; ``current``: the name of the current show."""
    return {**show_entry(show), "is_current": show.name == current}


def progress_entry(progress: ShowProgress, now: float) -> JsonObject:
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


def scene_entry(scene: PlotScene) -> JsonObject:
    """A scene of a plot."""
    return scene._asdict()


def use_entry(plot: MicPlot, use: MicUse) -> JsonObject:
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


def plot_entry(plot: MicPlot) -> JsonObject:
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


def finding_entries(plot: MicPlot) -> list[Json]:
    """What contradicts itself in a plot, or is missing from it."""
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


def plot_preview_entry(preview: PlotPreview) -> JsonObject:
    """What was understood of a file, and what was not."""
    table = preview.table
    return {
        "show": preview.name,
        "is_new": preview.is_new,
        "is_same": preview.is_same,
        "summary": summarize_plot(table.plot),
        "scenes": len(table.plot.scenes),
        "mics": list(table.plot.mic_numbers),
        "form": table.form and table.form.value,
        "has_marks": table.has_marks,
        "are_mics_counted": table.are_mics_counted,
        "unknown_mics": list(preview.unknown_mics),
        "ignored": list(table.ignored),
        "mistakes": [mistake._asdict() for mistake in table.mistakes],
        "findings": finding_entries(table.plot),
    }
