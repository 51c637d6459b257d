"""Keeps the views of the board between two starts."""

import asyncio
from collections.abc import Mapping

from micboard_tui.tui.arrange.stored_views import parse_views, replace_views
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.board_options import ViewStore
from micboard_tui.tui.flows.user_ports import Notices

THEME = "theme"
"""The key of the colour theme that was chosen last; what it holds is no view."""


class ViewKeeper:
    """Keeps the views, and beside them the theme that was chosen on the board."""

    def __init__(self, store: ViewStore, notices: Notices, configured_theme: str = "") -> None:
        """``configured_theme`` is that of the settings; beside another one a chosen theme does not count."""
        self._store, self._notices, self._configured_theme = store, notices, configured_theme
        self._theme_entry = store.load().get(THEME)

    @property
    def theme(self) -> str | None:
        """The theme that was chosen on the board; None: none other than what is configured."""
        match self._theme_entry:
            case {"name": str(name), "instead_of": self._configured_theme}:
                return name
            case _:
                return None

    def choose_theme(self, name: str) -> None:
        """Keep this theme with the views from now on."""
        self._theme_entry = {"name": name, "instead_of": self._configured_theme}

    def load(self) -> Mapping[str, View]:
        """All that are kept, by their keys; what cannot be read is left out."""
        return parse_views(self._store.load())

    def save(self, views: Mapping[str, View]) -> str | None:
        """Keep all of them, and what only another release can read; the reason when that is not possible."""
        stored = replace_views(self._store.load(), views)
        if self._theme_entry is not None:
            stored[THEME] = self._theme_entry
        return self._store.save(stored)

    async def save_and_report(self, views: Mapping[str, View], text: str) -> None:
        """The same without holding up the board, and ``text`` when it is done."""
        reason = await asyncio.to_thread(self.save, views)
        if reason is None:
            self._notices.inform(text)
        else:
            self._notices.fail(reason)
