"""``undo`` and ``redo``: the steps that people made."""


def undo() -> None:
    """Undo the last step. That is what was added, changed, assigned, moved, imported or removed.

    The last 100 steps can be undone one after the other, also those made on the board. Passwords and
    settings of receivers are no steps.

    micboard-tui undo
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_line

    step = data_of(run_with_services(lambda services: services.assignments.undo()))
    print_line(f"Undone: {step.text}.")


def redo() -> None:
    """Redo the step that `undo` undid. A new step ends what can be redone.

    micboard-tui redo
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_line

    step = data_of(run_with_services(lambda services: services.assignments.redo()))
    print_line(f"Redone: {step.text}.")
