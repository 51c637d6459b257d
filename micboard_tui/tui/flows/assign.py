"""Gives channels to a performer, or frees them; on the line of a device those that it does not have."""

from collections.abc import Sequence

from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS
from micboard_tui.domain.assignment import Performer, Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import find_pack_partner
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.tui.flows.channel_flow import ChannelFlow
from micboard_tui.tui.flows.missing_channels import MissingChannels
from micboard_tui.tui.flows.name_choices import ChoiceKind, NameChoice
from micboard_tui.tui.flows.user_ports import Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.name_picker import NamePicker, PickerQuestion


class AssignFlow(ChannelFlow):
    async def run(self, selection: Selection) -> None:
        """Ask who has the selected channels, and assign them."""
        missing = MissingChannels(self._assignments, self._live, self._ask, self._notices, self._operator)
        if (device := missing.find_device(selection)) is not None:
            await missing.offer_to_free(device, selection)
            return
        if not (refs := self._notices.require_channels(selection)):
            return
        performers = await self._assignments.list_performers()
        if not performers.success:
            self._notices.report_error(performers.error)
            return
        picked = await self._ask(NamePicker(self._question(refs, performers.data)))
        if picked is None:
            return
        names = self._names.names(refs)
        if picked.name is None and picked.role is Role.SPARE:
            marked = await self._assignments.mark(refs, role=Role.SPARE, actor=self._operator)
            self._notices.report_change(marked, f"{names}: spare for all.", selection)
        elif picked.name is None:
            freed = await self._assignments.unassign(refs, actor=self._operator)
            self._notices.report_change(freed, f"{names}: no performer.", selection)
        else:
            role = picked.role or Role.PRIMARY
            shared_pack = picked.shared_pack or await self._asks_for_shared_pack(
                refs, performers.data, picked.name, role
            )
            assigned = await self._assignments.assign(
                refs, picked.name, role=role, shared_pack=shared_pack, actor=self._operator
            )
            self._notices.report_change(assigned, f"{picked.name} has {names}.", selection)

    async def _asks_for_shared_pack(
        self, refs: Sequence[ChannelRef], performers: Sequence[Performer], name: str, role: Role
    ) -> bool:
        """Ask whether a channel receives the pack of another one on its frequency, where both are theirs."""
        performer = next((each for each in performers if fold_name(each.name) == fold_name(name)), None)
        state = self._live.channel(refs[0]) if len(refs) == 1 else None
        if performer is None or state is None:
            return False
        states = (channel for device in self._live.snapshot() for channel in device.channels)
        partner = find_pack_partner(state, performer.id, role, states)
        if partner is None:
            return False
        name, other = self._names.name_and_position(state.ref), self._names.name_and_position(partner.ref)
        question = f"{name} and {other} are on one frequency. Do both receive one pack of {performer.name}?"
        answer = await self._ask(ConfirmScreen(question))
        return answer is True

    def _question(self, refs: Sequence[ChannelRef], performers: Sequence[Performer]) -> PickerQuestion:
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        assigned = [state for state in states if state.performer is not None]
        single = states[0] if len(states) == 1 else None
        current = assigned[0].assignment if assigned else None
        return PickerQuestion(
            title=f"Who has {self._names.names(refs)}?{_current_performer(single)}",
            known=[*self._choices(performers), *_without_performer(states)],
            new="new performer",
            suggested=_suggested_name(single),
            role=current.role if current else Role.PRIMARY,
            shared_pack=current is not None and current.shared_pack,
        )

    def _choices(self, performers: Sequence[Performer]) -> list[NameChoice]:
        """Those without a channel first."""
        choices = [NameChoice(performer.name, self._channels_of(performer)) for performer in performers]
        choices.sort(key=lambda choice: bool(choice.hint))
        return choices

    def _channels_of(self, performer: Performer) -> str:
        """The channels that a performer has already."""
        refs = [
            state.ref
            for device in self._live.snapshot()
            for state in device.channels
            if state.performer is not None and state.performer.id == performer.id
        ]
        more = f" and {len(refs) - 1} more" if len(refs) > 1 else ""
        return f"has {self._names.name(refs[0])}{more}" if refs else ""


def _without_performer(states: Sequence[ChannelState]) -> list[NameChoice]:
    """Free channels may be spares for all; those that have a performer, or are such spares, may be freed."""
    if any(state.performer is not None for state in states):
        plural = "s" if len(states) > 1 else ""
        return [NameChoice("No performer", f"frees the channel{plural}", ChoiceKind.NONE)]
    if states and all(
        state.assignment is not None and state.assignment.role is Role.SPARE for state in states
    ):
        return [NameChoice("No spare", "an ordinary free channel again", ChoiceKind.NONE)]
    return [NameChoice("Spare for all", "for any performer", ChoiceKind.SPARE)]


def _current_performer(state: ChannelState | None) -> str:
    if state is None or state.performer is None:
        return ""
    return f" (now {state.performer.name}, {LINK_STATE_TEXTS[state.link_state].name})"


def _suggested_name(state: ChannelState | None) -> str | None:
    if state is None:
        return None
    return state.performer.name if state.performer is not None else state.facts.name
