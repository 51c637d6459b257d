"""One alarm in one line: how urgent, since when, what, who, where, what was done, and what to do. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.contracts.alarm_texts import AlarmText
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.local_time import format_second_of_day
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.units import DASH, format_duration
from micboard_tui.tui.arrange.alarm_lines import AlarmKind, AlarmLine, kind_of
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.status_lines import problem_line

PRIORITY_MARKS: Mapping[AlarmPriority, str] = {
    AlarmPriority.NOW: "!",
    AlarmPriority.SOON: ":",
    AlarmPriority.AT_BREAK: ".",
    AlarmPriority.JOURNAL: " ",
}
PRIORITY_TONES: Mapping[AlarmPriority, str] = {
    AlarmPriority.NOW: "critical",
    AlarmPriority.SOON: "warning",
    AlarmPriority.AT_BREAK: "text",
    AlarmPriority.JOURNAL: "dim",
}
PRIORITY_TEXTS: Mapping[AlarmPriority, str] = {
    AlarmPriority.NOW: "now",
    AlarmPriority.SOON: "soon",
    AlarmPriority.AT_BREAK: "at the break",
    AlarmPriority.JOURNAL: "for the record",
}
NOTE_SIGN = '"'
OVER = "over: mark as seen"
_ON_DESK = frozenset({AlarmKind.NEW, AlarmKind.SEEN})
_HOUR, _DAY = 3600, 86400


class AlarmRow(NamedTuple):
    """One alarm at one moment, and what else its picture needs."""

    line: AlarmLine
    text: AlarmText
    hidden_by: str
    """What the alarm is about that hides it; empty: none does."""
    spare: str
    """What would take over; empty: nothing is known that would."""
    now: float
    glyphs: Glyphs
    is_marked: bool = False
    is_selected: bool = False
    is_chattering: bool = False
    """It comes and goes again and again."""

    @property
    def alarm(self) -> Alarm:
        return self.line.alarm

    @property
    def tone(self) -> str:
        """Of what is wrong."""
        return PRIORITY_TONES[self.alarm.priority] if self.line.kind in _ON_DESK else "dim"

    @property
    def calm_tone(self) -> str:
        """Of what is the same whether it was seen or not."""
        return "text" if self.line.kind is AlarmKind.NEW else "dim"

    @property
    def cure(self) -> str:
        """What to do; a spare that is ready says more than the usual cure."""
        return _cure(self.alarm, self.text, self.spare)


def _cure(alarm: Alarm, text: AlarmText, spare: str) -> str:
    if not alarm.is_open:
        return OVER
    if not spare:
        return text.cure
    return spare if fold_name(spare).startswith("spare") else f"spare {spare}"


def format_age(seconds: float) -> str:
    """Since when, in five cells at most: ``0:13``, ``59:59``, ``2h07``, ``3d``."""
    whole = max(0, int(seconds))
    if whole < _HOUR:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // _HOUR}h{whole % _HOUR // 60:02d}" if whole < _DAY else format_duration(whole)


def describe_handling(line: AlarmLine, now: float, hidden_by: str = "") -> str:
    """What was done about it, when and by whom."""
    alarm = line.alarm
    if line.kind is AlarmKind.BY_DESIGN:
        return line.reason
    if line.kind is AlarmKind.SUPPRESSED:
        return f"by {hidden_by}" if hidden_by else "suppressed"
    if line.kind is AlarmKind.SHELVED:
        left = "" if alarm.shelved_profile is None else f" in {alarm.shelved_profile}"
        if alarm.shelved_until is not None:
            left = f" {format_duration(alarm.shelved_until - now)}"
        elif alarm.shelved_show is not None:
            left = f" to {alarm.shelved_show.end}"
        return f"shelved{left} {visible(alarm.shelved_by or '')}".rstrip()
    if line.kind is AlarmKind.SEEN:
        seen = format_duration(now - (alarm.acknowledged_at or now))
        return f"seen {seen} {visible(alarm.acknowledged_by or '')}".rstrip()
    if alarm.cleared_at is not None:
        return f"cleared {format_duration(now - alarm.cleared_at)}"
    return "new"


def alarm_cells(alarm: Alarm, text: AlarmText, spare: str, now: float, width: int) -> list[Cell]:
    """A new alarm in one line of ``width`` cells: what, since when, who, where, and what to do."""
    tone = PRIORITY_TONES[alarm.priority]
    what = text.title if alarm.is_open else f"{text.title}, cleared"
    name = f"{text.number} {text.name}".strip()
    cure = _cure(alarm, text, spare)
    line = problem_line(what, cure, name, visible(text.place), now - alarm.raised_at, width - 4)
    return [
        Cell(" "),
        Cell(PRIORITY_MARKS[alarm.priority], _new_tone(alarm, tone)),
        Cell(f" {fit(line, max(1, width - 3)).rstrip()}", tone),
    ]


def list_alarms(alarms: Sequence[Alarm], titles: Callable[[Alarm], str], now: float) -> list[list[Cell]]:
    """The alarms of one channel as lines of label and value: what, since when, how often, and who saw it."""
    lines = []
    for alarm in alarms:
        line = AlarmLine(alarm, kind_of(alarm))
        often = f" x{alarm.count}" if alarm.count > 1 else ""
        tone = PRIORITY_TONES[alarm.priority] if line.kind is AlarmKind.NEW else "dim"
        what = f"{PRIORITY_MARKS[alarm.priority]} {titles(alarm)}{often} {format_age(now - alarm.raised_at)}"
        lines.append([Cell(" alarm", "dim"), Cell(f"{what}, {describe_handling(line, now)}", tone)])
        if alarm.note:
            lines.append([Cell("   note", "dim"), Cell(visible(alarm.note), "text")])
    return lines


def explain_alarm(row: AlarmRow, width: int, hidden: Sequence[str]) -> list[list[Cell]]:
    """Three lines about one alarm: what and who in full, what to do, and what happened with it."""
    alarm, text = row.alarm, row.text
    urgent = PRIORITY_TEXTS[alarm.priority]
    first = f"{text.title}: {visible(text.subject)}"
    raised = format_second_of_day(alarm.raised_at)
    facts = [f"since {raised}"]
    if alarm.count > 1:
        facts.append(f"{alarm.count} times{', flapping' if alarm.is_flapping else ''}")
    if row.is_chattering:
        facts.append("comes and goes: A shelves it")
    facts.append(describe_handling(row.line, row.now, visible(row.hidden_by)))
    if alarm.note:
        facts.append(f'note: "{visible(alarm.note)}"')
    if hidden:
        verb = "also" if row.line.folded else "hides"
        facts.append(f"{verb} {visible(', '.join(hidden))}")
    lines = (
        [Cell(f" {PRIORITY_MARKS[alarm.priority]} {first}", row.tone), Cell(f"  {urgent}", "dim")],
        [Cell(f"   -> {visible(row.cure)}", "text"), Cell(_other_cure(row), "dim")],
        [Cell(f"   {', '.join(facts)}", "dim")],
    )
    return [_cut(line, width) for line in lines]


def _other_cure(row: AlarmRow) -> str:
    """The usual cure beside what stands in its place."""
    return f"  ({row.text.cure})" if row.spare or not row.alarm.is_open else ""


def _cut(line: Sequence[Cell], width: int) -> list[Cell]:
    cells, room = list[Cell](), width
    for cell in line:
        text = fit(cell.text, room).rstrip() if cell_len(cell.text) > room else cell.text
        cells.append(cell._replace(text=text))
        room = max(0, room - cell_len(text))
    return cells


def _new_tone(alarm: Alarm, tone: str) -> str:
    """Of the mark of one that was not seen: reversed as long as it is there."""
    return f"new {tone}" if alarm.is_open and tone in {"critical", "warning"} else tone


def _draw_mark(row: AlarmRow, _: int) -> Sequence[Cell]:
    sign = row.glyphs.mark if row.is_marked else row.glyphs.pointer if row.is_selected else " "
    tone = _new_tone(row.alarm, row.tone) if row.line.kind is AlarmKind.NEW else row.tone
    return Cell(sign, "accent"), Cell(PRIORITY_MARKS[row.alarm.priority], tone)


def _draw_age(row: AlarmRow, _: int) -> Sequence[Cell]:
    return (Cell(f" {format_age(row.now - row.alarm.raised_at):>5}", row.calm_tone),)


def _draw_cause(row: AlarmRow, room: int) -> Sequence[Cell]:
    alarm, title = row.alarm, row.text.title
    often = f" x{alarm.count}" if alarm.count > 1 else ""
    endings = (f"{often} {row.line.hidden_text}".rstrip(), f"{often} {row.line.hidden_count}".rstrip())
    ending = next((end for end in endings if cell_len(title + end) <= room), endings[-1])
    shown = fit(title, max(1, room - len(ending)), row.glyphs.ellipsis).rstrip()
    return (Cell(f" {fit(shown + ending, room)}", row.tone),)


def _draw_who(row: AlarmRow, room: int) -> Sequence[Cell]:
    """The show's number of the channel, and who has it."""
    text, is_on_desk = row.text, row.line.kind in _ON_DESK
    number = fit(visible(text.number), min(room, cell_len(visible(text.number)))) if text.number else ""
    name = text.name or (DASH if row.alarm.key.channel is not None else "")
    left = room - cell_len(number)
    rest = fit(f" {name}" if number else name, left, row.glyphs.ellipsis) if left else ""
    return Cell(f" {number}", "accent" if is_on_desk else "dim"), Cell(rest, row.calm_tone)


