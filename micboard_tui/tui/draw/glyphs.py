"""What bars are drawn with: blocks of half a line's height, or plain ASCII where a terminal has no more."""

import locale
from collections.abc import Mapping
from dataclasses import dataclass, field

_BLOCKS = " ▖▄"
"""Half as high as a line, so that the bars of two rows do not become one."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """A set of signs; each is one cell wide. There are few, so each is equal only to itself."""

    steps: str
    """From empty to full within one cell."""
    peak: str
    pointer: str
    mark: str
    """Stands before what the next action is for."""
    ellipsis: str
    rule: str
    """What a line is drawn with."""
    upright: str
    """And an upright one."""
    levels: str
    """From low to high, one cell each."""
    plain: Mapping[int, int] = field(default_factory=dict)
    """What stands in for our own signs where the terminal has no more than ASCII."""

    def text(self, text: str) -> str:
        """The same in signs that the terminal has; never wider."""
        return text.translate(self.plain) if self.plain else text

    def bar(self, share: float, width: int) -> str:
        """A bar of ``width`` cells, filled by ``share`` (0 to 1). What is more than nothing shows."""
        top = len(self.steps) - 1
        whole, part = divmod(self.filled_steps(share, width), top)
        bar = self.steps[top] * whole + (self.steps[part] if part else "")
        return bar.ljust(width)

    def filled_steps(self, share: float, width: int) -> int:
        """How far such a bar is filled: two that are filled equally far look the same."""
        top = len(self.steps) - 1
        filled = round(min(1.0, max(0.0, share)) * width * top)
        return 1 if share > 0 and filled == 0 and width else filled

    def level(self, share: float | None) -> str:
        """One cell for a share of 0 to 1; a blank for none."""
        if share is None:
            return " "
        return self.levels[min(len(self.levels) - 1, max(0, int(share * len(self.levels))))]

    def with_peak(self, bar: str, share: float) -> str:
        """The same bar with a mark where the level has just been."""
        index = peak_cell(share, len(bar))
        return bar if index < 0 or bar[index] != " " else bar[:index] + self.peak + bar[index + 1 :]


def peak_cell(share: float, width: int) -> int:
    """In which cell of a bar its peak stands."""
    return min(width - 1, int(share * width))


BLOCKS = Glyphs(_BLOCKS, "╷", "▌", "●", "…", "─", "│", "▁▂▃▄▅▆▇")
ASCII = Glyphs(" =", "|", ">", "*", "~", "-", "|", "_.:-=+*#", str.maketrans("\N{EN DASH}…↑↓←→°", "-~^v<> "))


def glyphs_for(choice: str, encoding: str | None = None) -> Glyphs:
    """The set that was chosen; ``auto`` decides by what the terminal's encoding can show."""
    if choice == "ascii":
        return ASCII
    if choice == "blocks":
        return BLOCKS
    try:
        _BLOCKS.encode(encoding or locale.getpreferredencoding(do_setlocale=False))
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return BLOCKS
