"""Moves the pointer of the board to what has a problem."""

from collections.abc import Callable

from micboard_tui.tui.arrange.problem_watch import ProblemWatch, next_problem_line
from micboard_tui.tui.board_messages import BoardMessages
from micboard_tui.tui.widgets.channel_board import Board


class ProblemPointer:
    def __init__(
        self,
        watch: ProblemWatch,
        board: Callable[[], Board],
        messages: BoardMessages,
        inform: Callable[[str], None],
    ) -> None:
        self._watch, self._board, self._messages, self._inform = watch, board, messages, inform

    def go_to_next(self, direction: int) -> None:
        """Go to the next line that has a problem, from the selected one on and around."""
        board = self._board()
        ref = next_problem_line(board.refs, self._watch.lines_with_problem, board.selected, direction)
        if ref is None:
            self._inform("Nothing that is shown has a problem.")
        else:
            board.select(ref)

    def go_to_worst(self) -> None:
        """Go to the worst problem of all, where the filter leaves it."""
        board, worst = self._board(), self._watch.worst
        if worst is not None and worst.ref not in board.refs:
            self._inform(self._messages.hidden_by_filter)
        elif worst is not None:
            board.select(worst.ref)
