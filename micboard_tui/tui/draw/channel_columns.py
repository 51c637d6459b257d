"""The columns of a channel's row, as one table from which widths, heads and drawing follow. Pure.

To add a column, write how it is drawn and put it into ``COLUMNS`` where it is to stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rich.cells import cell_len

from micboard_tui.domain.battery import Battery, LastBattery
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.link_state import ON_AIR, OUT_OF_REACH, LinkState
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show_needs import MARGIN_CELLS
from micboard_tui.domain.units import DASH, format_charge, format_duration, format_mhz
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, Draw, Placed, PlacedColumns, divide, least_width, place
from micboard_tui.tui.draw.lasting import BRIEF_CELLS, TIME_CELLS
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.row_meters import ANTENNA, AUDIO, QUALITY, RF, TREND, MeterGroup

BATTERY_TEXT = 5
CALM_S = 3.0
"""So long a battery that is not current any more keeps its form, in grey."""
NUMBER_CELLS = 2
"""Of the number of a channel on its device; mic numbers may be wider."""
UNHEARD = OUT_OF_REACH | {LinkState.UNKNOWN}
"""In these states the device says nothing that could be shown as current."""
_DIM_NAMES = frozenset({LinkState.TRANSMITTER_OFF, LinkState.UNKNOWN, LinkState.DOCKED})


@dataclass(frozen=True, slots=True)
class ChannelColumn(Column[RowContext]):
    """A column with what makes it give way."""

    is_bar: bool = False
    """What it has room for is a bar, the first to give way."""


def _draw_number(row: RowContext, room: int) -> Sequence[Cell]:
    """The mic number, else the channel's number on its device; then the sign of its alarm."""
    link, mic_number, sign = row.link, row.state.mic_number, row.sign
    letter = Cell(f"{link.letter or ' '} ", formats.STATE_TONES[link])
    # Without a sign it is one cell less to draw, as in most rows.
    blank = " " if sign is None else ""
    if mic_number is None:
        number = Cell(f"{row.state.number:>{room}}{blank}")
    else:
        text = formats.fit(visible(mic_number), room, row.glyphs.ellipsis).rstrip()
        number = Cell(f"{' ' * (room - cell_len(text))}{text}{blank}", "accent")
    return (number, letter) if sign is None else (number, Cell(*sign), letter)


def _draw_name(row: RowContext, room: int) -> Sequence[Cell]:
    name = row.state.display_name or DASH
    tone = "dim" if row.link in _DIM_NAMES else "text"
    return Cell(formats.fit(name, room, row.glyphs.ellipsis), tone), Cell(" ")


def _draw_channel(row: RowContext, room: int) -> Sequence[Cell]:
    """What the channel is called, beside a performer of another name."""
    return (Cell(formats.fit(other_name(row.state), room, row.glyphs.ellipsis) + " ", "dim"),)


def other_name(state: ChannelState) -> str:
    """The channel's name where its performer's is shown and differs; else nothing."""
    name = state.facts.name
    return name if name and state.performer is not None and name != state.performer.name else ""


def _draw_receiver(row: RowContext, room: int) -> Sequence[Cell]:
    number = channel_label("", row.state.number)
    device = formats.fit(row.device, max(1, room - len(number)), row.glyphs.ellipsis).rstrip()
    return (Cell(formats.fit(f"{device}{number}", room) + " ", "dim"),)


def shown_battery(state: ChannelState, now: float) -> Battery | None:
    """The battery that has the usual form: the current one, and for a moment that of a pack that went.

    So a signal that comes and goes every second does not make a row jump between two forms.
    """
    past = state.past_battery
    if past is None:
        return state.battery
    is_recent = now - past.observed_at < CALM_S and state.shown_link_state not in UNHEARD
    return past.battery if is_recent else None


def _draw_battery(row: RowContext, room: int) -> Sequence[Cell]:
    link, battery = row.link, shown_battery(row.state, row.now)
    past = row.state.past_battery
    if link in UNHEARD or (battery is None and (past is not None or link not in ON_AIR)):
        return (_past_battery(past, row.now, room + 1 + BATTERY_TEXT),)
    tone = formats.charge_tone(row.state) if past is None and link in ON_AIR else "dim"
    share = battery.share if battery else None
    return (
        Cell(" " * room if share is None else row.glyphs.bar(share, room), tone, is_bar=share is not None),
        Cell(f" {format_charge(battery):>{BATTERY_TEXT}} ", "text" if tone == "live" else tone),
    )


