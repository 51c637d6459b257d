"""Moves the pointer of the board to what has a problem."""

from collections.abc import Callable

from micboard_tui.tui.arrange.problem_watch import ProblemWatch, next_problem_line
from micboard_tui.tui.board_messages import BoardMessages
from micboard_tui.tui.screens.worst_line import WorstLine
from micboard_tui.tui.widgets.channel_board import Board


class ProblemPointer:
    def __init__(
        self,
        watch: ProblemWatch,
        worst: WorstLine,
        board: Callable[[], Board],
        messages: BoardMessages,
        inform: Callable[[str], None],
    ) -> None:
        self._watch, self._worst = watch, worst
        self._board, self._messages, self._inform = board, messages, inform

    def go_to_next(self, direction: int) -> None:
        """Go to the next line that has a problem, from the selected one on and around."""
        board = self._board()
        ref = next_problem_line(board.refs, self._watch.lines_with_problem, board.selected, direction)
        if ref is None:
            self._inform("Nothing that is shown has a problem.")
        else:
            board.select(ref)

    def go_to_worst(self) -> None:
        """Go to what to look after first, where the filter leaves it."""
        board, ref = self._board(), self._worst.ref
        if ref is not None and ref not in board.refs:
            self._inform(self._messages.hidden_by_filter)
        elif ref is not None:
            board.select(ref)