def _draw_place(row: AlarmRow, room: int) -> Sequence[Cell]:
    return (Cell(f" {fit(row.text.place, room, row.glyphs.ellipsis)}", "dim"),)


def _draw_handling(row: AlarmRow, room: int) -> Sequence[Cell]:
    text = describe_handling(row.line, row.now, row.hidden_by)
    tone = row.tone if row.line.kind is AlarmKind.NEW else "dim"
    note = NOTE_SIGN if row.alarm.note else " "
    return Cell(f" {fit(text, room, row.glyphs.ellipsis)}", tone), Cell(note, "accent")


def _draw_cure(row: AlarmRow, room: int) -> Sequence[Cell]:
    tone = row.calm_tone if row.line.kind in _ON_DESK else "dim"
    return Cell(" -> ", "dim"), Cell(fit(row.cure, room, row.glyphs.ellipsis), tone)


COLUMNS = (
    Column("mark", ("  ",), _draw_mark, 2),
    Column("age", ("   age",), _draw_age, 6),
    Column("cause", (" alarm",), _draw_cause, 1, least=13, good=20, most=30, priority=2, divisor=3),
    Column("who", (" who",), _draw_who, 1, least=11, good=16, most=26, priority=3, divisor=3),
    Column("place", (" where",), _draw_place, 1, least=9, good=10, most=18, priority=5, divisor=3),
    Column("handling", (" state",), _draw_handling, 2, least=11, good=14, most=22, priority=4, divisor=3),
    Column("cure", ("    do",), _draw_cure, 4, least=14, good=22, most=60, priority=1, divisor=3),
)
"""From left to right."""


@lru_cache(16)
def columns_for(width: int) -> PlacedColumns[AlarmRow]:
    return columns_in(COLUMNS, width)
