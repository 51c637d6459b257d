"""Shows and their mic plots as lines for people."""

from micboard_tui.domain.local_time import format_minute, format_time_of_day
from micboard_tui.domain.mic_plot import MicPlot, PlotFinding
from micboard_tui.domain.mic_plot_texts import describe_finding, name_of
from micboard_tui.domain.show import MINUTE_S, Show


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
