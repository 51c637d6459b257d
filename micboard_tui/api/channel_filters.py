"""Which channels a request asks for, found among those that are in memory."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from micboard_tui.api.device_documents import ChannelDocument
from micboard_tui.domain.battery import LOW_LEVELS, BatteryLevel
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, judge_battery
from micboard_tui.domain.safe_text import fold_name


@dataclass(frozen=True, slots=True)
class BatteryFilter:
    """Channels with a pack that is low, or is not, by the rules that hold for each."""

    is_low: bool = True
    percent: int | None = None
    """Replaces the threshold of packs that are judged by percent; None: none."""
    with_unknown: bool = False
    """Also those of which it is not known."""

    def takes(self, state: ChannelState, device: DeviceSnapshot) -> bool:
        """Whether the battery is as asked for. Unknown is neither low nor fine."""
        if state.battery is None:
            return False
        level = self._judge(state) if device.state.is_online else BatteryLevel.UNKNOWN
        if level is BatteryLevel.UNKNOWN:
            return self.with_unknown
        return (level in LOW_LEVELS) is self.is_low

    def _judge(self, state: ChannelState) -> BatteryLevel:
        if self.percent is None:
            return judge_battery(state)
        battery = state.thresholds.battery.with_low_percent(self.percent)
        return judge_battery(replace(state, thresholds=replace(state.thresholds, battery=battery)))


@dataclass(frozen=True, slots=True)
class ChannelFilter:
    """What is given must be so; None or empty: it does not matter."""

    link_states: Collection[LinkState] = ()
    problems: Collection[ProblemCode] = ()
    """Any of these is a warning of the channel."""
    performer: str | None = None
    """Their name, capitals ignored."""
    locations: Collection[LocationId] | None = None
    battery: BatteryFilter | None = None

    def takes(self, channel: ChannelDocument) -> bool:
        """Whether a channel is asked for."""
        state, device = channel.state, channel.device
        return (
            (not self.link_states or state.link_state in self.link_states)
            and (not self.problems or self._has_problem(channel))
            and (self.performer is None or self._is_worn(state, self.performer))
            and (self.locations is None or device.device.location_id in self.locations)
            and (self.battery is None or self.battery.takes(state, device))
        )

    def _has_problem(self, channel: ChannelDocument) -> bool:
        # As they were judged for the document, so that what it says fits the filter.
        warnings = channel.warnings
        return isinstance(warnings, list) and any(code.value in warnings for code in self.problems)

    @staticmethod
    def _is_worn(state: ChannelState, performer: str) -> bool:
        return state.performer is not None and fold_name(state.performer.name) == fold_name(performer)


ALL_CHANNELS = ChannelFilter()
