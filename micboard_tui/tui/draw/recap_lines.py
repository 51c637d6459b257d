"""A recap as the lines of a screen. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from micboard_tui.contracts.problem_texts import title_of
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.local_time import format_second_of_day
from micboard_tui.domain.recap import DeviceRecap, Recap
from micboard_tui.domain.recap_alarms import AlarmRecap
from micboard_tui.domain.recap_channel import ChannelRecap, RfFigures
from micboard_tui.domain.recap_difference import Difference, Verdict
from micboard_tui.domain.recap_findings import list_findings
from micboard_tui.domain.recap_report import (
    alarm_cells,
    compared_with,
    format_charges,
    format_used,
    list_differences,
    list_figures,
    marker_cells,
    no_difference,
    note_cells,
    why_no_findings,
)
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_number, format_span
from micboard_tui.domain.walk_test import GOOD_MARGIN_DB, LITTLE_MARGIN_DB
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.text_table import UNKNOWN, Field, TextTable, Value

CHANNEL_FIELDS = (
    Field("who", 12, weight=2),
    Field("channel", 11, weight=1, from_width=110),
    Field("on air", 7, is_right=True),
    Field("A min", 6, is_right=True),
    Field("at", 9, is_right=True, from_width=170),
    Field("P5", 5, is_right=True),
    Field("B min", 6, is_right=True),
    Field("at", 9, is_right=True, from_width=170),
    Field("P5", 5, is_right=True),
    Field("margin", 7, is_right=True),
    Field("drops", 6, is_right=True),
    Field("lost", 5, is_right=True),
    Field("clips", 6, is_right=True),
    Field("battery", 13, is_right=True, from_width=100),
    Field("used", 7, is_right=True),
    Field("packs", 6, is_right=True, from_width=100),
    Field("swaps", 6, is_right=True, from_width=116),
    Field("alarms", 7, is_right=True),
)
ALARM_FIELDS = (
    Field("time", 9),
    Field("", 3),
    Field("alarm", 14, weight=3),
    Field("about", 14, weight=4),
    Field("lasted", 8, is_right=True),
    Field("seen", 6, is_right=True),
    Field("by", 9, weight=1, from_width=100),
    Field("note", 12, weight=3, from_width=110),
)
DEVICE_FIELDS = (
    Field("device", 14, weight=1),
    Field("disconnections", 15, is_right=True),
    Field("away", 6, is_right=True),
    Field("why", 20, weight=3),
)
MARKER_FIELDS = (
    Field("time", 9),
    Field("what", 20, weight=3),
    Field("about", 10, weight=1),
    Field("who", 8, weight=1),
)
DIFFERENCE_FIELDS = (
    Field("", 7),
    Field("about", 14, weight=2),
    Field("figure", 22, weight=1),
    Field("earlier", 16, is_right=True),
    Field("now", 16, is_right=True),
)
FIGURE_FIELDS = (Field("", 29), Field("", 20, weight=1))
PRIORITY_TONES = {AlarmPriority.NOW: "critical", AlarmPriority.SOON: "warning"}


class RecapLine(NamedTuple):
    cells: Sequence[Cell]
    is_heading: bool = False
    at: float | None = None
    """The moment that can be looked at; None: there is none."""
    device_id: DeviceId | None = None
    channel: int | None = None
    """What it is about; neither: about everything."""


def recap_lines(recap: Recap, width: int, ellipsis: str) -> list[RecapLine]:
    """All of it, in the width that is left of the pointer."""
    return list(_Lines(recap, width, ellipsis).list_all())


def margin_tone(margin: float | None) -> str:
    if margin is None:
        return "dim"
    if margin < LITTLE_MARGIN_DB:
        return "critical"
    return "warning" if margin < GOOD_MARGIN_DB else "live"


class _Lines:
    def __init__(self, recap: Recap, width: int, ellipsis: str) -> None:
        self._recap, self._width, self._ellipsis = recap, width, ellipsis

    def list_all(self) -> Iterator[RecapLine]:
        recap = self._recap
        yield self._heading("What to change")
        yield from self._findings()
        if recap.comparison is not None:
            rows = (
                _difference_row(*row)
                for row in zip(recap.comparison.differences, list_differences(recap.comparison), strict=True)
            )
            title, none = visible(compared_with(recap.comparison)), no_difference(recap.comparison)
            yield from self._section(title, DIFFERENCE_FIELDS, rows, none)
        yield RecapLine([])
        yield self._heading("Alarms in figures")
        yield from self._figures()
        yield from self._section("Channels", CHANNEL_FIELDS, map(_channel_row, recap.channels))
        yield from self._section("Disconnections", DEVICE_FIELDS, map(_device_row, recap.devices))
        alarms = (_alarm_row(alarm, recap) for alarm in recap.alarms)
        yield from self._section("Alarms", ALARM_FIELDS, alarms)
        yield from self._section("Markers and notes", MARKER_FIELDS, _marker_rows(recap))
        yield from self._sentences("Not measured", recap.not_measured, "Everything was measured.")

    def _findings(self) -> Iterator[RecapLine]:
        findings = list_findings(self._recap)
        moments: dict[tuple[DeviceId | None, int | None], float | None] = {
            (*channel.title.ref,): find_worst_moment(channel) for channel in self._recap.channels
        }
        moments.update({(device.device_id, None): device.longest_at for device in self._recap.devices})
        for number, finding in enumerate(findings, 1):
            at = moments.get((finding.device_id, finding.channel))
            for tone, text in (("text", f"{number}. {finding.text}"), ("dim", finding.action)):
                for index, part in enumerate(wrap(visible(text), max(20, self._width - 6))):
                    indent = " " if tone == "text" and not index else "    "
                    yield RecapLine(
                        [Cell(f"{indent}{part}", tone)],
                        at=at,
                        device_id=finding.device_id,
                        channel=finding.channel,
                    )
        if not findings:
            yield RecapLine([Cell(f" {why_no_findings(self._recap)}", "dim")])

    def _figures(self) -> Iterator[RecapLine]:
        table, room = self._table(FIGURE_FIELDS), max(20, self._width - FIGURE_FIELDS[0].width - 2)
        for name, value in list_figures(self._recap, title_of):
            for index, part in enumerate(wrap(visible(value), room)):
                yield RecapLine(table.row((Value("" if index else name, "dim"), Value(part))))

    def _table(self, fields: Sequence[Field]) -> TextTable:
        return TextTable(fields, self._width, self._ellipsis)

    def _heading(self, title: str) -> RecapLine:
        return RecapLine([Cell(f" {title}", "accent")], is_heading=True)

    def _section(
        self, title: str, fields: Sequence[Field], rows: Iterable["_Row"], none: str = "None."
    ) -> Iterator[RecapLine]:
        yield RecapLine([])
        yield self._heading(title)
        table, is_empty = self._table(fields), True
        for row in rows:
            if is_empty:
                is_empty = False
                yield RecapLine(table.head)
            yield RecapLine(table.row(row.values), at=row.at, device_id=row.device_id, channel=row.channel)
        if is_empty:
            yield RecapLine([Cell(f" {none}", "dim")])

    def _sentences(self, title: str, texts: Sequence[str], none: str) -> Iterator[RecapLine]:
        yield RecapLine([])
        yield self._heading(title)
        for text in texts or (none,):
            for index, part in enumerate(wrap(visible(text), max(20, self._width - 3))):
                yield RecapLine([Cell(f" {'  ' if index else ''}{part}", "text" if texts else "dim")])


class _Row(NamedTuple):
    values: Sequence[Value]
    at: float | None = None
    device_id: DeviceId | None = None
    channel: int | None = None


def _channel_row(channel: ChannelRecap) -> _Row:
    charge, margin = channel.charge, channel.margin_db
    values = (
        Value(channel.title.who),
        Value(channel.title.label, "dim"),
        Value(format_span(channel.on_air_s)) if channel.measured_s else UNKNOWN,
        *_rf_values(channel.rf_a),
        *_rf_values(channel.rf_b),
        UNKNOWN if margin is None else Value(f"{margin:.0f}", margin_tone(margin)),
        _count(channel.drop_outs, "critical"),
        _time(channel.outage_s),
        _count(channel.clips, "warning"),
        UNKNOWN if charge is None else Value(format_charges(charge)),
        UNKNOWN if charge is None else Value(format_used(charge)),
        UNKNOWN if charge is None else Value(str(charge.changes)),
        Value(str(channel.swaps), "text" if channel.swaps else "dim"),
        Value(str(channel.alarms), "text" if channel.alarms else "dim"),
    )
    return _Row(values, find_worst_moment(channel), *channel.title.ref)


def find_worst_moment(channel: ChannelRecap) -> float | None:
    """When it could not be heard for longest, else when it was received worst; None: it is not known."""
    return channel.better.lowest_at if channel.outage_at is None else channel.outage_at


def _difference_row(difference: Difference, cells: Sequence[str]) -> "_Row":
    verdict, about, figure, earlier, now = cells
    tone = "critical" if difference.verdict is Verdict.WORSE else "live"
    values = (Value(verdict, tone), Value(about), Value(figure), Value(earlier, "dim"), Value(now))
    if difference.ref is None:
        return _Row(values)
    return _Row(values, None, *difference.ref)


def _rf_values(figures: RfFigures) -> tuple[Value, Value, Value]:
    if figures.lowest is None or figures.lowest_at is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    return (
        Value(format_number(figures.lowest)),
        Value(format_second_of_day(figures.lowest_at), "dim"),
        Value(format_number(figures.p5)),
    )


def _count(count: int | None, tone: str) -> Value:
    return UNKNOWN if count is None else Value(str(count), tone if count else "dim")


def _time(seconds: float | None) -> Value:
    return UNKNOWN if seconds is None else Value(format_span(seconds), "critical" if seconds else "dim")


def _device_row(device: DeviceRecap) -> _Row:
    values = (
        Value(device.title),
        Value(str(device.disconnections)),
        Value(format_span(device.away_s)),
        Value("; ".join(device.reasons), "dim"),
    )
    return _Row(values, device.longest_at, device.device_id)


def _alarm_row(alarm: AlarmRecap, recap: Recap) -> _Row:
    time, priority, what, about, lasted, seen, by, note = alarm_cells(alarm, recap, title_of)
    tone = PRIORITY_TONES.get(alarm.priority, "text")
    values = (
        Value(time, "dim"),
        Value(priority, tone),
        Value(what, tone),
        Value(about),
        Value(lasted.removesuffix(", still open") + ("+" if alarm.cleared_at is None else "")),
        Value(seen) if seen else UNKNOWN,
        Value(by, "dim"),
        Value(note, "dim"),
    )
    return _Row(values, alarm.raised_at, alarm.key.device_id, alarm.key.channel)


def _marker_rows(recap: Recap) -> Iterator[_Row]:
    for event in recap.markers:
        yield _Row(list(map(Value, marker_cells(event))), event.at, event.device_id, event.channel)
    for note in recap.handover:
        yield _Row(list(map(Value, note_cells(note))), note.at)


def header_cells(title: str, state: str, width: int, ellipsis: str) -> list[Cell]:
    """What the recap is of, and at the right end what goes on."""
    room = max(1, width - len(state) - 2)
    return [Cell(fit(f" {title}", room, ellipsis), "accent"), Cell(f" {state}", "dim")]
