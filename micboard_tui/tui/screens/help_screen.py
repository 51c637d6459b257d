"""Keys, letters and colours, on one page."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.key_bindings import HELP_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.widgets.lines import Lines

KEY_WIDTH = 14
_STATE_MEANINGS = {
    LinkState.REFUSED: "the receiver answers but refuses access",
    LinkState.OFFLINE: "nothing from the receiver for five seconds",
    LinkState.RF_LOST: "the pack was on, its carrier is gone",
    LinkState.TRANSMITTER_OFF: "no pack is on",
    LinkState.MUTED: "carrier there, audio muted at pack or receiver",
    LinkState.DOCKED: "the pack is in a charger",
    LinkState.LIVE: "carrier and audio are fine",
    LinkState.UNKNOWN: "nothing received yet",
}
_FLAG_MEANINGS = (
    ("E", "encryption keys differ: no audio"),
    ("I", "interference"),
    ("C", "audio clips"),
    ("F", "another live channel has the same frequency"),
    ("2", "the performer is live on another primary channel too"),
    ("W", "the pack is not the planned one"),
    ("B", "bad battery contact"),
    ("m", "muted at the receiver"),
    ("t", "muted at the pack"),
    ("k", "the pack's talk switch is pressed"),
    ("l", "controls of the pack are locked"),
    ("p", "the receiver's front panel is locked"),
    ("e", "encrypted"),
    ("x", "expected to be off: raises no alarm"),
)
_COLOR_MEANINGS = (
    ("live", "fine"),
    ("warning", "needs attention soon"),
    ("critical", "needs attention now"),
    ("muted", "muted"),
    ("dim", "not current, or not known"),
)


def page(keys: Iterable[tuple[str, str]]) -> list[list[Cell]]:
    """The lines of the page."""
    lines = [[Cell(" Keys", "accent")]]
    lines += [[Cell(f"  {key:<{KEY_WIDTH}}", "text"), Cell(what, "dim")] for key, what in keys]
    lines += [[], [Cell(" Letters before the name", "accent")]]
    for state in LinkState:
        sign = [Cell(f"  {state.letter or ' '}  ", formats.STATE_TONES[state])]
        lines.append(
            [*sign, Cell(f"{LINK_STATE_TEXTS[state].name:<11}"), Cell(_STATE_MEANINGS[state], "dim")]
        )
    lines += [[], [Cell(" Flags", "accent")]]
    lines += [[Cell(f"  {flag}  ", "warning"), Cell(meaning, "dim")] for flag, meaning in _FLAG_MEANINGS]
    lines += [[], [Cell(" Colours", "accent")]]
    lines += [
        [Cell(f"  {tone:<{KEY_WIDTH}}", tone), Cell(meaning, "dim")] for tone, meaning in _COLOR_MEANINGS
    ]
    lines += [
        [],
        [Cell(" A dash is unknown, never zero. A battery in (brackets) is the last one that was", "dim")],
        [Cell(" reported, and how long ago. An age at the end of a row: its values are old.", "dim")],
    ]
    return lines


class HelpScreen(ModalScreen[None]):
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen VerticalScroll {
        width: 80; max-width: 100%; height: auto; max-height: 100%; background: $surface; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS = bindings_of(HELP_SCREEN_KEYS)

    def __init__(self, style: ScreenStyle) -> None:
        super().__init__()
        self._palette, self._glyphs = style.palette, style.glyphs
        self._page = page(style.keymap.help_lines())

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            lines = Lines(self._palette, self._glyphs, "surface")
            lines.styles.height = len(self._page)
            yield lines

    def on_mount(self) -> None:
        self.query_one(Lines).show(self._page)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
