"""The views that can be brought back: the last one, and those on the number keys."""

from collections.abc import Mapping

from micboard_tui.tui.arrange.view import LAST, View


class KeptViews:
    def __init__(self, stored: Mapping[str, View]) -> None:
        self._by_key = dict(stored)

    @property
    def current(self) -> View:
        """What is seen now, which is also what is seen first after the next start."""
        return self._by_key.get(LAST, View())

    @property
    def by_key(self) -> Mapping[str, View]:
        """All of them, to be stored; always as they are now."""
        return self._by_key

    def show(self, view: View) -> None:
        """Make it the current one."""
        self._by_key[LAST] = view

    def keep(self, key: str, view: View) -> None:
        """Make it the current one, and keep it on a number key."""
        self._by_key[key] = self._by_key[LAST] = view

    def find(self, number: int) -> View | None:
        """What is kept on a number key."""
        return self._by_key.get(str(number))
