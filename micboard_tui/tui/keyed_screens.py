"""Which screen a key opens, by the name in its action ``app.open('name')``.

Each is imported when it first opens, so that the board waits for none.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings


class ScreenContext(NamedTuple):
    """What a screen may need, and what is selected on the one below."""

    live: LiveContract
    readings: ServiceReadings
    style: ScreenStyle
    channels: Sequence[ChannelRef] = ()
    devices: Sequence[DeviceId] = ()

    @property
    def device(self) -> DeviceId | None:
        """The selected device, of several the first."""
        return next(iter(self.devices), None)


BuildScreen: TypeAlias = Callable[[ScreenContext], Screen[Any]]


def build_devices(context: ScreenContext) -> Screen[Any]:
    """All devices, from the selected one."""
    from micboard_tui.tui.screens.devices_screen import DevicesScreen

    return DevicesScreen(context.live, context.style, context.readings, context.device)


def build_chargers(context: ScreenContext) -> Screen[Any]:
    """All chargers, from the first."""
    from micboard_tui.tui.screens.chargers_screen import ChargersScreen

    return ChargersScreen(context.live, context.style, context.device)


def build_alarms(context: ScreenContext) -> Screen[Any]:
    """The alarm desk."""
    from micboard_tui.tui.screens.alarm_desk_screen import AlarmDeskScreen

    return AlarmDeskScreen(context.live, context.style, context.readings)


def build_battery_plan(context: ScreenContext) -> Screen[Any]:
    """Which packs last, from the selected channel."""
    from micboard_tui.tui.screens.battery_plan_screen import BatteryPlanScreen

    return BatteryPlanScreen(context.live, context.style, next(iter(context.channels), None))


def build_timeline(context: ScreenContext) -> Screen[Any]:
    """What happened; a moment that is about no channel shows the marked ones."""
    from micboard_tui.tui.screens.timeline_screen import TimelineScreen

    channels = context.channels if len(context.channels) > 1 else ()
    return TimelineScreen(context.live, context.style, context.readings, channels)


def build_run_of_show(context: ScreenContext) -> Screen[Any]:
    """The current show: its clock, its scenes and its mics."""
    from micboard_tui.tui.screens.run_of_show_screen import RunOfShowScreen

    return RunOfShowScreen(context.live, context.style, context.readings)


def build_line_check(context: ScreenContext) -> Screen[Any]:
    """Which lines were heard, from the selected channel."""
    from micboard_tui.tui.screens.line_check_screen import LineCheckScreen

    return LineCheckScreen(context.live, context.style, next(iter(context.channels), None))


def build_thresholds(context: ScreenContext) -> Screen[Any]:
    """The numbers that channels are judged by; also those of the selected channel."""
    from micboard_tui.tui.screens.threshold_screen import ThresholdScreen

    selected = next(iter(context.channels), None)
    return ThresholdScreen(context.live, context.style, context.readings, selected)


def build_walk(context: ScreenContext) -> Screen[Any]:
    """The walk test, with the marked channels or the selected one."""
    from micboard_tui.tui.screens.walk_screen import WalkScreen

    return WalkScreen(context.live, context.style, context.readings, context.channels)


def build_recap(context: ScreenContext) -> Screen[Any]:
    """What became of the current show, or of the last hours."""
    from micboard_tui.tui.screens.recap_screen import RecapScreen

    return RecapScreen(context.live, context.style, context.readings)


def build_audit(context: ScreenContext) -> Screen[Any]:
    """Who changed what from where."""
    from micboard_tui.tui.screens.audit_screen import AuditScreen

    return AuditScreen(context.live, context.style, context.readings)


KEYED_SCREENS: Mapping[str, BuildScreen] = {
    "alarms": build_alarms,
    "battery_plan": build_battery_plan,
    "timeline": build_timeline,
    "line_check": build_line_check,
    "walk": build_walk,
    "devices": build_devices,
    "run_of_show": build_run_of_show,
    "chargers": lambda context: build_chargers(context._replace(devices=())),
    "thresholds": build_thresholds,
    "recap": build_recap,
    "audit": build_audit,
}
