"""Opens the screens over the board. Each is loaded when it first opens, so that the board waits for none."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.board_options import EventLog
from micboard_tui.tui.device_titles import DeviceTitles
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.help_pages import BOARD_HELP, HasHelp
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings


class ScreenOpener:
    """Opens a screen unless it is the one that is open already."""

    def __init__(
        self,
        push: Callable[[Screen[Any]], object],
        top: Callable[[], Screen[Any]],
        live: LiveContract,
        log: EventLog,
        readings: ServiceReadings,
    ) -> None:
        """``push`` shows a screen, ``top`` is the one that is shown now."""
        self._push, self._top, self._live, self._log, self._readings = push, top, live, log, readings

    def open_channel(self, channel: ChannelRef, trends: Trends, style: ScreenStyle) -> None:
        from micboard_tui.tui.screens.channel_screen import ChannelScreen

        self._push(ChannelScreen(self._live, channel, trends, style, self._readings))

    def open_line(self, ref: LineRef, trends: Trends, style: ScreenStyle) -> None:
        """Everything about a line of the board: a channel, the bays of a charger, or a device among all."""
        if isinstance(ref, ChannelRef):
            self.open_channel(ref, trends, style)
            return
        device = self._live.device(ref)
        if device is not None and device.state.bays and device.state.is_online:
            self.open_chargers(style, ref)
        else:
            self.open_devices(ref, style)

    def open_help(self, style: ScreenStyle) -> None:
        """Help for the screen that is shown."""
        from micboard_tui.tui.screens.help_screen import HelpScreen

        top = self._top()
        if not isinstance(top, HelpScreen):
            self._push(HelpScreen(style, top.HELP_PAGE if isinstance(top, HasHelp) else BOARD_HELP))

    def open_search(self, devices: DeviceContract, style: ScreenStyle) -> None:
        from micboard_tui.tui.screens.search_screen import SearchScreen

        self._push(SearchScreen(devices, self._readings, style))

    def open_devices(self, first: DeviceId | None, style: ScreenStyle) -> None:
        """``first`` is the device that is selected when it opens."""
        from micboard_tui.tui.screens.devices_screen import DevicesScreen

        if not isinstance(self._top(), DevicesScreen):
            self._push(DevicesScreen(self._live, style, self._readings, first))

    def open_chargers(self, style: ScreenStyle, first: DeviceId | None = None) -> None:
        """``first`` is the charger to begin with."""
        from micboard_tui.tui.screens.chargers_screen import ChargersScreen

        if not isinstance(self._top(), ChargersScreen):
            self._push(ChargersScreen(self._live, style, first))

    def open_log(self, style: ScreenStyle) -> None:
        from micboard_tui.tui.screens.log_screen import LogScreen

        if not isinstance(self._top(), LogScreen):
            self._push(LogScreen(self._log, DeviceTitles(self._live).by_host, style))
