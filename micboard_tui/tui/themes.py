"""Theme files: a few named colours, each with one meaning, for our cells and for Textual's widgets."""

import tomllib
from collections.abc import Iterable, Mapping
from colorsys import rgb_to_hls
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.near_name import suggest
from micboard_tui.tui.theme_files import list_themes

MAX_BYTES = 64 * 1024
TONES = ("text", "dim", "accent", "live", "warning", "critical", "muted")
GROUNDS = ("background", "surface", "track", "selected")
ALARM_GROUNDS = ("warning", "critical")
"""What is filled with the colour of a problem; all texts on it have that of the usual ground."""
BOLD = frozenset({"critical"})
NEW_TONES = {"new warning": "warning", "new critical": "critical"}
"""What was not seen yet, reversed so that it is found at a glance on any ground."""
_DARK_16 = {20: "#aa0000", 75: "#aa5500", 165: "#00aa00", 205: "#00aaaa", 250: "#0000aa", 315: "#aa00aa"}
_BRIGHT_16 = {20: "#ff5555", 75: "#ffff55", 165: "#55ff55", 205: "#55ffff", 250: "#5555ff", 335: "#ff55ff"}
"""Six of the darker and six of the brighter of 16 colours by the hue, in degrees, at which they end."""
_BLACK_BELOW, _BRIGHT_FROM = 0.15, 0.5
_GREY_BELOW = 0.1
"""The difference between the most and the least of red, green and blue."""


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as CSS values."""

    name: str
    colors: Mapping[str, str]
    dark: bool = True

    @cached_property
    def styles(self) -> Mapping[tuple[str, str], Style]:
        """A style for every tone on every ground, made once."""
        styles = {
            (tone, ground): Style(
                color=self.colors[tone], bgcolor=self.colors[ground], bold=tone in BOLD or None
            )
            for tone in TONES
            for ground in GROUNDS
        }
        for tone, color in NEW_TONES.items():
            style = Style(color=self.colors["background"], bgcolor=self.colors[color], bold=True)
            styles |= dict.fromkeys(((tone, ground) for ground in GROUNDS), style)
        for ground in ALARM_GROUNDS:
            style = Style(color=self.colors["background"], bgcolor=self.colors[ground], bold=True)
            styles |= dict.fromkeys(((tone, ground) for tone in (*TONES, *NEW_TONES)), style)
        return styles

    def for_16_colors(self) -> "Palette":
        """The same for a terminal that has 16 colours: texts have the one of their hue.

        The nearest one to a pale red would be grey, which means nothing.
        """
        texts = {tone: _one_of_16(self.colors[tone]) for tone in TONES}
        return replace(self, colors={**self.colors, **texts})

    def as_textual(self) -> Theme:
        """The same colours for dialogs, inputs and toasts."""
        colors = self.colors
        return Theme(
            name=f"micboard-{self.name}",
            primary=colors["accent"],
            secondary=colors["muted"],
            accent=colors["accent"],
            foreground=colors["text"],
            background=colors["background"],
            surface=colors["surface"],
            panel=colors["surface"],
            success=colors["live"],
            warning=colors["warning"],
            error=colors["critical"],
            dark=self.dark,
            # What is chosen looks the same in lists as on the board.
            variables={
                "block-cursor-background": colors["selected"],
                "block-cursor-foreground": colors["text"],
                "block-cursor-text-style": "none",
                "block-cursor-blurred-background": colors["selected"],
                "block-cursor-blurred-foreground": colors["text"],
                "block-cursor-blurred-text-style": "none",
                "block-hover-background": colors["surface"],
            },
        )


def _one_of_16(value: str) -> str:
    parts = [part / 255 for part in Color.parse(value).rgb]
    hue, lightness, _ = rgb_to_hls(*parts)
    if max(parts) - min(parts) < _GREY_BELOW or lightness < _BLACK_BELOW:
        return value
    colors = _BRIGHT_16 if lightness >= _BRIGHT_FROM else _DARK_16
    return next((color for end, color in colors.items() if hue * 360 < end), colors[20])


def load_palette(name: str, files: Iterable[Path]) -> Palette:
    """The theme called ``name``.

    Raises StartError CONFIG_INVALID that names the file and the key, or the themes there are.
    """
    known = list_themes(files)
    if name not in known:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"There is no theme '{name}'",
            hint=suggest(f"Known are: {', '.join(known) or 'none'}", name, known),
        )
    return _read(name, known[name])


def _read(name: str, file: Path) -> Palette:
    try:
        with file.open("rb") as reading:
            content = tomllib.loads(reading.read(MAX_BYTES).decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _broken(file, str(error)) from error
    colors = content.get("colors", {})
    for key in (*TONES, *GROUNDS):
        if not isinstance(colors, dict) or key not in colors:
            raise _broken(file, f"colors.{key} is missing")
        try:
            colors[key] = Color.parse(colors[key]).hex6
        except (ColorParseError, TypeError, AttributeError) as error:
            raise _broken(file, f"colors.{key} is not a colour: {colors[key]!r}") from error
    return Palette(name, colors, dark=bool(content.get("dark", True)))


def _broken(file: Path, reason: str) -> StartError:
    return StartError(
        ErrorCode.CONFIG_INVALID,
        f"The theme {file} cannot be used: {reason}",
        hint="Correct it, or take another theme with MICBOARD_BOARD__THEME",
    )
