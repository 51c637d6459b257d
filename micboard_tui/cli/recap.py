"""``recap``: what became of a show."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.file_arguments import Replace
from micboard_tui.cli.time_options import MOMENT_HELP

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.domain.problem import ProblemCode
    from micboard_tui.domain.recap import ChannelRecap, Recap
    from micboard_tui.domain.show import ShowProgress

WITHOUT_SHOW_S = 3 * 3600.0
COLUMN_S = 10.0
"""Of the recording, so long that a show of some hours is given whole."""


class Format(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def recap(
    since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help=f"{MOMENT_HELP} Left out: the start of the current show, else 3h."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="The end, written as --since. Left out: the end of the show, or now."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What is written.")] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="Write it there, and not here."),
    ] = None,
    yes: Replace = False,
) -> None:
    """Print what became of a show, and what was not measured.

    Times on air are as exact as the recording: seconds for an hour, 10 s for a day, then minutes.

    micboard-tui recap

    micboard-tui recap --since 19:30 --until 22:10 --format markdown

    micboard-tui recap --format html -o tonight.html
    """
    import time

    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.output import check_free, print_line, print_text, write_file
    from micboard_tui.cli.time_options import parse_moment

    now = time.time()
    first = None if since is None else parse_moment(since, now)
    last = None if until is None else parse_moment(until, now)
    if first is not None and (now if last is None else last) <= first:
        raise typer.BadParameter("The end has to be after the start")
    if output is not None and not yes:
        check_free(output)

    async def make(services: "Container") -> "Recap":
        return await _make_recap(services, first, last, now)

    made = run_with_services(make)
    if output is None and form is Format.TEXT:
        _print_recap(made)
        return
    text = write_recap(made, form)
    if output is None:
        print_text(text)
        return
    write_file(output, text.encode())
    print_line(f"Wrote the recap to {output}.")


async def _make_recap(services: "Container", since: float | None, until: float | None, now: float) -> "Recap":
    from micboard_tui.cli.context import data_of
    from micboard_tui.contracts.events import EventQuery
    from micboard_tui.contracts.result import Failure
    from micboard_tui.domain.event import MAX_EVENTS_KEPT
    from micboard_tui.domain.identity import channel_label
    from micboard_tui.domain.recap import ChannelTitle, RecapSource, make_recap
    from micboard_tui.domain.recording.recorded_span import MAX_COLUMNS

    progress = data_of(await services.shows.get_progress())
    start, end, name = _choose_span(progress, since, until, now)
    devices = data_of(await services.devices.list_devices())
    titles = [
        ChannelTitle(
            channel.ref,
            channel_label(device.title, channel.number),
            channel.mic_number,
            channel.display_name or "",
        )
        for device in devices
        for channel in device.channels
    ]
    columns = min(MAX_COLUMNS, max(1, round((end - start) / COLUMN_S)))
    spans = await services.recorder.summaries([title.ref for title in titles], start, end, columns)
    return make_recap(
        RecapSource(
            start,
            end,
            titles,
            {device.device.id: device.title for device in devices},
            {} if isinstance(spans, Failure) else spans.data,
            data_of(await services.events.list_events(EventQuery(start, end, limit=MAX_EVENTS_KEPT))),
            name,
            data_of(await services.handover.list_notes()),
            spans.error.message if isinstance(spans, Failure) else None,
        )
    )


def _choose_span(
    progress: "ShowProgress | None", since: float | None, until: float | None, now: float
) -> tuple[float, float, str | None]:
    """From when to when, and the name of the show where it is that. Raises MicboardError INVALID_VALUE."""
    from micboard_tui.contracts.errors import invalid_value_error

    started_at = None if progress is None else progress.started_at
    if since is not None or progress is None or started_at is None:
        end = now if until is None else until
        return end - WITHOUT_SHOW_S if since is None else since, end, None
    if until is not None and until <= started_at:
        raise invalid_value_error(
            f"{progress.show.name} had not started then", "Give a later --until, or --since as well"
        )
    end = until if until is not None else now if progress.ended_at is None else progress.ended_at
    return started_at, max(end, started_at + 1.0), progress.show.name


def write_recap(recap: "Recap", form: Format) -> str:
    """The recap in one of the formats for files."""
    import json

    from micboard_tui.domain.recap_page import html_page
    from micboard_tui.domain.recap_report import csv_report, markdown_report

    if form is Format.HTML:
        return html_page(recap, title_of)
    if form is Format.CSV:
        return csv_report(recap)
    if form is Format.JSON:
        return json.dumps(recap_entry(recap), indent=2, ensure_ascii=True) + "\n"
    return markdown_report(recap, title_of)


def title_of(cause: "ProblemCode") -> str:
    """What a cause is called."""
    from micboard_tui.contracts.problem_texts import PROBLEM_TEXTS

    return PROBLEM_TEXTS[cause].title


def recap_entry(recap: "Recap") -> dict[str, object]:
    """The recap for programs; moments are seconds since the epoch."""
    from micboard_tui.cli.output import SCHEMA

    figures = recap.figures
    return {
        "schema": SCHEMA,
        "show": recap.show,
        "start": recap.start,
        "end": recap.end,
        "channels": [_channel_entry(channel) for channel in recap.channels],
        "devices": [
            {
                "device": device.title,
                "disconnections": device.disconnections,
                "away_s": round(device.away_s, 1),
                "reasons": list(device.reasons),
            }
            for device in recap.devices
        ],
        "alarm_figures": {
            "count": figures.count,
            "per_ten_minutes": round(figures.per_ten_minutes, 2),
            "most_in_ten_minutes": figures.most_in_ten_minutes,
            "causes": {cause.value: count for cause, count in figures.causes},
            "chattering": figures.chattering,
            "median_reaction_s": figures.median_reaction_s,
            "unseen": figures.unseen,
            "standing": figures.standing,
        },
        "alarms": [
            {
                "cause": alarm.key.cause.value,
                "about": alarm.subject,
                "device_id": alarm.key.device_id,
                "channel": alarm.key.channel,
                "priority": alarm.priority.value,
                "raised_at": alarm.raised_at,
                "cleared_at": alarm.cleared_at,
                "seen_at": alarm.seen_at,
                "seen_by": alarm.seen_by,
                "reaction_s": alarm.reaction_s,
                "is_flapping": alarm.is_flapping,
                "note": alarm.note,
            }
            for alarm in recap.alarms
        ],
        "markers": [
            {
                "at": event.at,
                "kind": event.kind.value,
                "text": event.text,
                "about": event.subject,
                "actor": event.actor,
            }
            for event in recap.markers
        ],
        "handover": [{"at": note.at, "text": note.text, "actor": note.actor} for note in recap.handover],
        "not_measured": list(recap.not_measured),
    }


def _channel_entry(channel: "ChannelRecap") -> Mapping[str, object]:
    from micboard_tui.domain.recap_report import rf_unit

    charge = channel.charge
    return {
        "mic_number": channel.title.mic_number,
        "name": channel.title.name or None,
        "label": channel.title.label,
        "device_id": channel.title.ref.device_id,
        "channel": channel.title.ref.number,
        "measured_s": round(channel.measured_s, 1),
        "on_air_s": round(channel.on_air_s, 1),
        "rf_unit": rf_unit(channel) or None,
        "rf_a": channel.rf_a._asdict(),
        "rf_b": channel.rf_b._asdict(),
        "drop_outs": channel.drop_outs,
        "clips": channel.clips,
        "charge": None if charge is None else charge._asdict(),
        "alarms": channel.alarms,
    }


def _print_recap(recap: "Recap") -> None:
    from micboard_tui.cli.output import print_line, print_table
    from micboard_tui.domain.recap_report import (
        ALARM_HEADS,
        CHANNEL_HEADS,
        DEVICE_HEADS,
        alarm_cells,
        channel_cells,
        headline,
        list_devices,
        list_figures,
        list_markers,
        span_line,
    )

    print_line(f"{headline(recap)}: {span_line(recap)}")
    alarms = [alarm_cells(alarm, recap, title_of) for alarm in recap.alarms]
    tables = (
        (CHANNEL_HEADS, [channel_cells(channel) for channel in recap.channels]),
        (ALARM_HEADS, alarms),
        (DEVICE_HEADS, list(list_devices(recap))),
        (("time", "marker", "about", "who"), list(list_markers(recap))),
    )
    for heads, rows in tables:
        if rows:
            print_line("")
            print_table(heads, rows, spare=heads[:2:-1])
    print_line("")
    for name, value in list_figures(recap, title_of):
        print_line(f"{name}: {value}")
    print_line("")
    print_line("Not measured:" if recap.not_measured else "Everything was measured.")
    for gap in recap.not_measured:
        print_line(f"  {gap}")
