"""Writes down that something happened, when the key was pressed or at the cursor, and takes that back."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from micboard_tui.contracts.events import EventContract, EventQuery
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.local_time import format_second_of_day
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.marker_dialog import MarkerDialog

MAX_TAKEN_BACK = 100
"""So many markers can be taken back, as many as steps."""
NO_MARKER = "No marker is selected."


@runtime_checkable
class HasMoment(Selection, Protocol):
    """A screen on which a moment is selected: the marker is for that one."""

    @property
    def chosen_moment(self) -> float:
        """Seconds since the epoch."""
        ...


@runtime_checkable
class HasEvents(Selection, Protocol):
    """A screen on which an event is selected."""

    @property
    def selected(self) -> Event | None: ...

    def forget_event(self, number: int) -> None:
        """It is not stored any more."""
        ...


class MarkMomentFlow:
    def __init__(
        self, events: EventContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._events, self._live = events, live
        self._ask, self._notices, self._operator = ask, notices, operator
        self._names = ChannelNames(live)
        self._written: list[Sequence[int]] = []
        """The numbers of the markers of each time that the key was pressed, until they are taken back."""

    async def run(self, selection: Selection) -> None:
        """Ask what happened; of several selected channels each gets the marker."""
        at = selection.chosen_moment if isinstance(selection, HasMoment) else self._live.now()
        refs = tuple(selection.chosen_channels)
        names = self._names.wearers(refs)
        if len(refs) == 1 and names != (position := self._names.position(refs[0])):
            names = f"{names}, {position}"
        time = format_second_of_day(at)
        answer = await self._ask(MarkerDialog(time, names, refs))
        if answer is None:
            return
        numbers: list[int] = []
        self._written = [*self._written[1 - MAX_TAKEN_BACK :], numbers]
        for ref in answer.channels or (None,):
            marker = await self._events.add_marker(answer.text, actor=self._operator, channel=ref, at=at)
            if not marker.success:
                self._notices.report_error(marker.error)
                return
            numbers.append(marker.data.id or 0)
        about = names if answer.channels else "the show"
        hint = f" {self._notices.undo_hint}"
        if isinstance(selection, HasMoment):
            selection.show_change()
            hint = ""  # The key is one of the board.
        self._notices.inform(f"Marked {about} at {time}: {answer.text}.{hint}", BRIEF_S)

    async def take_back_selected(self, selection: Selection) -> None:
        """Take back the selected marker, also of an earlier run; that of another person after a question."""
        marker = selection.selected if isinstance(selection, HasEvents) else None
        if marker is None or marker.id is None or marker.kind is not EventKind.MARKER:
            self._notices.inform(NO_MARKER)
            return
        if marker.actor != self._operator:
            question = (
                f"Take back the marker of {visible(marker.actor or 'another')}: {visible(marker.text)}?"
            )
            if not await self._ask(ConfirmScreen(question)):
                return
        await self._remove([marker.id])
        self._written = [[number for number in numbers if number != marker.id] for numbers in self._written]
        if isinstance(selection, HasEvents):
            selection.forget_event(marker.id)

    async def take_back(self) -> bool:
        """Take the last marker back, where this person made no step after it; whether it was so."""
        while self._written:
            if not (numbers := self._written[-1]):
                self._written.pop()
                continue
            if await self._count_steps_after(max(numbers)) > 0:
                return False
            self._written.pop()
            await self._remove(numbers)
            return True
        return False

    async def _remove(self, numbers: Sequence[int]) -> None:
        answer = await self._events.remove_markers(numbers, actor=self._operator)
        if answer.success:
            self._notices.inform(f"Not marked any more: {answer.data[0].text}.", BRIEF_S)
        else:
            self._notices.report_error(answer.error)

    async def _count_steps_after(self, number: int) -> int:
        """How many steps this person made after the event with this number that are not undone."""
        query = EventQuery(kinds=(EventKind.STEP,), actors=(self._operator,), after=number)
        answer = await self._events.list_events(query)
        if not answer.success:
            return 0
        # Full cells, for one, are no step that can be undone.
        outcomes = [outcome for event in answer.data if (outcome := event.details.get("step"))]
        return len(outcomes) - 2 * outcomes.count("undone")
