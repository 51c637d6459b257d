"""``undo`` and ``redo``: the steps that people made."""

from typing import TYPE_CHECKING

from micboard_tui.cli.options import Yes

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.contracts.undo_steps import Step


def undo(yes: Yes = False) -> None:
    """Undo your last step. That is what you added, changed, assigned, moved, imported or removed.

    Your last 100 steps can be undone one after the other, also those made on the board, as long as nobody
    else has changed the same since; what others did stays as it is. A setting of a receiver is sent back to
    it, after a question. Passwords are no steps.

    micboard-tui undo
    """
    _turn(is_redo=False, yes=yes)


def redo(yes: Yes = False) -> None:
    """Redo the step that `undo` undid. A new step of yours ends what you can redo.

    A setting of a receiver is sent to it again, after a question.

    micboard-tui redo
    """
    _turn(is_redo=True, yes=yes)


def _turn(*, is_redo: bool, yes: bool) -> None:
    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.output import print_line

    step = run_with_services(lambda services: _turn_step(services, is_redo=is_redo, yes=yes))
    print_line(f"{'Redone' if is_redo else 'Undone'}: {step.text}.")


async def _turn_step(services: "Services", *, is_redo: bool, yes: bool) -> "Step":
    """Arm control where the step changes a device, after consent."""
    from micboard_tui.cli.armed_commands import armed_control
    from micboard_tui.cli.context import current_operator, data_of
    from micboard_tui.cli.prompts import require_consent
    from micboard_tui.contracts.errors import ErrorCode

    operator = current_operator()
    turn = services.assignments.redo if is_redo else services.assignments.undo
    answer = await turn(actor=operator)
    if answer.success or answer.error.code is not ErrorCode.CONTROL_NOT_ARMED:
        return data_of(answer)
    await require_consent("The step changed a device, which is sent its other value. Go on", yes=yes)
    async with armed_control(services.users, operator):
        return data_of(await turn(actor=operator))
