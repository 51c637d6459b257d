"""A message of lists over the board: the user wants to go to the line of a channel or device."""

from dataclasses import dataclass

from textual.message import Message

from micboard_tui.tui.arrange.arrangement import LineRef


@dataclass
class LineChosen(Message):
    """Back to the board, with this line selected; where no line is its, all about it."""

    ref: LineRef
