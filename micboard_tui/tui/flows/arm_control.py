"""Arms control for this user, for some minutes, or disarms it; says when it has ended by itself."""

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.users import UserContract
from micboard_tui.domain.arming import find_arming
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.user import MAX_ARMED_MINUTES
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.help_pages import ARM_HELP
from micboard_tui.tui.screens.list_dialog import ListDialog

MINUTES = (5, 10, 20, 30, MAX_ARMED_MINUTES)
USUAL = 1
"""The line to begin with."""


TITLE = "Control"
DISARMED_ELSEWHERE = "Control is disarmed: by you at another place, or since the hub began anew."
"""A hub that begins or takes over knows no arming, so that no one is armed without knowing it."""


class ArmControlFlow:
    def __init__(
        self, users: UserContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._users, self._live, self._ask, self._notices = users, live, ask, notices
        self._operator = operator
        self._until: float | None = None
        """When what this board has seen armed ends; None: it is not armed, or was disarmed.

        A board that is attached to another computer sees it some time after it was answered.
        """

    @property
    def is_armed(self) -> bool:
        return find_arming(self._live.findings.armings, self._operator, self._live.now()) is not None

    def require_armed(self) -> bool:
        """Whether control is armed; says how to arm it if not."""
        if not self.is_armed:
            self._notices.inform(f"Control is not armed. {self._notices.key('arm')} arms it.")
        return self.is_armed

    async def run(self) -> None:
        """Ask for how long and arm, or disarm at once."""
        if self.is_armed:
            await self._disarm()
            return
        lines = [f"{minutes} minutes" for minutes in MINUTES]
        title = "Arm control of devices for"
        label = "Until then keys can change settings on receivers."
        taken = await self._ask(
            ListDialog(title, lines, USUAL, label=label, taking="Enter arms it", help_page=ARM_HELP)
        )
        if taken is None:
            return
        answer = await self._users.arm_control(MINUTES[taken], actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        end, key = format_time_of_day(answer.data), self._notices.key("arm")
        self._notices.inform(f"Control is armed until {end}. {key} disarms it.")

    async def _disarm(self) -> None:
        answer = await self._users.disarm_control(actor=self._operator)
        if answer.success:
            self._until = None
            self._notices.inform("Control is disarmed.")
        else:
            self._notices.report_error(answer.error)

    def report_end(self) -> None:
        """Say that the time is over; called every second."""
        arming = find_arming(self._live.findings.armings, self._operator, self._live.now())
        if arming is not None:
            self._until = arming.until
        elif self._until is not None:
            was_time = self._live.now() >= self._until
            self._until = None
            if was_time:
                self._notices.inform("The time is over: control is disarmed.")
            elif self._live.findings.show_lock is not None:
                self._notices.warn("The show was locked: control is disarmed.", TITLE)
            else:
                arm = self._notices.key("arm")
                self._notices.warn(f"{DISARMED_ELSEWHERE} {arm} arms it again.", TITLE)