def _draw_lasting(row: RowContext, room: int) -> Sequence[Cell]:
    """How long the pack lasts, and by how much that is more than the show needs."""
    lasting = row.lasting
    if lasting is None or row.link in UNHEARD:
        return (Cell(" " * (TIME_CELLS + MARGIN_CELLS + 2 + room)),)
    return (
        Cell(f"{lasting.time:>{TIME_CELLS}} "),
        Cell(f"{lasting.margin:>{MARGIN_CELLS}} ", lasting.tone),
    )


def _draw_battery_or_lasting(row: RowContext, room: int) -> Sequence[Cell]:
    """Where there is no column for how long it lasts, and a show is on: that in place of the charge."""
    if row.lasting is None or row.link not in ON_AIR:
        return _draw_battery(row, room)
    text = row.lasting.brief
    width = room + 2 + BATTERY_TEXT
    if width < BRIEF_CELLS + 1:
        return _draw_battery(row, room)
    return (Cell(f"{text:>{width - 1}} ", "text" if row.lasting.tone == "live" else row.lasting.tone),)


def _draw_next_user(row: RowContext, room: int) -> Sequence[Cell]:
    """Who has the mic next, and in which scene."""
    user = row.next_user
    if user is None:
        return (Cell(" " * (room + 1)),)
    tone = "accent" if user.is_soon else "dim"
    return (Cell(formats.fit(user.text, room, row.glyphs.ellipsis) + " ", tone),)


def _past_battery(past: LastBattery | None, now: float, width: int) -> Cell:
    """What the pack reported before it went, with its age; never as current."""
    if past is None:
        return Cell(" " * (width + 1))
    charge = format_charge(past.battery)
    text = f"({charge} {format_duration(now - past.observed_at)})"
    # The brackets say that it is not current; without room for its age they have to do.
    return Cell(formats.fit(text if len(text) <= width else f"({charge})", width) + " ", "dim")


def _draw_frequency(row: RowContext, _: int) -> Sequence[Cell]:
    return (Cell(" " + format_mhz(row.state.facts.frequency_khz, 8), "dim"),)


def _draw_flags(row: RowContext, room: int) -> Sequence[Cell]:
    flags = status_lines.flag_cells(row.state, row.problems, room)
    blank = room - sum(len(cell.text) for cell in flags)
    return Cell(" "), *flags, Cell(" " * blank)


def _draw_age(row: RowContext, _: int) -> Sequence[Cell]:
    late_s = row.state.stale_for_s(row.now)
    text = "" if late_s is None else format_duration(late_s)
    return (Cell(f" {text:>3}", "warning"),)


COLUMNS = (
    # The first cell is the pointer, which the board draws itself.
    ChannelColumn("number", ("   #",), _draw_number, 3, least=NUMBER_CELLS),
    ChannelColumn("name", (" name",), _draw_name, 1, least=10, good=14, most=24, priority=4, divisor=2),
    ChannelColumn("channel", (" channel",), _draw_channel, 1, least=10, most=14, priority=3, from_spare=52),
    ChannelColumn(
        "receiver", (" receiver",), _draw_receiver, 1, least=12, most=16, priority=1, from_spare=36
    ),
    ChannelColumn(
        "battery", (" battery", "  batt"), _draw_battery, 2 + BATTERY_TEXT, least=4, most=4, is_bar=True
    ),
    ChannelColumn("antenna", (" an",), ANTENNA, 3),
    ChannelColumn("rf", ("  dBm RF", "  dBm"), RF, 6, least=4, most=16, priority=6, is_bar=True),
    # It comes in when names are as wide as is good.
    ChannelColumn("trend", (" trend",), TREND, 1, least=6, most=6, priority=2, from_spare=11),
    ChannelColumn(
        "audio",
        (" dBFS audio", " dBFS"),
        AUDIO,
        6,
        least=6,
        most=20,
        priority=5,
        divisor=2,
        is_bar=True,
    ),
    ChannelColumn("quality", ("   q",), QUALITY, 4),
    ChannelColumn("frequency", ("      MHz",), _draw_frequency, 9),
    ChannelColumn("flags", (" flags", " flg"), _draw_flags, 1, least=3, most=5, priority=7),
    ChannelColumn("age", (" age",), _draw_age, 4),
)
"""From left to right; those that are meters stand together."""
LASTING_COLUMN = ChannelColumn(
    "lasting", ("  left  show",), _draw_lasting, TIME_CELLS + MARGIN_CELLS + 2, priority=1, from_spare=27
)
"""While a show is on, after the battery: how long the pack lasts, and how much longer than it has to."""
NEXT_USER_COLUMN = ChannelColumn(
    "next", (" next user",), _draw_next_user, 1, least=12, most=16, priority=1, from_spare=34
)
"""While the plot of a show has mics that change hands, after the names."""
BARLESS_WIDTH = sum(
    column.fixed + (0 if column.is_bar else column.least) for column in COLUMNS if not column.from_spare
)


