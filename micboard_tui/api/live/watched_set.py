"""What clients with the same subscription share: which channels, locations and devices it means now. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from micboard_tui.api.device_filters import with_all_below
from micboard_tui.api.live.rack_log import RackLog
from micboard_tui.api.live.subscription import Subscription
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId

MAX_SETS = 512


@dataclass(frozen=True, eq=False)
class WatchedSet:
    """Two subscriptions with the same channels and locations have the same one, until the layout changes."""

    channels: Sequence[ChannelRef]
    """Whose meters are sent."""
    locations: frozenset[LocationId] | None
    """All that are watched, with those below; None: all that there are."""
    devices: Collection[DeviceId] | None
    """All that are watched; None: all that there are."""


class WatchedSets:
    def __init__(self, live: LiveContract, rack: RackLog) -> None:
        self._live, self._rack = live, rack
        self._layout = 0
        self._sets: dict[tuple[frozenset[ChannelRef] | None, frozenset[LocationId] | None], WatchedSet] = {}

    def find(self, subscription: Subscription) -> WatchedSet:
        """What a subscription means now."""
        if self._rack.layout != self._layout or len(self._sets) >= MAX_SETS:
            self._layout = self._rack.layout
            self._sets.clear()
        key = subscription.channels, subscription.locations
        if (found := self._sets.get(key)) is None:
            found = self._sets[key] = self._make(subscription)
        return found

    def _make(self, subscription: Subscription) -> WatchedSet:
        locations, devices = subscription.locations, None
        if locations is not None:
            locations = with_all_below(self._live, locations)
            devices = frozenset(
                device_id
                for device_id, device in self._rack.devices.items()
                if device.device.location_id in locations
            )
        wanted = subscription.channels
        channels = [
            ref
            for ref in self._rack.channels
            if (wanted is None or ref in wanted) and (devices is None or ref.device_id in devices)
        ]
        return WatchedSet(channels, locations, devices)
