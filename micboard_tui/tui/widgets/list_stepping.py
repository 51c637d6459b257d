"""Moves the highlight of a list by a key."""

from textual.widgets import OptionList


def step_highlight(options: OptionList, by: int) -> None:
    """To the next option that can be chosen, or the one before when ``by`` is negative."""
    if by > 0:
        options.action_cursor_down()
    else:
        options.action_cursor_up()
