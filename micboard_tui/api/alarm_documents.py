"""The alarms of now as JSON, with the names that they have now."""

from collections.abc import Collection, Sequence

from micboard_tui.contracts.alarm_groups import AlarmGroup, group_of
from micboard_tui.contracts.alarm_listing import AlarmListing
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.stored_places import StoredPlaces
from micboard_tui.domain.device import DeviceSnapshot

ALL_GROUPS = frozenset(AlarmGroup)


def list_alarms(
    live: LiveContract, devices: Sequence[DeviceSnapshot], groups: Collection[AlarmGroup] = ALL_GROUPS
) -> AlarmListing:
    """The alarms of these groups; what is none by design where that is one of them. ``devices``: all."""
    listed = live.findings.alarms
    return AlarmListing(
        [alarm for alarm in listed.alarms if group_of(alarm) in groups],
        listed.suppressed if AlarmGroup.BY_DESIGN in groups else (),
        StoredPlaces(devices, live.locations()),
    )
