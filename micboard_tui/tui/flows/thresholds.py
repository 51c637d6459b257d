"""Changes and resets thresholds, and chooses the profile for the times without a show."""

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.thresholds import ThresholdContract
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import SPECS, format_threshold
from micboard_tui.tui.flows.user_ports import AskScreen, Notices, Selection, ThresholdSelection
from micboard_tui.tui.help_pages import PROFILE_HELP
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.threshold_dialogs import ThresholdDialog

PROFILE_TEXTS = {
    ShowProfile.SOUNDCHECK: "Soundcheck: only what cannot be read is urgent",
    ShowProfile.SHOW: "Show: all alarms",
    ShowProfile.BREAK: "Break: batteries, chargers, what cannot be read",
    ShowProfile.TEARDOWN: "Teardown: chargers, and packs that are left on",
}


class ThresholdFlow:
    def __init__(
        self,
        thresholds: ThresholdContract,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._thresholds, self._live = thresholds, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def edit(self, selection: Selection) -> None:
        """Ask for the selected number, and set it for the chosen scope."""
        if not isinstance(selection, ThresholdSelection) or (line := selection.chosen_threshold) is None:
            return
        scope, title = selection.chosen_scope, selection.scope_title
        value = await self._ask(ThresholdDialog(line.name, line.value, title, selection.count_marked))
        if value is None:
            return
        answer = await self._thresholds.change(scope, line.name, value, actor=self._operator)
        text = f"{SPECS[line.name].title} {format_threshold(line.name, value)}"
        self._notices.report_change(answer, f"{text} for {title}.", selection)

    async def reset(self, selection: Selection) -> None:
        """Take the selected number of the chosen scope away."""
        if not isinstance(selection, ThresholdSelection) or (line := selection.chosen_threshold) is None:
            return
        title = selection.scope_title
        if not line.is_own:
            self._notices.inform(f"It is not set for {title}.")
            return
        answer = await self._thresholds.reset(selection.chosen_scope, line.name, actor=self._operator)
        self._notices.report_change(answer, f"{SPECS[line.name].title} reset for {title}.", selection)

    async def choose_profile(self, selection: Selection) -> None:
        """Ask for the profile; that of a show goes before it."""
        profiles = list(PROFILE_TEXTS)
        number = await self._ask(
            ListDialog(
                "The profile while no show is current",
                list(PROFILE_TEXTS.values()),
                profiles.index(self._live.findings.profile),
                help_page=PROFILE_HELP,
            )
        )
        if number is None:
            return
        # Without a choice it is that of a show.
        chosen = None if profiles[number] is ShowProfile.SHOW else profiles[number]
        answer = await self._thresholds.choose_profile(chosen, actor=self._operator)
        active = answer.data.value if answer.success else ""
        self._notices.report_change(answer, f"Active profile: {active}.", selection)
