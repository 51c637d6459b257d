"""A walk as Markdown and as CSV, compared with an earlier one. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.markdown_text import escape_markdown, table_head, table_row
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.spreadsheet_text import format_csv, protect_cell
from micboard_tui.domain.units import DASH
from micboard_tui.domain.walk_test import (
    FLOOR_DBM,
    GOOD_MARGIN_DB,
    LITTLE_MARGIN_DB,
    MIN_PLACE_S,
    WORSE_DB,
    Grade,
    LevelFigures,
    Walk,
    WalkResult,
    compare_p5,
    is_worse,
)

HEADS = (
    *("place", "channel", "grade", "margin dB", "drop-outs", "longest s", "double dips", "dips A", "dips B"),
    *("A min", "A P5", "A median", "B min", "B P5", "B median", "weak s", "seconds", "period s", "change dB"),
)


def report_cells(result: WalkResult, walk: Walk, earlier: Walk | None) -> tuple[str, ...]:
    """The values below ``HEADS``; empty where something is not known."""
    figures = result.figures
    change = compare_p5(result, walk, earlier)
    return (
        walk.place_name(result.place),
        result.title,
        grade_text(result),
        format_level(figures.margin_db),
        str(figures.drop_outs),
        f"{figures.longest_s:.1f}" if figures.drop_outs else "",
        str(figures.double_dips),
        str(figures.dips_a),
        str(figures.dips_b),
        *_level_cells(figures.a),
        *_level_cells(figures.b),
        f"{figures.weak_s:.1f}",
        f"{figures.seconds:.0f}",
        "" if figures.period_s is None else f"{figures.period_s:.2f}",
        "" if change is None else f"{change:+.0f}",
    )


def grade_text(result: WalkResult) -> str:
    """How it was at the place; where it has no grade, why."""
    if result.grade is not Grade.UNKNOWN:
        return result.grade.value
    return "too short" if result.figures.is_too_short else "no levels"


def format_level(level: float | None) -> str:
    """A level or a margin in whole dB; empty: unknown."""
    return "" if level is None else f"{level:.0f}"


def csv_report(walk: Walk, earlier: Walk | None = None) -> str:
    """One line for each place and channel, the worst first."""
    rows: list[Sequence[str]] = [HEADS]
    for result in walk.results:
        place, channel, *values = report_cells(result, walk, earlier)
        rows.append([protect_cell(visible(place)), protect_cell(visible(channel)), *values])
    return format_csv(rows)


def markdown_report(walk: Walk, earlier: Walk | None = None) -> str:
    """What was walked, how it was judged, and the figures, the worst first."""
    minutes = max(1, round((walk.ended_at - walk.started_at) / 60))
    begin = f"{format_minute(walk.started_at)}, {minutes} min"
    title = escape_markdown(walk.name) or "Walk test"
    margin = f"Margin: 5th percentile of the better antenna above {FLOOR_DBM:.0f} dBm"
    lines = [
        f"# {title}",
        "",
        f"{begin}, {escape_markdown(walk.actor)}. The worst place first.",
        "",
        f"{margin}; {GOOD_MARGIN_DB:.0f} dB is good, less than {LITTLE_MARGIN_DB:.0f} dB is bad.",
        f"Levels are in dBm. Less than {MIN_PLACE_S:.0f} s at a place is too short.",
    ]
    if earlier is not None:
        then = format_minute(earlier.started_at)
        lines += ["", f"Compared with {then}; {WORSE_DB:.0f} dB or more below is in bold."]
    lines += ["", *table_head(HEADS)]
    for result in walk.results:
        *cells, change = report_cells(result, walk, earlier)
        worse = is_worse(compare_p5(result, walk, earlier))
        lines.append(
            table_row(
                [*(escape_markdown(cell) or DASH for cell in cells), f"**{change}**" if worse else change]
            )
        )
    return "\n".join(lines) + "\n"


def _level_cells(figures: LevelFigures) -> tuple[str, str, str]:
    return format_level(figures.lowest), format_level(figures.p5), format_level(figures.middle)
