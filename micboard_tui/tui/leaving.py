"""How the board is left: with a question while anything is live that this process reads."""

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.show import ShowState
from micboard_tui.tui.board_options import START_DEMO, BoardOptions
from micboard_tui.tui.flows.user_ports import Notices
from micboard_tui.tui.terminal.textual_painter import PaintedApp

NOT_RUNNING = frozenset({ShowState.PLANNED, ShowState.ENDED})


class LeavableApp(PaintedApp[str]):
    """The app, as far as it is left; ``MicboardApp`` sets its attributes."""

    _live: LiveContract
    _options: BoardOptions
    _notices: Notices

    def action_leave(self) -> None:
        """Leave, or ask first: a key that is pressed by mistake ends the watch over a show."""
        if (what := self._find_live()) is None or not self._options.holds_sessions:
            self.exit()
            return
        from micboard_tui.tui.screens.leave_dialog import LeaveDialog  # noqa: PLC0415 - seldom shown

        self.push_screen(LeaveDialog(what), self._leave_if)

    def _leave_if(self, is_wanted: bool | None) -> None:  # noqa: FBT001 - the answer of a dialog
        if is_wanted:
            self.exit()

    def _find_live(self) -> str | None:
        """What goes on now, as a sentence begins; None: nothing does."""
        show = self._live.findings.show
        if show is not None and show.state not in NOT_RUNNING:
            return "The show is running"
        states = (channel.link_state for device in self._live.snapshot() for channel in device.channels)
        if count := sum(state is LinkState.LIVE for state in states):
            return f"{count} channel{'s are' if count > 1 else ' is'} live"
        return None

    def action_help_quit(self) -> None:
        """Say how to leave: Ctrl+C does not, since it copies in fields."""
        self._notices.inform(f"Ctrl+C does not leave the board. {self._notices.key('quit')} does.")

    def action_demo(self) -> None:
        self.exit(START_DEMO)
