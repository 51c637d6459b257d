"""Changes several channels, while control is armed: names from the show, mutes of those that are marked."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from micboard_tui.contracts.control import CommandPlan, ControlContract, PlanPurpose, PlanResult
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.units import format_count
from micboard_tui.tui.flows.arm_control import ArmControlFlow
from micboard_tui.tui.flows.user_ports import WARNING_S, AskScreen, Notices, Selection
from micboard_tui.tui.help_pages import CONTROL_PLAN_HELP
from micboard_tui.tui.screens.control_dialogs import CommandPlanDialog
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.progress_dialog import ProgressDialog, SayProgress

TITLES = {
    PlanPurpose.NAMES: "Names of the show to receivers",
    PlanPurpose.MUTE: "Mute the chosen channels",
    PlanPurpose.UNMUTE: "Unmute the chosen channels",
}


class ControlPlanFlow:
    def __init__(
        self,
        control: ControlContract,
        arming: ArmControlFlow,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._control, self._arming = control, arming
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self, selection: Selection) -> None:
        """Ask what for, show the plan, and carry it out one at a time."""
        if not self._arming.require_armed():
            return
        if (chosen := await self._choose(tuple(selection.chosen_channels))) is None:
            return
        purpose, refs = chosen
        answer = await self._control.preview_plan(purpose, refs)
        if not answer.success:
            self._notices.report_error(answer.error)
        elif await self._confirm(answer.data):
            await self._carry_out(answer.data, selection)

    async def _choose(self, chosen: Sequence[ChannelRef]) -> tuple[PlanPurpose, Sequence[ChannelRef]] | None:
        """A purpose, and for which channels; none: all."""
        whose = format_count(len(chosen), "chosen channel")
        choices: list[tuple[str, PlanPurpose, Sequence[ChannelRef]]] = [
            ("Names of the show to all receivers", PlanPurpose.NAMES, ())
        ]
        if chosen:
            choices += [
                (f"Names of the show to {whose}", PlanPurpose.NAMES, chosen),
                (f"Mute {whose}", PlanPurpose.MUTE, chosen),
                (f"Unmute {whose}", PlanPurpose.UNMUTE, chosen),
            ]
        lines = [title for title, _, _ in choices]
        taken = await self._ask(ListDialog("Change several channels", lines, help_page=CONTROL_PLAN_HELP))
        return None if taken is None else choices[taken][1:]

    async def _confirm(self, plan: CommandPlan) -> bool:
        if not await self._ask(CommandPlanDialog(TITLES[plan.purpose], plan)) or not plan.commands:
            return False
        if plan.confirmations < 2:  # noqa: PLR2004 - the dialog was the first
            return True
        count = format_count(len(plan.commands), "channel")
        question = f"This can end the link of {count}. Send it all the same?"
        is_sure = await self._ask(ConfirmScreen(question))
        return is_sure is True

    async def _carry_out(self, plan: CommandPlan, selection: Selection) -> None:
        count = len(plan.commands)
        title = f"{TITLES[plan.purpose]}: {format_count(count, 'command')}"
        answer = await self._ask(ProgressDialog(title, partial(self._execute, plan)))
        selection.show_change()
        if answer is None:
            self._notices.warn("Stopped. What devices had confirmed by then can be undone.", "Control")
        elif not answer.success:
            self._notices.report_error(answer.error)
        else:
            self._report(answer.data, plan)
            if answer.warning:
                self._notices.warn(answer.warning, title="Warning")

    async def _execute(self, plan: CommandPlan, say: SayProgress) -> ServiceResult[PlanResult]:
        count = len(plan.commands)
        say(f"0 of {count} confirmed")
        return await self._control.execute_plan(
            plan.commands,
            lambda result: say(f"{len(result.done)} of {count} confirmed, last {result.done[-1].subject}"),
            actor=self._operator,
        )

    def _report(self, result: PlanResult, plan: CommandPlan) -> None:
        done = f"{len(result.done)} of {len(plan.commands)} confirmed"
        previews = [line.preview for line in plan.lines if line.preview is not None]
        can_undo = any(preview.can_undo for preview in previews[: len(result.done)])
        hint = f" {self._notices.undo_hint}" if can_undo else ""
        if result.error is None:
            self._notices.inform(f"{done}.{hint}", WARNING_S)
            return
        left = f", {result.left} not sent" if result.left else ""
        # The same error as of one command, and what became of the others in the same breath.
        cure = f"{result.error.hint}. " if result.error.hint else ""
        self._notices.report_error(
            replace(
                result.error,
                message=f"Stopped at {result.failed}: {result.error.message}",
                hint=f"{cure}{done}{left}.{hint}",
            )
        )
