"""Opens the screens over the board. Each is loaded when it first opens, so that the board waits for none."""

from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.board_options import EventLog
from micboard_tui.tui.device_titles import DeviceTitles
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.flows.user_ports import NO_SELECTION, Selection
from micboard_tui.tui.help_pages import BOARD_HELP, HasHelp
from micboard_tui.tui.keyed_screens import (
    KEYED_SCREENS,
    BuildScreen,
    ScreenContext,
    build_chargers,
    build_devices,
)
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings

if TYPE_CHECKING:
    from micboard_tui.contracts.device import DeviceContract
    from micboard_tui.tui.screens.board_screen import BoardScreen
    from micboard_tui.tui.screens.moment_request import MomentRequested


class ScreenOpener:
    """Opens a screen, or goes back to it where it is open already, so that few are over each other."""

    def __init__(self, app: App[Any], live: LiveContract, log: EventLog, readings: ServiceReadings) -> None:
        self._app, self._live, self._log, self._readings = app, live, log, readings

    def open_channel(self, channel: ChannelRef, trends: Trends, style: ScreenStyle) -> None:
        from micboard_tui.tui.screens.channel_screen import ChannelScreen

        self._app.push_screen(ChannelScreen(self._live, channel, trends, style, self._readings))

    def open_line(self, ref: LineRef, trends: Trends, style: ScreenStyle) -> None:
        """Everything about a line of the board: a channel, the bays of a charger, or a device among all."""
        if isinstance(ref, ChannelRef):
            self.open_channel(ref, trends, style)
            return
        device = self._live.device(ref)
        has_bays = device is not None and device.state.bays and device.state.is_online
        context = ScreenContext(self._live, self._readings, style, devices=(ref,))
        self._show(build_chargers if has_bays else build_devices, context)

    def open_timeline(self, request: "MomentRequested", style: ScreenStyle) -> None:
        """A moment with the curves of channels around it."""
        from micboard_tui.tui.screens.moment_screen import MomentScreen

        self._app.push_screen(MomentScreen(self._live, style, self._readings, request))

    def go_to_line(self, ref: LineRef, board: "BoardScreen", style: ScreenStyle) -> None:
        """Select the line on the board; where the view has none, open everything about it."""
        if not board.show_line(ref):
            self.open_line(ref, board.trends, style)

    def open_help(self, style: ScreenStyle) -> None:
        """Help for the screen that is shown."""
        from micboard_tui.tui.screens.help_screen import HelpScreen

        top = self._app.screen
        if not isinstance(top, HelpScreen):
            self._app.push_screen(
                HelpScreen(style, top.HELP_PAGE if isinstance(top, HasHelp) else BOARD_HELP)
            )

    def open_search(self, devices: "DeviceContract", style: ScreenStyle, operator: str) -> None:
        from micboard_tui.tui.screens.search_screen import SearchScreen

        self._app.push_screen(SearchScreen(devices, self._readings, style, operator))

    def open_keyed(self, name: str, style: ScreenStyle, selection: Selection = NO_SELECTION) -> None:
        """The screen of a key, by its name in ``KEYED_SCREENS``, for what is selected."""
        channels, devices = selection.chosen_channels, selection.chosen_devices
        self._show(KEYED_SCREENS[name], ScreenContext(self._live, self._readings, style, channels, devices))

    def _show(self, build: BuildScreen, context: ScreenContext) -> None:
        self._go_to(build(context))

    def _go_to(self, screen: Screen[Any]) -> None:
        """Show it; where one of its kind is open, that one without those over it."""
        stack = self._app.screen_stack
        place = next((at for at, open_one in enumerate(stack) if type(open_one) is type(screen)), None)
        if place is None:
            self._app.push_screen(screen)
            return
        for over in reversed(stack[place + 1 :]):
            over.dismiss(None)

    def open_log(self, style: ScreenStyle) -> None:
        from micboard_tui.tui.screens.log_screen import LogScreen

        self._go_to(LogScreen(self._log, DeviceTitles(self._live).by_host, style))
