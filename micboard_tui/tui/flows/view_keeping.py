"""Keeps the views of the board between two starts."""

import asyncio
from collections.abc import Mapping

from micboard_tui.tui.arrange.view import View, parse_view
from micboard_tui.tui.board_options import ViewStore
from micboard_tui.tui.flows.user_ports import Notices


def parse_views(stored: Mapping[str, object]) -> Mapping[str, View]:
    """The views of a file by their keys; what cannot be read is left out."""
    return {key: view for key, value in stored.items() if (view := parse_view(value)) is not None}


class ViewKeeper:
    def __init__(self, store: ViewStore, notices: Notices) -> None:
        self._store, self._notices = store, notices

    def load(self) -> Mapping[str, View]:
        """All that are kept, by their keys; what cannot be read is left out."""
        return parse_views(self._store.load())

    def save(self, views: Mapping[str, View]) -> str | None:
        """Keep all of them; the reason when that is not possible."""
        return self._store.save({key: view.as_json() for key, view in views.items()})

    async def save_and_report(self, views: Mapping[str, View], text: str) -> None:
        """The same without holding up the board, and ``text`` when it is done."""
        reason = await asyncio.to_thread(self.save, views)
        if reason is None:
            self._notices.inform(text)
        else:
            self._notices.fail(reason)
