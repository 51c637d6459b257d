"""The keys that say who has which channel, and where receivers stand; and those that take it back."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from micboard_tui.contracts.assignment import AssignmentContract, Step
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.services import Services
from micboard_tui.domain.assignment import Performer, Role
from micboard_tui.domain.identity import ChannelRef, DeviceId, channel_label
from micboard_tui.domain.location import in_order
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw import formats
from micboard_tui.tui.flows.name_choices import Kind, Offer
from micboard_tui.tui.flows.pack_choices import KnownPack, known_packs
from micboard_tui.tui.screens.name_picker import Picked, PickScreen, Question
from micboard_tui.tui.screens.swap_screen import SwapScreen
from micboard_tui.tui.terminal.textual_painter import PaintedApp

T = TypeVar("T")
GROUP = "assigning"
WARNED_S = 10.0
MAX_NAMED = 3
BACK = "u takes it back."


@runtime_checkable
class Chooses(Protocol):
    """A screen on which something is chosen."""

    @property
    def chosen_channels(self) -> Sequence[ChannelRef]:
        """Those that the next key is for."""
        ...

    @property
    def chosen_devices(self) -> Sequence[DeviceId]:
        """The receivers of these channels, each once."""
        ...

    def show_change(self) -> None:
        """The key has done what it does for those that were chosen."""
        ...


class AssigningApp(PaintedApp[str]):
    """Asks what is needed and calls the contract in a worker, one at a time."""

    _live: LiveContract

    @abstractmethod
    def open_or_wait(self) -> Services | None:
        """The services; None, and the user is told, while they are being opened."""

    @abstractmethod
    def complain(self, error: ErrorInfo) -> None:
        """Show why something was not done."""

    @abstractmethod
    def show_channel(self, ref: ChannelRef) -> None:
        """Make it the selected one."""

    # Keys.

    def action_assign(self) -> None:
        self._ask(self._assign, self._channels())

    def action_locate(self) -> None:
        chosen = self.screen.chosen_devices if isinstance(self.screen, Chooses) else ()
        self._ask_locations(self._locate, chosen)

    def action_swap(self) -> None:
        self._ask(self._swap, self._channels()[:1])

    def action_plan_pack(self) -> None:
        self._ask(self._plan_pack, self._channels()[:1])

    def action_expect_off(self) -> None:
        self._ask(self._expect_off, self._channels())

    def action_move(self, by: int) -> None:
        chosen = self.screen.chosen_devices if isinstance(self.screen, Chooses) else ()
        self._ask_locations(lambda locations, devices: self._move(locations, devices[0], by), chosen)

    def action_undo(self) -> None:
        if services := self.open_or_wait():
            self.run_worker(self._turn(services.assignments.undo, "Undone"), group=GROUP)

    def action_redo(self) -> None:
        if services := self.open_or_wait():
            self.run_worker(self._turn(services.assignments.redo, "Redone"), group=GROUP)

    def _channels(self) -> Sequence[ChannelRef]:
        return self.screen.chosen_channels if isinstance(self.screen, Chooses) else ()

    def _ask(
        self, act: Callable[[AssignmentContract, Sequence[T]], Awaitable[None]], chosen: Sequence[T]
    ) -> None:
        """Do it for what is chosen, as soon as everything is there that it needs."""
        if not chosen:
            self.notify("No channel is chosen.")
        elif services := self.open_or_wait():
            self.run_worker(act(services.assignments, chosen), group=GROUP, exclusive=True)

    def _ask_locations(
        self,
        act: Callable[[LocationContract, Sequence[DeviceId]], Awaitable[None]],
        chosen: Sequence[DeviceId],
    ) -> None:
        """The same for where devices stand."""
        if not chosen:
            self.notify("No channel is chosen.")
        elif services := self.open_or_wait():
            self.run_worker(act(services.locations, chosen), group=GROUP, exclusive=True)

    # What they do.

    async def _assign(self, cast: AssignmentContract, refs: Sequence[ChannelRef]) -> None:
        people = await cast.list_performers()
        if not people.success:
            self.complain(people.error)
            return
        picked = await self.push_screen_wait(PickScreen(self._who(refs, people.data)))
        if picked is None:
            return
        if picked.name is None:
            freed = await cast.unassign(refs)
            self._tell(freed, f"{self._all_called(refs)}: nobody has it. {BACK}")
        else:
            given = await cast.assign(refs, picked.name, role=picked.role or Role.PRIMARY)
            self._tell(given, f"{picked.name} has {self._all_called(refs)}. {BACK}")

    def _who(self, refs: Sequence[ChannelRef], people: Sequence[Performer]) -> Question:
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        held = [state for state in states if state.performer is not None]
        known = [Offer(each.name, self._known_for(each)) for each in people]
        known.sort(key=lambda each: bool(each.hint))
        if held:
            known.append(
                Offer("Nobody", "frees the channel" if len(refs) == 1 else "frees them", Kind.NOBODY)
            )
        first = states[0] if len(states) == 1 else None
        now = held[0].performer if len(held) == 1 and len(states) == 1 else None
        on_air = f" now {now.name}, {formats.STATE_WORDS[held[0].link_state]}" if now else ""
        return Question(
            title=f"Who has {self._all_called(refs)}?{on_air}",
            known=known,
            new="new performer",
            suggested=now.name if now else first.facts.name if first else None,
            role=(held[0].assignment.role if held[0].assignment else Role.PRIMARY) if held else Role.PRIMARY,
        )

    def _known_for(self, performer: Performer) -> str:
        """The channels that somebody has already."""
        theirs = [
            f"has {self._called(state.ref)}"
            for device in self._live.snapshot()
            for state in device.channels
            if state.performer is not None and state.performer.id == performer.id
        ]
        return ", ".join(theirs[:1]) + (f" and {len(theirs) - 1} more" if len(theirs) > 1 else "")

    async def _locate(self, locations: LocationContract, devices: Sequence[DeviceId]) -> None:
        snapshots = [each for key in devices if (each := self._live.device(key)) is not None]
        who = snapshots[0].title if len(snapshots) == 1 else f"{len(devices)} receivers"
        known = [Offer(location.name) for _, location in in_order(self._live.locations())]
        if any(each.location for each in snapshots):
            known.append(Offer("No location", "", Kind.NOBODY))
        where = snapshots[0].location if len(snapshots) == 1 else None
        question = Question(f"Where is {who}?", known, "new location", suggested=where)
        picked: Picked | None = await self.push_screen_wait(PickScreen(question))
        if picked is not None:
            answer = await locations.assign_devices(devices, picked.name or "")
            self._tell(answer, f"{who}: {picked.name or 'no location'}. {BACK}")

    async def _swap(self, cast: AssignmentContract, refs: Sequence[ChannelRef]) -> None:
        failing = refs[0]
        state = self._live.channel(failing)
        if state is None or state.performer is None:
            self.notify(f"Nobody has {self._called(failing)}. n gives it to somebody.", markup=False)
            return
        name = state.performer.name
        screen = SwapScreen(
            f"{name} goes from {self._called(failing)} to:",
            lambda: cast.list_spares(failing),
            self._called_at,
        )
        spare = await self.push_screen_wait(screen)
        if spare is None:
            return
        words = f"{name} is on {self._called(spare)}. {BACK}"
        swapped = await cast.swap(failing, spare)
        if swapped.success:
            self.show_channel(spare)
        self._tell(swapped, words)

    async def _plan_pack(self, cast: AssignmentContract, refs: Sequence[ChannelRef]) -> None:
        ref = refs[0]
        if (state := self._live.channel(ref)) is None:
            return
        packs = known_packs(state, self._live.snapshot())
        known = [Offer(name, pack.where) for name, pack in packs.items()]
        planned = state.assignment
        if planned is not None and (planned.planned_pack or planned.planned_model):
            known.append(Offer("Any pack", "plans none", Kind.NOBODY))
        question = Question(f"Which pack belongs to {self._called(ref)}?", known, "by this name")
        picked = await self.push_screen_wait(PickScreen(question))
        if picked is None:
            return
        pack = packs.get(picked.name or "", KnownPack(None, picked.name))
        answer = await cast.plan_pack(ref, model=pack.model, name=pack.name)
        self._tell(answer, f"{self._called(ref)}: {picked.name or 'any pack'} belongs to it. {BACK}")

    async def _expect_off(self, cast: AssignmentContract, refs: Sequence[ChannelRef]) -> None:
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        off = not all(state.expected_off for state in states)
        answer = await cast.mark(refs, expected_off=off)
        what = "expected off, no alarm" if off else "expected on"
        self._tell(answer, f"{self._all_called(refs)}: {what}. {BACK}")

    async def _move(self, locations: LocationContract, device: DeviceId, by: int) -> None:
        answer = await locations.move_device(device, by)
        if not answer.success:
            self.complain(answer.error)

    async def _turn(self, act: Callable[[], Awaitable[ServiceResult[Step]]], words: str) -> None:
        answer = await act()
        if answer.success:
            self.notify(visible(f"{words}: {answer.data.text}."), timeout=4, markup=False)
        else:
            self.complain(answer.error)

    def _tell(self, answer: ServiceResult[T], words: str) -> None:
        """Say how it went, and warn of what conflicts now."""
        if not answer.success:
            self.complain(answer.error)
            return
        if isinstance(self.screen, Chooses):
            self.screen.show_change()
        self.notify(visible(words), timeout=4, markup=False)
        if answer.warning:
            self.notify(
                visible(answer.warning),
                severity="warning",
                title="Look twice",
                timeout=WARNED_S,
                markup=False,
            )

    def _all_called(self, refs: Sequence[ChannelRef]) -> str:
        if len(refs) > MAX_NAMED:
            return f"{len(refs)} channels"
        return ", ".join(self._called(ref) for ref in refs)

    def _called(self, ref: ChannelRef) -> str:
        """A channel by its own name, or by its place."""
        state = self._live.channel(ref)
        return visible(state.facts.name) if state and state.facts.name else self._place(ref)

    def _place(self, ref: ChannelRef) -> str:
        """A channel by its receiver and number."""
        device = self._live.device(ref.device_id)
        return visible(channel_label(device.title if device else ref.device_id, ref.number))

    def _called_at(self, ref: ChannelRef) -> str:
        called, place = self._called(ref), self._place(ref)
        return called if called == place else f"{called}, {place}"
