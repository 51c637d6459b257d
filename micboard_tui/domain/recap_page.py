"""A recap as one HTML page that needs no network: tables, and the levels of each channel as SVG. Pure.

A curve is a band from the lowest to the highest level of each column, as one polygon: no dip is lost between
columns. Where nothing was recorded, the band ends and the next begins behind the gap.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from micboard_tui.domain.local_time import format_second_of_day
from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_channel import DBM_FLAGS, ChannelRecap, is_on_air
from micboard_tui.domain.recap_findings import list_findings
from micboard_tui.domain.recap_report import (
    ALARM_HEADS,
    CHANNEL_HEADS,
    DEVICE_HEADS,
    DIFFERENCE_HEADS,
    CauseTitle,
    alarm_cells,
    channel_cells,
    compared_with,
    headline,
    list_devices,
    list_differences,
    list_figures,
    list_markers,
    no_difference,
    span_line,
    why_no_findings,
)
from micboard_tui.domain.recording.reading import ReadingFlag
from micboard_tui.domain.recording.second_summary import EMPTY, LevelSummary
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH

_HEIGHT = 48
_DBM_SCALE, _PERCENT_SCALE, _AUDIO_SCALE = (-120.0, -20.0), (0.0, 100.0), (-60.0, 0.0)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root{color-scheme:light dark}
body{font:14px/1.4 system-ui,sans-serif;margin:2em auto;max-width:100em;padding:0 1em}
h1{margin-bottom:0}h2{margin-top:2em}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:left;padding:.2em .6em;border-bottom:1px solid #8886;vertical-align:top}
.wide td:not(:last-child){white-space:nowrap}
.wide{overflow-x:auto}
.channels :is(th,td){padding:.2em .4em}
.channels td:nth-child(2){min-width:7em;white-space:normal;overflow-wrap:anywhere}
.channels :is(th,td):nth-child(n+4){text-align:right}
@media (max-width:75em),print{.wide td:not(:last-child){white-space:normal}
.channels table{font-size:12px}.channels :is(th,td){padding:.2em .35em}
.channels td:nth-child(2){min-width:5em}}
@media (max-width:56em){.channels table{font-size:11px}.channels :is(th,td){padding:.2em .22em}}
.channels td:nth-child(14){white-space:nowrap}
.curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(22em,1fr));gap:1em}
figure{margin:0;break-inside:avoid}figcaption{font-weight:600}
svg{width:100%;height:3.4em;background:#8881;display:block;margin-top:2px}
.a{fill:#0072b2;fill-opacity:.75}.b{fill:#e69f00;fill-opacity:.6}.s{fill:#009e73;fill-opacity:.8}
.x{fill:#d55e00}small{color:#777}
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:9pt}
.curves{grid-template-columns:1fr 1fr}.wide{overflow:visible}.channels table{font-size:7pt}
tr{break-inside:avoid}thead{display:table-header-group}}
"""


def html_page(recap: Recap, title_of: CauseTitle) -> str:
    """The whole page."""
    return "\n".join(_list_lines(recap, title_of)) + "\n"


def _list_lines(recap: Recap, title_of: CauseTitle) -> Iterator[str]:
    title = _text(headline(recap))
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{title}</h1><p>{_text(span_line(recap))}</p>"
    yield from _conclusions(recap)
    yield '<div class="channels">'
    yield from _table("Channels", CHANNEL_HEADS, map(channel_cells, recap.channels))
    yield "</div>"
    yield from _table("Alarms in figures", ("figure", "value"), list_figures(recap, title_of))
    alarms = [alarm_cells(alarm, recap, title_of) for alarm in recap.alarms]
    yield from _table("Alarms", ALARM_HEADS, alarms)
    yield from _table("Disconnections", DEVICE_HEADS, list_devices(recap))
    yield from _table("Markers and notes", ("time", "what", "about", "who"), list_markers(recap))
    yield "<h2>Not measured</h2>"
    gaps = "".join(f"<li>{_text(gap)}</li>" for gap in recap.not_measured)
    yield f"<ul>{gaps}</ul>" if gaps else "<p>Everything was measured.</p>"
    yield "<h2>Levels</h2><p><small>Bands from the lowest to the highest level of each moment. Upper: RF of "
    yield f"antenna A (blue) and B (orange), {_DBM_SCALE[0]:.0f} to {_DBM_SCALE[1]:.0f} dBm or 0 to 100 %. "
    yield f"Lower: audio, {_AUDIO_SCALE[0]:.0f} to 0 dBFS. Red: not on air.</small></p>"
    yield '<div class="curves">'
    for channel in recap.channels:
        yield from _curves(channel)
    yield "</div></body></html>"


