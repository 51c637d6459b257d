"""``undo`` and ``redo``: the steps that people made."""


def undo() -> None:
    """Undo your last step. That is what you added, changed, assigned, moved, imported or removed.

    Your last 100 steps can be undone one after the other, also those made on the board, as long as nobody
    else has changed the same since; what others did stays as it is. Passwords and settings of receivers are
    no steps.

    micboard-tui undo
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    step = data_of(run_with_services(lambda services: services.assignments.undo(actor=current_operator())))
    print_line(f"Undone: {step.text}.")


def redo() -> None:
    """Redo the step that `undo` undid. A new step of yours ends what you can redo.

    micboard-tui redo
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    step = data_of(run_with_services(lambda services: services.assignments.redo(actor=current_operator())))
    print_line(f"Redone: {step.text}.")
