"""How characters look, and what makes a terminal write them so. Pure."""

from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style

_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("conceal", "8"),
    ("strike", "9"),
    ("underline2", "21"),
    ("overline", "53"),
)
_OF_THE_TERMINAL = frozenset({"39", "49"})
REVERSED_FROM, DIM_UP_TO = 45, 165
"""Brightness of 255: grounds that stand out, and texts that stand back (themes/mono.toml)."""
MOST_PENS = 4096


class Pen(NamedTuple):
    """How characters look, as the parameters of SGR, and where they lead."""

    attributes: frozenset[str] = frozenset()
    foreground: str = "39"
    background: str = "49"
    link: str = ""

    def linked(self, before: "Pen | None") -> str:
        """The sequence that makes what follows lead where this pen leads."""
        return "" if self.link == (before.link if before else "") else f"\x1b]8;;{self.link}\x1b\\"

    def after(self, before: "Pen | None") -> str:
        """The sequence that makes a terminal that wrote with ``before`` write with this pen."""
        if before is None or not before.attributes <= self.attributes:
            codes = ["0", *sorted(self.attributes)]
            codes += [code for code in (self.foreground, self.background) if code not in _OF_THE_TERMINAL]
        else:
            codes = sorted(self.attributes - before.attributes)
            codes += [self.foreground] if before.foreground != self.foreground else []
            codes += [self.background] if before.background != self.background else []
        return (f"\x1b[{';'.join(codes)}m" if codes else "") + self.linked(before)


PLAIN = Pen()


class PenCache:
    """The pens of styles, for a terminal with these colours; None: no colour is wanted at all (NO_COLOR).

    Equal pens are one object, so that they are compared by identity. A pen is looked up by the identity of
    its style first: a style's own hash costs more than all the rest of it.
    """

    def __init__(self, color_system: ColorSystem | None) -> None:
        self._color_system = color_system
        self._by_identity: dict[int, tuple[Style | None, Pen]] = {}
        self._by_style: dict[Style | None, Pen] = {}
        self._shared: dict[Pen, Pen] = {}
        self._transitions: dict[tuple[Pen | None, Pen], str] = {}

    def find(self, style: Style | None) -> Pen:
        """The pen that writes in this style."""
        known = self._by_identity.get(id(style))
        if known is not None and known[0] is style:
            return known[1]
        pen = self._by_style.get(style) or self._make(style)
        if len(self._by_identity) >= MOST_PENS:
            self._by_identity.clear()
        self._by_identity[id(style)] = style, pen
        return pen

    def transition(self, before: Pen | None, pen: Pen) -> str:
        """The sequence that makes a terminal that wrote with ``before`` write with ``pen``."""
        key = before, pen
        text = self._transitions.get(key)
        if text is None:
            text = self._transitions[key] = pen.after(before)
        return text

    def _make(self, style: Style | None) -> Pen:
        if len(self._by_style) >= MOST_PENS:
            # Pens are compared by identity: those made anew are only written once more.
            self._by_style.clear()
            self._shared.clear()
            self._transitions.clear()
        pen = PLAIN if style is None else pen_of(style, self._color_system)
        pen = self._by_style[style] = self._shared.setdefault(pen, pen)
        return pen


def pen_of(style: Style, color_system: ColorSystem | None) -> Pen:
    """How a terminal with these colours writes in this style; without any, brightness decides."""
    foreground, background = style.color, style.bgcolor
    attributes = frozenset(code for name, code in _ATTRIBUTES if getattr(style, name))
    if color_system is None:
        return Pen(attributes | _shade(foreground, background), link=style.link or "")
    return Pen(
        attributes,
        "39"
        if foreground is None
        else ";".join(foreground.downgrade(color_system).get_ansi_codes(foreground=True)),
        "49"
        if background is None
        else ";".join(background.downgrade(color_system).get_ansi_codes(foreground=False)),
        style.link or "",
    )


def _shade(foreground: Color | None, background: Color | None) -> frozenset[str]:
    if background is not None and _brightness(background) >= REVERSED_FROM:
        return frozenset({"7"})
    is_dim = foreground is not None and _brightness(foreground) <= DIM_UP_TO
    return frozenset({"2"}) if is_dim else frozenset()


def _brightness(color: Color) -> float:
    red, green, blue = color.get_truecolor()
    return 0.299 * red + 0.587 * green + 0.114 * blue
