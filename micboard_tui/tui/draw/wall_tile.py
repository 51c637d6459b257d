"""One channel large for a wall: name, mic number and minutes, which can be read across a room. Pure."""

from collections.abc import Sequence

from rich.cells import cell_len

from micboard_tui.contracts.problem_texts import problem_letter
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.problem import ProblemCode, Severity
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_charge
from micboard_tui.tui.draw import block_letters, formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_columns import shown_battery
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.draw.row_context import RowContext

LETTER_CELLS = 3
"""Of the letter of what is wrong, at the upper right."""
TEXT_LINE = 1
"""Where a text stands that has no large letters."""
MARGIN, GAP = 1, 2
_ALARM_GROUNDS = {Severity.CRITICAL: "critical", Severity.WARNING: "warning"}
_NAME_TONES = {LinkState.LIVE: "text", LinkState.MUTED: "muted"}


def tile_ground(problems: Sequence[ProblemCode], usual: str) -> str:
    """What the whole tile is filled with: the colour of its worst problem, else ``usual``."""
    return _ALARM_GROUNDS[problems[0].severity] if problems else usual


def wall_tile(row: RowContext, width: int) -> list[list[Cell]]:
    """The name over mic number and minutes, all of one size; each line ``width`` cells wide."""
    name = visible(row.state.display_name or channel_label(row.device, row.state.number))
    number, (charge, charge_tone) = visible(row.state.mic_number or ""), _charge(row)
    room, name_room = width - 2 * MARGIN, width - MARGIN - LETTER_CELLS
    is_wide = _wide(name) <= name_room and _wide(number) + GAP + _wide(charge) <= room
    is_plain = row.glyphs is not BLOCKS
    if is_plain:
        charge_room = max(0, 2 * len(charge) - 1)
    else:
        charge_room = _wide(charge) if is_wide else -(-_wide(charge) // 2)
    letter = problem_letter(row.problems[0]) if row.problems else row.link.letter
    if row.sign is not None:
        letter += row.sign.letter
    letters = [letter, *[""] * (block_letters.LINES - 1)]
    tone, margin = _NAME_TONES.get(row.link, "dim"), Cell(" " * MARGIN)
    above = zip(_large(name, name_room, is_wide=is_wide, is_plain=is_plain), letters, strict=True)
    below = zip(
        _large(number, max(1, room - charge_room), is_wide=is_wide, is_plain=is_plain),
        _large(charge, charge_room, is_wide=is_wide, is_plain=is_plain),
        strict=True,
    )
    return [
        *([margin, Cell(text, tone), Cell(f"{sign:>{LETTER_CELLS - 1}} ", tone)] for text, sign in above),
        *([margin, Cell(left, "accent"), Cell(right, charge_tone), margin] for left, right in below),
    ]


def _wide(text: str) -> int:
    """Cells of the text in wide letters; 0 where it has no large ones."""
    return block_letters.wide_cells(block_letters.drawable(text))


def _charge(row: RowContext) -> tuple[str, str]:
    """How long the battery lasts, and its tone; one that is not current is in brackets."""
    battery, past = shown_battery(row.state, row.now), row.state.past_battery
    if battery is None and past is not None:
        return f"({format_charge(past.battery)})", "dim"
    if row.link not in ON_AIR:
        return ("", "dim") if battery is None else (format_charge(battery), "dim")
    text = format_charge(battery)
    return text, "dim" if text == DASH or past is not None else "text"


def _large(text: str, width: int, *, is_wide: bool, is_plain: bool) -> Sequence[str]:
    """In as many lines as large letters have."""
    letters = "" if is_plain else block_letters.drawable(text)
    if letters:
        return block_letters.block_lines(letters, width, is_wide=is_wide)
    spaced = " ".join(text)
    shown = spaced if cell_len(spaced) <= width else text
    plain = formats.fit(shown, width, "~" if is_plain else formats.ELLIPSIS)
    return [plain if index == TEXT_LINE else " " * width for index in range(block_letters.LINES)]
