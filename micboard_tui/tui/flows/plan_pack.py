"""Plans which pack belongs to a channel; the board warns when another one is on air."""

from micboard_tui.tui.flows.channel_flow import ChannelFlow
from micboard_tui.tui.flows.known_packs import KnownPack, known_packs
from micboard_tui.tui.flows.name_choices import ChoiceKind, NameChoice
from micboard_tui.tui.flows.user_ports import Selection
from micboard_tui.tui.screens.name_picker import NamePicker, PickerQuestion


class PlanPackFlow(ChannelFlow):
    async def run(self, selection: Selection) -> None:
        """Ask for the pack of the first selected channel, and keep it as its plan."""
        if not (refs := self._notices.require_channels(selection)):
            return
        ref = refs[0]
        if (state := self._live.channel(ref)) is None:
            return
        packs = known_packs(state, self._live.snapshot())
        choices = [NameChoice(name, pack.where) for name, pack in packs.items()]
        plan = state.assignment
        if plan is not None and (plan.planned_pack or plan.planned_model):
            choices.append(NameChoice("Any pack", "clears the plan", ChoiceKind.NONE))
        name = self._names.name(ref)
        picked = await self._ask(
            NamePicker(PickerQuestion(f"Which pack is planned for {name}?", choices, "pack of this name"))
        )
        if picked is None:
            return
        pack = packs.get(picked.name or "", KnownPack(None, picked.name))
        answer = await self._assignments.plan_pack(
            ref, model=pack.model, name=pack.name, actor=self._operator
        )
        self._notices.report_change(answer, f"{name}: planned pack {picked.name or 'any'}.", selection)
