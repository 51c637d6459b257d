"""Which colours the screens have, and changing them while the board runs."""

from collections.abc import Callable, Iterable
from typing import Protocol, runtime_checkable

from textual.screen import Screen

from micboard_tui.contracts.errors import MicboardError
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.flows.user_ports import BRIEF_S, Notices
from micboard_tui.tui.theme_files import list_themes
from micboard_tui.tui.themes import Palette, load_palette

COLORLESS = "mono"


class ThemeMemory(Protocol):
    """Keeps the theme that was chosen until the next start."""

    @property
    def theme(self) -> str | None: ...

    def choose_theme(self, name: str) -> None: ...


class ThemeSwitcher:
    def __init__(
        self,
        options: BoardOptions,
        memory: ThemeMemory,
        show: Callable[[Palette], None],
        notices: Notices,
        *,
        has_color: bool,
    ) -> None:
        """``show`` gives every screen the colours. Raises StartError when the first theme cannot be used."""
        self._files, self._memory, self._show = options.theme_files, memory, show
        self._notices = notices
        # Without colours only brightness is left, and this theme is made of it.
        is_plain = not has_color and COLORLESS in list_themes(self._files)
        self._has_16_colors = options.has_16_colors
        self.palette = self._load(COLORLESS if is_plain else options.theme)
        if not is_plain and memory.theme is not None:
            try:
                self.palette = self._load(memory.theme)
            except MicboardError:
                # Its file is gone or broken; the one of the settings is there.
                return

    @property
    def names(self) -> tuple[str, ...]:
        """All themes there are."""
        return tuple(list_themes(self._files))

    def use_next(self) -> None:
        names, current = self.names, self.palette.name
        self.use(names[(names.index(current) + 1) % len(names)] if current in names else names[0])

    def use(self, name: str) -> None:
        """Show this theme; a broken one changes nothing."""
        try:
            self.palette = self._load(name)
        except MicboardError as error:
            self._notices.report_error(error.info)
            return
        self._memory.choose_theme(name)
        self._show(self.palette)
        self._notices.inform(f"Theme {name}.", BRIEF_S)

    def _load(self, name: str) -> Palette:
        palette = load_palette(name, self._files)
        return palette.for_16_colors() if self._has_16_colors else palette


@runtime_checkable
class Recolorable(Protocol):
    """A screen or widget that draws its own cells; Textual's follow its theme."""

    def apply_palette(self, palette: Palette) -> None:
        """Draw with these colours from now on."""
        ...


def apply_to_screens(screens: Iterable[Screen[object]], palette: Palette) -> None:
    """Give these colours to all that draw their own cells."""
    for screen in screens:
        for node in screen.walk_children(with_self=True):
            if isinstance(node, Recolorable):
                node.apply_palette(palette)
