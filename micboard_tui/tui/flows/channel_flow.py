"""What all flows have that change the assignment of channels."""

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import AskScreen, Notices


class ChannelFlow:
    def __init__(
        self,
        assignments: AssignmentContract,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        """``operator``: who acts."""
        self._assignments, self._live = assignments, live
        self._ask, self._notices, self._operator = ask, notices, operator
        self._names = ChannelNames(live)
