"""What every screen needs to draw itself: colours, signs, and the keys as the user has them."""

from dataclasses import dataclass

from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.key_overrides import Keymap
from micboard_tui.tui.themes import Palette


@dataclass(frozen=True, slots=True)
class ScreenStyle:
    palette: Palette
    """The colours when the screen opens; ``apply_palette`` brings others."""
    glyphs: Glyphs
    keymap: Keymap
