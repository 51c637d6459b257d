"""What a person does about alarms: acknowledge, shelve, note, take back; on the desk and from a channel."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.shelf_end import ShelfEnd, find_shelf_ends
from micboard_tui.domain.show import ShowProfile
from micboard_tui.tui.flows.user_ports import (
    BRIEF_S,
    AlarmSelection,
    AskScreen,
    Notices,
    Selection,
)
from micboard_tui.tui.help_pages import SHELVE_HELP
from micboard_tui.tui.screens.alarm_dialogs import NoteDialog
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog

NO_ALARM = "No alarm is selected."
NOTHING_NEW = "Nothing new: all of it was seen."
NONE_OF_CHANNEL = "Nothing that is selected has a new alarm."


class Shelf(NamedTuple):
    """For how long something can be shelved."""

    text: str
    minutes: float | None
    """From now on; None: until it clears, or until what the others say."""
    moment: ShelfEnd | None = None
    """Of the show, whenever that comes."""
    profile: ShowProfile | None = None
    """Until another one than this is active."""


SHELVES: Sequence[Shelf] = (
    Shelf("5 minutes", 5),
    Shelf("15 minutes", 15),
    Shelf("60 minutes", 60),
    Shelf("until it clears", None),
)
UNTIL_PROFILE = "until the profile is not {} any more"
SHELF_ENDS: Mapping[ShelfEnd, str] = {
    ShelfEnd.BREAK: "until the next break",
    ShelfEnd.END: "until the end of the show",
}


class AlarmFlow:
    def __init__(
        self, alarms: AlarmContract, live: LiveContract, operator: str, ask: AskScreen, notices: Notices
    ) -> None:
        """``operator`` is who acts."""
        self._alarms, self._live, self._operator = alarms, live, operator
        self._ask, self._notices = ask, notices

    async def acknowledge(self, selection: Selection) -> None:
        """The selected alarms were seen; on other screens those of the selected channels or devices."""
        if isinstance(selection, AlarmSelection):
            keys, reason = tuple(selection.chosen_alarms), NO_ALARM
        else:
            keys, reason = self._new_of_lines(selection), NONE_OF_CHANNEL
        if not keys:
            self._notices.inform(reason)
            return
        answer = await self._alarms.acknowledge(keys, actor=self._operator)
        self._report(answer, "seen", selection)

    async def acknowledge_all(self, selection: Selection) -> None:
        """All new ones that are listed were seen, after a question that says how many."""
        if not isinstance(selection, AlarmSelection):
            return
        new = {alarm.key for alarm in self._live.findings.alarms.new}
        keys = tuple(key for key in selection.shown_alarms if key in new)
        if not keys:
            self._notices.inform(NOTHING_NEW)
            return
        count = "the 1 new alarm that is" if len(keys) == 1 else f"all {len(keys)} new alarms that are"
        if await self._ask(ConfirmScreen(f"Acknowledge {count} listed?")):
            answer = await self._alarms.acknowledge(keys, actor=self._operator)
            self._report(answer, "seen", selection)

    async def shelve(self, selection: Selection) -> None:
        """Put the selected alarms aside; those that all are shelved come back."""
        if not (alarms := self._chosen(selection)):
            self._notices.inform(NO_ALARM)
            return
        keys = [alarm.key for alarm in alarms]
        if all(alarm.is_shelved for alarm in alarms):
            answer = await self._alarms.unshelve(keys, actor=self._operator)
            self._report(answer, "back from the shelf", selection)
            return
        shelves = self._list_shelves()
        number = await self._ask(
            ListDialog(
                f"Shelve {self._names(keys)}",
                [shelf.text for shelf in shelves],
                taking="Enter shelves",
                help_page=SHELVE_HELP,
            )
        )
        if number is None:
            return
        shelf = shelves[number]
        until = None if shelf.minutes is None else self._live.now() + 60 * shelf.minutes
        answer = await self._alarms.shelve(
            keys, until=until, profile=shelf.profile, moment=shelf.moment, actor=self._operator
        )
        self._report(answer, f"shelved, {shelf.text}", selection)

    async def note(self, selection: Selection) -> None:
        """Write down what others have to know about one alarm."""
        if not (alarms := self._chosen(selection)):
            self._notices.inform(NO_ALARM)
            return
        alarm = alarms[0]
        text = await self._ask(NoteDialog(f"Note for {self._names([alarm.key])}", alarm.note))
        if text is None or text == alarm.note:
            return
        answer = await self._alarms.note(alarm.key, text, actor=self._operator)
        if answer.success:
            selection.show_change()
        else:
            self._notices.report_error(answer.error)

    async def undo(self, selection: Selection) -> None:
        """Take back what was done last about alarms."""
        answer = await self._alarms.undo(actor=self._operator)
        self._report(answer, "as before", selection)

    def _list_shelves(self) -> Sequence[Shelf]:
        """Those of every evening, and until moments of the show."""
        findings = self._live.findings
        ends = find_shelf_ends(findings.show, self._live.now())
        return (
            *SHELVES,
            *(Shelf(SHELF_ENDS[end], None, end) for end in ends),
            Shelf(UNTIL_PROFILE.format(findings.profile), None, profile=findings.profile),
        )

    def _new_of_lines(self, selection: Selection) -> tuple[AlarmKey, ...]:
        """The new alarms of the selected channels, else of the selected devices themselves."""
        alarms = self._live.findings.alarms
        found = [alarm for ref in selection.chosen_channels for alarm in alarms.by_channel.get(ref, ())]
        if not selection.chosen_channels:
            found = [alarm for ref in selection.chosen_devices for alarm in alarms.by_device.get(ref, ())]
        return tuple(alarm.key for alarm in found if alarm.is_new)

    def _chosen(self, selection: Selection) -> Sequence[Alarm]:
        """The selected alarms that are listed still."""
        if not isinstance(selection, AlarmSelection):
            return ()
        listed = {alarm.key: alarm for alarm in self._live.findings.alarms.alarms}
        return [listed[key] for key in selection.chosen_alarms if key in listed]

    def _report(self, answer: ServiceResult[Sequence[Alarm]], what: str, selection: Selection) -> None:
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()
        keys = [alarm.key for alarm in answer.data]
        self._notices.inform(f"{self._names(keys)}: {what}." if keys else NOTHING_NEW, BRIEF_S)

    def _names(self, keys: Sequence[AlarmKey]) -> str:
        """What these alarms are called in a sentence."""
        if len(keys) != 1:
            return f"{len(keys)} alarms"
        text = describe_alarm(keys[0], self._live)
        return visible(f"{text.title} of {text.name or text.place}")
