"""What every screen needs to draw itself: colours, signs, and the keys as the user has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.key_overrides import Keymap
from micboard_tui.tui.themes import Palette


@dataclass(frozen=True, slots=True)
class ScreenStyle:
    palette: Palette
    """The colours when the screen opens; ``apply_palette`` brings others."""
    glyphs: Glyphs
    keymap: Keymap


def option_text(cells: Sequence[Cell], palette: Palette, glyphs: Glyphs) -> Text:
    """A row of a list that can be chosen; what is in the tone of text takes the list's own colour."""
    parts = (
        (glyphs.text(cell.text), "" if cell.tone == "text" else palette.colors[cell.tone]) for cell in cells
    )
    return Text.assemble(*parts, no_wrap=True)
