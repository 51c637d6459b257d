"""Letters, flags, colours and keys of the screen that it is opened on, on one page."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TypeAlias

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from micboard_tui.contracts.problem_texts import FLAG_TEXTS, LINK_STATE_TEXTS, PROBLEM_FLAGS
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.alarm_sign import SIGN_MEANINGS
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.help_pages import HelpEntry, HelpPage
from micboard_tui.tui.key_bindings import HELP_KEY_LINE, HELP_SCREEN_KEYS, Key
from micboard_tui.tui.key_overrides import Keymap
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines

KEY_WIDTH = 12
MOST_WIDTH, TWO_COLUMNS_FROM = 132, 104
FRAME = 3
"""Cells beside the text: a margin on both sides, and the scroll bar."""
GAP = 2
Block: TypeAlias = Sequence[Sequence[Cell]]
"""Lines that stay together."""
_COLOR_MEANINGS = (
    ("live", "fine"),
    ("warning", "needs attention soon"),
    ("critical", "needs attention now"),
    ("muted", "muted"),
    ("dim", "not current, or not heard"),
)
_NOTES = (
    "A dash is unknown, never zero. A battery in (brackets) is the last one that was reported, and how long "
    "ago. An age at the end of a row: its values are old."
)


def help_lines(page: HelpPage, keymap: Keymap, width: int) -> list[list[Cell]]:
    """The page in this width, in two columns where there is room for them."""
    has_two = width >= TWO_COLUMNS_FROM
    room = (width - GAP) // 2 if has_two else width
    blocks = list(_blocks(page, keymap, room))
    if not has_two or len(blocks) == 1:
        return _stack(blocks)
    heights = [len(_stack(blocks[:count])) for count in range(len(blocks) + 1)]
    total = heights[-1]
    # Where the longer of the two columns is shortest.
    count = min(range(1, len(blocks)), key=lambda number: max(heights[number], total - heights[number]))
    return _beside(_stack(blocks[:count]), _stack(blocks[count:]), room)


def _blocks(page: HelpPage, keymap: Keymap, width: int) -> Iterator[Block]:
    if page.has_letters:
        yield list(_letters(width))
        yield list(_section("Problems, as flags", PROBLEM_FLAGS.values(), "warning", width, sign_width=3))
        yield list(_section("Other flags", FLAG_TEXTS.values(), "dim", width, sign_width=3))
        yield list(_section("Alarms, behind the number", SIGN_MEANINGS, "warning", width, sign_width=3))
        yield list(_colors(width))
    for section in page.sections:
        keys = (shown for entry in section.entries if (shown := _key(entry, keymap)) is not None)
        yield list(_section(section.title, keys, "text", width, sign_width=KEY_WIDTH))


def _key(entry: HelpEntry, keymap: Keymap) -> tuple[str, str] | None:
    """What to press and what it does; None for a key that is not listed."""
    if isinstance(entry, Key):
        return (keymap.display(entry), entry.description) if entry.is_listed else None
    return entry


def _letters(width: int) -> Iterator[list[Cell]]:
    yield [Cell(" Letters before the name", "accent")]
    for state in LinkState:
        sign = Cell(f"  {state.letter or ' '}  ", formats.STATE_TONES[state])
        text = LINK_STATE_TEXTS[state]
        meaning = f"{text.name:<11}{text.meaning}"
        yield from _hanging(sign, meaning, width)


def _colors(width: int) -> Iterator[list[Cell]]:
    yield [Cell(" Colours", "accent")]
    for tone, meaning in _COLOR_MEANINGS:
        yield [Cell(f"  {tone:<{KEY_WIDTH}}", tone), Cell(meaning, "dim")]
    yield from ([Cell(f"  {line}", "dim")] for line in wrap(_NOTES, max(10, width - 2)))


def _section(
    title: str, entries: Iterable[tuple[str, str]], tone: str, width: int, *, sign_width: int
) -> Iterator[list[Cell]]:
    yield [Cell(f" {title}", "accent")]
    for sign, meaning in entries:
        padding = " " * max(1, sign_width - cell_len(sign))
        yield from _hanging(Cell(f"  {sign}{padding}", tone), meaning, width)


def _hanging(sign: Cell, text: str, width: int) -> Iterator[list[Cell]]:
    """A sign and what it means; what is too long goes on below."""
    indent = cell_len(sign.text)
    first, *rest = wrap(text, max(10, width - indent)) or [""]
    yield [sign, Cell(first, "dim")]
    yield from ([Cell(" " * indent), Cell(line, "dim")] for line in rest)


def _stack(blocks: Iterable[Block]) -> list[list[Cell]]:
    """One below the other, with a blank line between them."""
    lines: list[list[Cell]] = []
    for block in blocks:
        lines += [[]] if lines else []
        lines += [list(line) for line in block]
    return lines


def _beside(left: Block, right: Block, width: int) -> list[list[Cell]]:
    """Both columns in one, the first ``width`` cells wide."""
    lines = []
    for number in range(max(len(left), len(right))):
        line = list(left[number]) if number < len(left) else []
        taken = sum(cell_len(cell.text) for cell in line)
        line.append(Cell(" " * (max(0, width - taken) + GAP)))
        lines.append([*line, *(right[number] if number < len(right) else ())])
    return lines


class HelpScreen(ModalScreen[None]):
    DEFAULT_CSS = f"""
    HelpScreen {{ align: center middle; background: $background 60%; }}
    HelpScreen > Vertical {{
        width: 100%; max-width: {MOST_WIDTH}; height: auto; max-height: 100%; background: $surface;
    }}
    HelpScreen VerticalScroll {{
        height: auto; max-height: 100%; padding: 0 1; scrollbar-size-vertical: 1; background: $surface;
    }}
    """
    BINDINGS = dialog_bindings_of(HELP_SCREEN_KEYS)

    def __init__(self, style: ScreenStyle, page: HelpPage) -> None:
        super().__init__()
        self._palette, self._glyphs, self._keymap, self._page = (
            style.palette,
            style.glyphs,
            style.keymap,
            page,
        )
        self._key_line = style.keymap.line(HELP_KEY_LINE)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Lines(self._palette, self._glyphs, "surface", id="title")
            with VerticalScroll():
                yield Lines(self._palette, self._glyphs, "surface", id="page")
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.query_one("#title", Lines).show([[Cell(f" Help: {self._page.title}", "accent")]])

    def on_resize(self) -> None:
        width = min(self.size.width, MOST_WIDTH)
        lines = help_lines(self._page, self._keymap, width - FRAME)
        shown = self.query_one("#page", Lines)
        shown.styles.height = len(lines)
        shown.show(lines)
        # Title and line of keys stand above and below.
        self.query_one(VerticalScroll).styles.max_height = max(1, self.size.height - 2)
        self.query_one(KeyBar).show_keys(self._key_line)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
