"""``undo`` and ``redo``: steps of people, taken back and made again."""


def undo() -> None:
    """Take the last step back: an assignment, a swap, a move, an import, a removal.

    The last 100 steps can be taken back one after the other, also those made on the board.

    micboard-tui undo
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_line

    step = data_of(run_with_services(lambda services: services.assignments.undo()))
    print_line(f"Undone: {step.text}.")


def redo() -> None:
    """Do the step again that `undo` took back.

    micboard-tui redo
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_line

    step = data_of(run_with_services(lambda services: services.assignments.redo()))
    print_line(f"Redone: {step.text}.")
