"""A recap as Markdown and as CSV. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from micboard_tui.domain.event import Event
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.local_time import (
    format_minute,
    format_second_of_day,
    format_time_of_day,
    local_time_of,
)
from micboard_tui.domain.markdown_text import escape_markdown, table_head, table_row
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_alarms import STANDING_S, AlarmRecap
from micboard_tui.domain.recap_channel import ChannelRecap, ChargeFigures, RfFigures
from micboard_tui.domain.recap_difference import RecapComparison
from micboard_tui.domain.recap_findings import list_findings
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.spreadsheet_text import format_csv, protect_cell
from micboard_tui.domain.units import DASH, format_count, format_span

NO_FINDINGS = "Nothing stands out."
NOTHING_RECORDED = "Nothing was recorded in this span, so there are no figures."
CauseTitle = Callable[[ProblemCode], str]
"""What a cause is called."""
CHANNEL_HEADS = (
    *("mic", "name", "channel", "on air", "A min", "A P5", "B min", "B P5", "RF"),
    *(
        "margin",
        "drop-outs",
        "outage",
        "clips",
        "battery",
        "used",
        "pack changes",
        "swaps to a spare",
        "alarms",
    ),
)
ALARM_HEADS = ("time", "priority", "what", "about", "lasted", "seen after", "by", "note")
DIFFERENCE_HEADS = ("verdict", "about", "figure", "earlier", "now")
DEVICE_HEADS = ("device", "disconnections", "away", "why")


def channel_cells(channel: ChannelRecap) -> tuple[str, ...]:
    """The values below ``CHANNEL_HEADS``; empty where something is not known."""
    title, charge = channel.title, channel.charge
    return (
        title.mic_number or "",
        title.name,
        title.label,
        format_span(channel.on_air_s) if channel.measured_s else "",
        *_rf_cells(channel.rf_a),
        *_rf_cells(channel.rf_b),
        rf_unit(channel),
        _format_level(channel.margin_db),
        "" if channel.drop_outs is None else str(channel.drop_outs),
        "" if channel.outage_s is None else format_span(channel.outage_s),
        "" if channel.clips is None else str(channel.clips),
        "" if charge is None else format_charges(charge),
        "" if charge is None else format_used(charge),
        "" if charge is None else str(charge.changes),
        str(channel.swaps),
        str(channel.alarms),
    )


def alarm_cells(alarm: AlarmRecap, recap: Recap, title_of: CauseTitle) -> tuple[str, ...]:
    """The values below ``ALARM_HEADS``."""
    end = recap.end if alarm.cleared_at is None else alarm.cleared_at
    lasted = format_span(max(0.0, end - alarm.raised_at))
    return (
        format_second_of_day(alarm.raised_at),
        f"P{alarm.priority.value}",
        title_of(alarm.key.cause),
        alarm.subject,
        f"{lasted}, still open" if alarm.cleared_at is None else lasted,
        "" if alarm.reaction_s is None else format_span(alarm.reaction_s),
        alarm.seen_by or "",
        alarm.note,
    )


def list_figures(recap: Recap, title_of: CauseTitle) -> Iterator[tuple[str, str]]:
    """The figures of the alarms, with what they are."""
    figures = recap.figures
    if not (recap.is_recorded or figures.count):
        # No alarm is not known to be none.
        yield "alarms", DASH
        return
    yield "alarms", str(figures.count)
    yield "in 10 minutes", f"{figures.per_ten_minutes:.1f}, at most {figures.most_in_ten_minutes}"
    if figures.causes:
        causes = (f"{title_of(cause)} {count}" for cause, count in figures.causes)
        yield "most frequent", ", ".join(causes)
    yield "chattering", str(figures.chattering)
    reaction = figures.median_reaction_s
    yield "median time until seen", DASH if reaction is None else format_span(reaction)
    yield "never seen", str(figures.unseen)
    yield f"open for more than {STANDING_S / 60:.0f} min", str(figures.standing)


def why_no_findings(recap: Recap) -> str:
    """Where there is nothing to change: because all went well, or because nothing is known."""
    return NO_FINDINGS if recap.is_recorded else NOTHING_RECORDED


def headline(recap: Recap) -> str:
    """The show, or the span."""
    return recap.show or "Recap"


def span_line(recap: Recap) -> str:
    """From when to when."""
    is_one_day = local_time_of(recap.start).date() == local_time_of(recap.end).date()
    until = format_time_of_day(recap.end) if is_one_day else format_minute(recap.end)
    return f"{format_minute(recap.start)} to {until}, {format_span(recap.end - recap.start)}"


def markdown_report(recap: Recap, title_of: CauseTitle) -> str:
    """All of it, for a person."""
    lines = [f"# {escape_markdown(headline(recap))}", "", span_line(recap)]
    lines += ["", "## What to change", ""]
    findings = [f"{finding.text}. {finding.action}." for finding in list_findings(recap)]
    lines += [f"{number}. {escape_markdown(text)}" for number, text in enumerate(findings, 1)] or [
        why_no_findings(recap)
    ]
    if recap.comparison is not None:
        title = compared_with(recap.comparison)
        rows = list_differences(recap.comparison)
        lines += _section(
            escape_markdown(title), DIFFERENCE_HEADS, rows, none=no_difference(recap.comparison)
        )
    lines += _section("Channels", CHANNEL_HEADS, map(channel_cells, recap.channels))
    lines += _section("Alarms in figures", ("figure", "value"), list_figures(recap, title_of))
    alarms = (alarm_cells(alarm, recap, title_of) for alarm in recap.alarms)
    lines += _section("Alarms", ALARM_HEADS, alarms)
    lines += _section("Disconnections", DEVICE_HEADS, list_devices(recap))
    lines += _section("Markers and notes", ("time", "what", "about", "who"), list_markers(recap))
    lines += ["", "## Not measured", ""]
    lines += [f"- {escape_markdown(gap)}" for gap in recap.not_measured] or ["Everything was measured."]
    return "\n".join(lines) + "\n"


def csv_report(recap: Recap) -> str:
    """One line for each channel."""
    rows: list[Sequence[str]] = [CHANNEL_HEADS]
    for channel in recap.channels:
        mic, name, label, *values = channel_cells(channel)
        rows.append([*(protect_cell(visible(text)) for text in (mic, name, label)), *values])
    return format_csv(rows)


def list_devices(recap: Recap) -> Iterator[tuple[str, ...]]:
    """The values below ``DEVICE_HEADS``."""
    for device in recap.devices:
        reasons = "; ".join(device.reasons)
        yield device.title, str(device.disconnections), format_span(device.away_s), reasons


def list_markers(recap: Recap) -> Iterator[tuple[str, ...]]:
    """Time, what, about what, who; hand-over notes last."""
    yield from map(marker_cells, recap.markers)
    yield from map(note_cells, recap.handover)


def marker_cells(event: Event) -> tuple[str, ...]:
    return format_second_of_day(event.at), event.text, event.subject or "", event.actor or ""


def note_cells(note: HandoverNote) -> tuple[str, ...]:
    return format_second_of_day(note.at), " / ".join(note.text.splitlines()), "the next shift", note.actor


def compared_with(comparison: RecapComparison) -> str:
    """With which show, or which span, and of how many channels."""
    name = "" if comparison.show is None else f"{comparison.show}, "
    span = f"{format_minute(comparison.start)} to {format_time_of_day(comparison.end)}"
    return f"Compared with {name}{span}, {format_count(comparison.channels, 'channel')}"


def no_difference(comparison: RecapComparison) -> str:
    """What stands in place of differences where there are none."""
    if comparison.channels or comparison.differences:
        return "Nothing became better or worse."
    return "No channel was on air for ten minutes both times."


def list_differences(comparison: RecapComparison) -> Iterator[tuple[str, ...]]:
    """The values below ``DIFFERENCE_HEADS``."""
    for difference in comparison.differences:
        subject = difference.subject or "the show"
        yield difference.verdict.value, subject, difference.figure, difference.earlier, difference.now


def format_charges(charge: ChargeFigures) -> str:
    """The first and the last charge."""
    if charge.is_percent:
        return f"{charge.first} to {charge.last} %"
    return f"{charge.first} to {charge.last} of 5 bars"


def format_used(charge: ChargeFigures) -> str:
    """All that was used."""
    return f"{charge.used} {'%' if charge.is_percent else 'bars'}"


def rf_unit(channel: ChannelRecap) -> str:
    """The unit of the levels of the antennas; empty: there are none."""
    if not channel.has_rf:
        return ""
    return "dBm" if channel.is_dbm else "%"


def _rf_cells(figures: RfFigures) -> tuple[str, str]:
    return _format_level(figures.lowest), _format_level(figures.p5)


def _format_level(level: float | None) -> str:
    return "" if level is None else f"{level:.0f}"


def _section(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], none: str = "None."
) -> Sequence[str]:
    body = [table_row([escape_markdown(cell) or DASH for cell in cells]) for cells in rows]
    if not body:
        return ["", f"## {title}", "", none]
    return ["", f"## {title}", "", *table_head(heads), *body]
