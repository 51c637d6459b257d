"""Moves in a list by keys, and by the wheel where it is turned beside the list."""

from textual.scroll_view import ScrollView
from textual.widgets import OptionList

WHEEL_LINES = 2
"""One turn of the wheel, as Textual has it over a list."""


def step_highlight(options: OptionList, by: int) -> None:
    """To the next option that can be chosen, or the one before when ``by`` is negative."""
    if by > 0:
        options.action_cursor_down()
    else:
        options.action_cursor_up()


def scroll_list(lines: ScrollView, by: int) -> None:
    """Show what is so many lines further down; nothing else is selected."""
    lines.scroll_relative(y=by, animate=False)
