"""One channel as a card of five lines. Pure."""

from rich.cells import cell_len

from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS, PROBLEM_TEXTS
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_charge, format_duration, format_mhz
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.card_meters import card_meter_lines
from micboard_tui.tui.draw.cell import Cell, Line, fit_line
from micboard_tui.tui.draw.channel_columns import other_name, shown_battery
from micboard_tui.tui.draw.meter_cells import quality_cell
from micboard_tui.tui.draw.row_context import RowContext

BATTERY_BAR = 8
CARD_DEVICE = 16
CARD_MODEL = 14
LEAST_MODEL = 6
"""Cells of the model of a pack at most, and without which it is left out."""
CARD_FLAGS = 6
LEAST_OTHER_NAME = 8
"""Cells that the channel's own name takes at least."""


def card(row: RowContext, width: int) -> list[Line]:
    """Name and state, battery, RF of each antenna, audio, and what changes seldom; each ``width`` wide."""
    return [*card_head(row, width), *card_meters(row, width), card_foot(row, width)]


def card_head(row: RowContext, width: int) -> list[Line]:
    """The lines of name and battery: of a channel on the air the same until its facts or problems change."""
    return [fit_line(_name(row, width), width), fit_line(_battery(row, width), width)]


def card_meters(row: RowContext, width: int) -> list[Line]:
    """The lines of what moves, or of what is the matter."""
    return [fit_line(line, width) for line in _meters(row, width)]


def card_foot(row: RowContext, width: int) -> Line:
    """The last line: the same for as long as the head, but for the quality of the link."""
    return fit_line(_foot(row, width), width)


def _ends(left: Line, right: Line, width: int) -> Line:
    room = width - sum(cell_len(cell.text) for cell in (*left, *right))
    return [*left, Cell(" " * max(1, room)), *right]


def _word(row: RowContext) -> Cell:
    """What is wrong first of all; where nothing is, the row.state."""
    link = row.link
    if link in ON_AIR and row.problems:
        worst = row.problems[0]
        return Cell(PROBLEM_TEXTS[worst].title, formats.severity_tone(worst))
    return Cell(LINK_STATE_TEXTS[link].name, formats.STATE_TONES[link])


def _name(row: RowContext, width: int) -> Line:
    link = row.link
    word = _word(row)
    word = word._replace(text=f"{word.text} ")
    given = row.state.mic_number
    number = Cell("" if given is None else f"{visible(given)} ", "accent")
    room = width - 4 - len(word.text) - 1 - cell_len(number.text)
    name = row.state.display_name or DASH
    text = formats.fit(name, min(room, cell_len(visible(name))), row.glyphs.ellipsis)
    room -= cell_len(text)
    channel = formats.fit(f" {other_name(row.state)}" if room >= LEAST_OTHER_NAME else "", room)
    sign = [] if row.sign is None else [Cell(*row.sign)]
    letter = Cell(f"{'' if sign else ' '}{link.letter or ' '} ", formats.STATE_TONES[link])
    name_cells = [Cell(text, "text" if link in ON_AIR else "dim"), Cell(channel, "dim"), Cell(" ")]
    return [*sign, letter, number, *name_cells, word]


def _battery(row: RowContext, width: int) -> Line:
    battery = shown_battery(row.state, row.now)
    past = row.state.past_battery
    if past is not None and battery is None:
        ago = format_duration(row.now - past.observed_at)
        text = Cell(f"   (battery {format_charge(past.battery)}, {ago} ago)", "dim")
        return _with_model(row, [text], width)
    if battery is None:
        return [Cell("   no battery known", "dim")]
    tone = formats.charge_tone(row.state) if past is None and row.state.link_state in ON_AIR else "dim"
    share = battery.share
    bar = " " * BATTERY_BAR if share is None else row.glyphs.bar(share, BATTERY_BAR)
    cells = [
        Cell("   "),
        Cell(bar, tone, is_bar=share is not None),
        Cell(f" {format_charge(battery):>5}", "text" if tone == "live" else tone),
    ]
    if battery.percent is not None and battery.minutes is not None:
        cells.append(Cell(f" {battery.percent:>3} %", "dim"))
    return _with_model(row, cells, width)


def _with_model(row: RowContext, battery: Line, width: int) -> Line:
    """The battery, and which model the pack is as far as there is room."""
    pack = row.state.facts.transmitter
    room = min(CARD_MODEL, width - sum(cell_len(cell.text) for cell in battery) - 2)
    model = pack.model if pack is not None and pack.model and room >= LEAST_MODEL else ""
    model = formats.fit(model, room, row.glyphs.ellipsis).rstrip()
    return _ends(battery, [Cell(f"{model} ", "dim")], width)


def _meters(row: RowContext, width: int) -> list[Line]:
    if row.state.link_state not in ON_AIR:
        text = status_lines.channel_trouble(row.state, row.now, width - 4, row.lost_since)
        return [[Cell("   "), Cell(text, formats.STATE_TONES[row.link])], []]
    return card_meter_lines(row, width)


def _foot(row: RowContext, width: int) -> Line:
    late_s = row.state.stale_for_s(row.now)
    flags = status_lines.flag_cells(row.state, row.problems, CARD_FLAGS)
    # Of a channel that is not on the air it says nothing, as in rows.
    percent = row.state.meters.quality_percent if row.link in ON_AIR else None
    quality = quality_cell(percent, row.state.thresholds)
    left = [
        Cell(f"   {format_mhz(row.state.facts.frequency_khz)}", "dim"),
        quality,
        Cell(" "),
        *flags,
        Cell("" if late_s is None else f" {format_duration(late_s)} old", "warning"),
    ]
    right = [_label(row, CARD_DEVICE)]
    if row.next_user is not None:
        room = width - sum(cell_len(cell.text) for cell in (*left, *right)) - 5
        if room >= LEAST_OTHER_NAME:
            tone = "accent" if row.next_user.is_soon else "dim"
            next_user = formats.fit(row.next_user.text, room, row.glyphs.ellipsis).rstrip()
            left.append(Cell(f"  > {next_user}", tone))
    return _ends(left, right, width)


def _label(row: RowContext, width: int) -> Cell:
    """Which channel of which receiver it is; ``width`` cells for the receiver."""
    device = formats.fit(row.device, width, row.glyphs.ellipsis).rstrip()
    return Cell(f"{channel_label(device, row.state.number)} ", "dim")