def _conclusions(recap: Recap) -> Iterator[str]:
    """What to change, and what became better or worse."""
    yield "<h2>What to change</h2>"
    findings = "".join(
        f"<li>{_text(finding.text)}. <b>{_text(finding.action)}.</b></li>" for finding in list_findings(recap)
    )
    yield f"<ol>{findings}</ol>" if findings else f"<p>{why_no_findings(recap)}</p>"
    if recap.comparison is not None:
        title_of_earlier = _text(compared_with(recap.comparison))
        rows, none = list_differences(recap.comparison), no_difference(recap.comparison)
        yield from _table(title_of_earlier, DIFFERENCE_HEADS, rows, none)


def _table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], none: str = "None."
) -> Iterator[str]:
    yield f"<h2>{title}</h2>"
    body = ["".join(f"<td>{_text(cell) or DASH}</td>" for cell in cells) for cells in rows]
    if not body:
        yield f"<p>{none}</p>"
        return
    head = "".join(f"<th>{cell}</th>" for cell in heads)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    yield from (f"<tr>{cells}</tr>" for cells in body)
    yield "</tbody></table></div>"


def _curves(channel: ChannelRecap) -> Iterator[str]:
    title, curve = channel.title, channel.curve
    if curve is None or not channel.measured_s:
        return
    columns = curve.columns
    is_percent = not any(column.flags & DBM_FLAGS for column in columns)
    scale, unit = (_PERCENT_SCALE, ReadingFlag.ANTENNA_PERCENT) if is_percent else (_DBM_SCALE, DBM_FLAGS)
    in_unit = [column if column.flags & unit else EMPTY for column in columns]
    yield f"<figure><figcaption>{_text(title.who)} <small>{_text(title.label)}</small></figcaption>"
    yield _picture(
        len(columns),
        *_bands("a", [column.rf_a for column in in_unit], scale),
        *_bands("b", [column.rf_b for column in in_unit], scale),
        *_marks([bool(column.readings) and not is_on_air(column) for column in columns]),
    )
    yield _picture(len(columns), *_bands("s", [column.audio for column in columns], _AUDIO_SCALE))
    yield f"<small>{format_second_of_day(curve.start)} to {format_second_of_day(curve.end)}</small></figure>"


def _picture(columns: int, *shapes: str) -> str:
    return f'<svg viewBox="0 0 {columns} {_HEIGHT}" preserveAspectRatio="none">{"".join(shapes)}</svg>'


def _bands(name: str, levels: Sequence[LevelSummary], scale: tuple[float, float]) -> Iterator[str]:
    """One polygon for each stretch without a gap: along the highest levels, and back along the lowest."""
    for is_known, stretch in groupby(enumerate(levels), key=lambda item: item[1].known > 0):
        if not is_known:
            continue
        known = list(stretch)
        tops = [_height(level.high / 10, scale) for _, level in known]
        # A level that does not change is a line, not nothing.
        lows = [
            max(_height(level.low / 10, scale), top + 1) for (_, level), top in zip(known, tops, strict=True)
        ]
        there, back = _steps(tops, 1), _steps(lows[::-1], -1)
        yield f'<path class="{name}" d="M{known[0][0]} {tops[0]}{there}v{lows[-1] - tops[-1]}{back}z"/>'


def _steps(heights: Sequence[int], direction: int) -> str:
    """From column to column, in as few signs as SVG takes."""
    moves, before = [], heights[0]
    for height, stretch in groupby(heights):
        if height != before:
            moves.append(f"v{height - before}")
        moves.append(f"h{direction * sum(1 for _ in stretch)}")
        before = height
    return "".join(moves)


def _marks(is_marked: Sequence[bool]) -> Iterator[str]:
    x = 0
    for marked, stretch in groupby(is_marked):
        count = sum(1 for _ in stretch)
        if marked:
            yield f'<path class="x" d="M{x} {_HEIGHT - 3}h{count}v3h{-count}z"/>'
        x += count


def _height(level: float, scale: tuple[float, float]) -> int:
    bottom, top = scale
    share = (min(max(level, bottom), top) - bottom) / (top - bottom)
    return round((1 - share) * _HEIGHT)


def _text(text: str) -> str:
    return escape(visible(text))