class ChannelColumns(PlacedColumns[RowContext]):
    """The columns that are shown in some width, those that are meters apart."""

    def __init__(self, placed: Sequence[Placed[RowContext]]) -> None:
        super().__init__(placed)
        meters = [entry for entry in placed if isinstance(entry.column.draw, MeterGroup)]
        first = placed.index(meters[0])
        self.before = _drawing(placed[:first])
        self.after = _drawing(placed[first + len(meters) :])
        """What draws each column, with its room: those before and after the meters."""
        self.meters = tuple(
            (meter, entry.room)
            for entry in meters
            if isinstance(entry.column.draw, MeterGroup)
            for meter in entry.column.draw.meters
        )
        """What moves all the time, and gives way to a text while the channel is not on the air."""
        self.meters_width = sum(entry.width for entry in meters) - 1
        """Without the space before them, which ends the column before."""


@lru_cache(64)
def columns_for(
    width: int,
    number_cells: int = NUMBER_CELLS,
    *,
    has_two_names: bool = True,
    has_show: bool = False,
    has_next_users: bool = False,
) -> ChannelColumns:
    """Divide ``width`` cells: numbers first, then names, then bars up to what still helps the eye.

    The widest mic number takes ``number_cells``; it is cut where there is no room for it. Without
    ``has_two_names`` no channel is called otherwise than its performer, and needs no column for that. With
    ``has_show`` rows say how long packs last beside the end of the show.
    """
    spare = max(0, width - BARLESS_WIDTH)
    number, *others = (column for column in COLUMNS if has_two_names or column.name != "channel")
    room = min(max(NUMBER_CELLS, number_cells), NUMBER_CELLS + spare)
    # The pointer's cell is before the column.
    head = f"{'#':>{room + 2}}"
    columns = (replace(number, least=room, heads=(head,)), *others)
    if has_next_users:
        place_after = [column.name for column in columns].index("battery")
        columns = (*columns[:place_after], NEXT_USER_COLUMN, *columns[place_after:])
    if has_show:
        has_column = width - least_width(columns) >= LASTING_COLUMN.from_spare
        columns = tuple(_with_lasting(columns, has_column=has_column))
    if width >= least_width(columns):
        return ChannelColumns(place(columns, divide(columns, width)))
    return ChannelColumns(place(columns, dict(_barless_rooms(columns, spare - room + NUMBER_CELLS))))


def _with_lasting(columns: Iterable[ChannelColumn], *, has_column: bool) -> Iterator[ChannelColumn]:
    """A column of its own where there is room for it, else in place of the charge."""
    for column in columns:
        if column.name != "battery":
            yield column
        elif has_column:
            yield column
            yield LASTING_COLUMN
        else:
            yield replace(column, draw=_draw_battery_or_lasting, heads=("left  show", "  batt"))


def _barless_rooms(columns: Iterable[ChannelColumn], spare: int) -> Iterator[tuple[str, int]]:
    """Without bars, so that names have what these leave."""
    for column in columns:
        if column.name == "name":
            yield column.name, min(column.most, column.least + spare)
        elif not column.from_spare:
            yield column.name, 0 if column.is_bar else column.least


def _drawing(placed: Sequence[Placed[RowContext]]) -> tuple[tuple[Draw[RowContext], int], ...]:
    return tuple((entry.column.draw, entry.room) for entry in placed)
