"""Writes down that something happened: when the key was pressed, on the timeline at the cursor."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.marker_dialog import MarkerDialog


@runtime_checkable
class HasMoment(Selection, Protocol):
    """A screen on which a moment is selected: the marker is for that one."""

    @property
    def chosen_moment(self) -> float:
        """Seconds since the epoch."""
        ...


class MarkMomentFlow:
    def __init__(
        self, events: EventContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._events, self._live = events, live
        self._ask, self._notices, self._operator = ask, notices, operator
        self._names = ChannelNames(live)

    async def run(self, selection: Selection) -> None:
        """Ask what happened; of several selected channels each gets the marker."""
        at = selection.chosen_moment if isinstance(selection, HasMoment) else self._live.now()
        refs = tuple(selection.chosen_channels)
        names = self._names.wearers(refs)
        if len(refs) == 1 and names != (position := self._names.position(refs[0])):
            names = f"{names}, {position}"
        time = f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"
        answer = await self._ask(MarkerDialog(time, names, refs))
        if answer is None:
            return
        for ref in answer.channels or (None,):
            marker = await self._events.add_marker(answer.text, actor=self._operator, channel=ref, at=at)
            if not marker.success:
                self._notices.report_error(marker.error)
                return
        if isinstance(selection, HasMoment):
            selection.show_change()
        about = names if answer.channels else "the show"
        self._notices.inform(f"Marked {about} at {time}: {answer.text}.", BRIEF_S)
