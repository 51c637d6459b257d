"""A line of a dialog that says its keys: a click on one presses it."""

from textual.events import Click, Key
from textual.widgets import Static

from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.key_names import KeyPress, parse_key

GAP = "   "
"""Between two keys."""


class KeyHints(Static):
    """``Enter takes it   Esc back``: each begins with its key."""

    def __init__(self, text: str, *, id: str | None = None, key: str = "") -> None:  # noqa: A002 - Textual's word
        """``key``: the whole line stands for this one."""
        super().__init__(visible(text), classes="" if key else "label", id=id, markup=False)
        self._key = key

    def on_click(self, event: Click) -> None:
        press = parse_key(self._key) if self._key else self._press_at(event.x, event.y)
        if press is not None:
            event.stop()
            self.app.post_message(Key(press.name, press.character))

    def _press_at(self, x: int, y: int) -> KeyPress | None:
        """The key at this place; None where there is none, or where the line was too long for one."""
        start = 0
        for hint in str(self.content).split(GAP):
            if y == 0 and start <= x < start + len(hint) and len(str(self.content)) <= self.size.width:
                return parse_key(hint.split(maxsplit=1)[0]) if hint.strip() else None
            start += len(hint) + len(GAP)
        return None
