"""What a person does in a walk test: to a place, on the way, finish."""

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.walks import RunningWalk, WalkContract
from micboard_tui.domain.walk_test import MAX_PLACE_NAME, MAX_WALK_NAME, MIN_PLACE_S, Grade
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.text_dialog import TextDialog

NO_PLACE = "There is no place yet. A number key is one."
NOT_WALKING = "No walk is running. A number key begins one at that place."


class WalkFlow:
    def __init__(self, walks: WalkContract, ask: AskScreen, notices: Notices, operator: str) -> None:
        self._walks, self._ask, self._notices, self._operator = walks, ask, notices, operator

    async def go_to(self, place: int, selection: Selection) -> None:
        """Be at a place; where no walk runs, begin one with the selected channels."""
        if self._walks.running is None:
            started = await self._walks.start(tuple(selection.chosen_channels), actor=self._operator)
            if not started.success:
                self._notices.report_error(started.error)
                return
        await self._move(place, selection)

    async def walk_on(self, selection: Selection) -> None:
        """Leave the place."""
        if self._walks.running is None:
            self._notices.inform(NOT_WALKING)
        else:
            await self._move(None, selection)

    async def name_place(self, selection: Selection) -> None:
        """Name the place that it is at."""
        walk = self._walks.running
        if walk is None or walk.place is None:
            self._notices.inform(NOT_WALKING if walk is None else NO_PLACE)
            return
        dialog = TextDialog(f"Name of place {walk.place}", walk.places.get(walk.place, ""), MAX_PLACE_NAME)
        name = await self._ask(dialog)
        if name is not None:
            self._show(await self._walks.name_place(walk.place, name, actor=self._operator), selection)

    async def finish(self, selection: Selection) -> None:
        """End the walk and keep it under a name, or under none; nothing counts while it is asked for."""
        if (walk := self._walks.running) is None:
            self._notices.inform(NOT_WALKING)
            return
        place = walk.place
        if place is not None and not await self._move(None, selection):
            return
        name = await self._ask(TextDialog("Name of the walk, if it is to have one", "", MAX_WALK_NAME))
        if name is None:
            if place is not None:
                await self._move(place, selection)
            return
        answer = await self._walks.finish(name, actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()
        number = answer.data.id
        if number is None:
            self._notices.inform("The walk had no place: nothing was kept.", BRIEF_S)
            return
        command = f"micboard-tui walk export walk.csv {number}"
        self._notices.inform(f"Walk {number} is kept. To export it:  {command}", BRIEF_S * 2)

    async def cancel(self, selection: Selection) -> None:
        """End the walk and keep nothing, after a question."""
        if self._walks.running is None:
            self._notices.inform(NOT_WALKING)
        elif await self._ask(ConfirmScreen("End the walk and keep nothing of it?")):
            answer = await self._walks.cancel(actor=self._operator)
            if answer.success:
                selection.show_change()
            else:
                self._notices.report_error(answer.error)

    async def _move(self, place: int | None, selection: Selection) -> bool:
        """Be at this place, or on the way; False where it was refused, which is reported."""
        before = self._walks.running
        answer = await self._walks.go_to(place, actor=self._operator)
        self._show(answer, selection)
        left = None if before is None else before.place
        if answer.success and left is not None and left != place:
            self._warn_if_short(answer.data, left)
        return answer.success

    def _warn_if_short(self, walk: RunningWalk, place: int) -> None:
        found = [] if walk.so_far is None else [r for r in walk.so_far.results if r.place == place]
        if any(result.grade is Grade.UNKNOWN and result.figures.is_too_short for result in found):
            self._notices.inform(f"Place {place} was too short to judge: stay {MIN_PLACE_S:.0f} s.", BRIEF_S)

    def _show(self, answer: ServiceResult[RunningWalk], selection: Selection) -> None:
        if answer.success:
            selection.show_change()
        else:
            self._notices.report_error(answer.error)
