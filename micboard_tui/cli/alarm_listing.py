"""What ``alarms list`` prints: the alarms, and apart from them what is none by design, and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from micboard_tui.cli.alarm_document import (
    HEADS,
    StoredPlaces,
    alarm_cells,
    alarm_entry,
    group_of,
    subject_entry,
)
from micboard_tui.cli.alarm_groups import AlarmGroup
from micboard_tui.cli.context import data_of
from micboard_tui.cli.output import print_note, print_table
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason, find_suppressed
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.out_of_service import find_out_of_service
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemStarts

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import DeviceId
    from micboard_tui.domain.location import Location

NONE_SHOWN = "No alarm of these is listed. To see all:  micboard-tui alarms list --all"
NONE_STORED = "No alarms are stored. A running board or `poll` raises them."
REASONS: Mapping[SuppressionReason, str] = {
    SuppressionReason.EXPECTED_OFF: "expected off",
    SuppressionReason.PROFILE: "not in this profile",
    SuppressionReason.OUT_OF_SERVICE: "out of service",
}


@dataclass(frozen=True, slots=True)
class AlarmListing:
    """All that there is, with the names in it."""

    alarms: Sequence[Alarm]
    suppressed: Sequence[SuppressedCondition]
    places: StoredPlaces

    @property
    def out_of_service(self) -> "Sequence[DeviceSnapshot]":
        """Those that are marked, or stand at a location that is."""
        marked = _find_out_of_service(self.places)
        return [device for device in self.places.devices if device.device.id in marked]

    @property
    def closed_locations(self) -> "Sequence[Location]":
        """Those that are marked."""
        return [location for location in self.places.known_locations if location.out_of_service]


async def read_suppressed(services: "Container", places: StoredPlaces) -> Sequence[SuppressedCondition]:
    """What is no alarm by design, by the readings that are stored."""
    devices = {device.device.id: device for device in places.devices}
    states = {state.ref: state for device in places.devices for state in device.channels}
    context = AlarmContext(
        data_of(await services.thresholds.list_thresholds()).profile,
        out_of_use=_find_out_of_service(places),
    )
    judgement = judge_problems(states, devices, services.live.now(), ProblemStarts())
    # What is stored is always seconds old: that says nothing of the meters.
    found = find_suppressed(judgement, context)
    return [condition for condition in found if condition.key.cause is not ProblemCode.STALE]


def listing_entry(listing: AlarmListing, groups: Collection[AlarmGroup]) -> dict[str, object]:
    """As docs/reference/alarms.schema.json describes it."""
    places = listing.places
    return {
        "alarms": [alarm_entry(alarm, places) for alarm in listing.alarms if group_of(alarm) in groups],
        "by_design": [_suppressed_entry(condition, places) for condition in listing.suppressed],
        "out_of_service": [
            {"device_id": device.device.id, "device": device.title} for device in listing.out_of_service
        ],
        "closed_locations": [
            {"location_id": location.id, "location": location.name} for location in listing.closed_locations
        ],
    }


def print_listing(listing: AlarmListing, groups: Collection[AlarmGroup], now: float) -> None:
    """The alarms of these groups as a table, and what is left out."""
    shown = [alarm for alarm in listing.alarms if group_of(alarm) in groups]
    rows = [alarm_cells(alarm, listing.places, now) for alarm in shown]
    if AlarmGroup.BY_DESIGN in groups:
        rows += [_suppressed_cells(condition, listing.places) for condition in listing.suppressed]
    if rows:
        print_table(HEADS, rows, right=("for",), spare=("note", "what to do"))
    else:
        print_note(NONE_SHOWN if listing.alarms else NONE_STORED)
    if hidden := sum(alarm.hidden_by is not None for alarm in listing.alarms if alarm not in shown):
        print_note(f"{hidden} more are hidden by these. To see them:  micboard-tui alarms list --all")
    if listing.suppressed and AlarmGroup.BY_DESIGN not in groups:
        count = len(listing.suppressed)
        print_note(f"{count} by design: not wanted as alarms. To see why:  micboard-tui alarms list --all")
    if closed := ", ".join(location.name for location in listing.closed_locations):
        print_note(
            f"Locations out of service: {closed}. Back:  micboard-tui locations out-of-service NAME --clear"
        )
    if marked := ", ".join(each.title for each in listing.places.devices if each.device.out_of_service):
        print_note(
            f"Out of service, without alarms: {marked}. Back:  micboard-tui devices set DEVICE --in-service"
        )


def _find_out_of_service(places: StoredPlaces) -> "Collection[DeviceId]":
    return find_out_of_service((device.device for device in places.devices), places.known_locations)


def _suppressed_entry(condition: SuppressedCondition, places: StoredPlaces) -> dict[str, object]:
    return {**subject_entry(condition.key, places), "reason": condition.reason.value}


def _suppressed_cells(condition: SuppressedCondition, places: StoredPlaces) -> tuple[str, ...]:
    text = describe_alarm(condition.key, places)
    return "", "", text.title, text.subject, REASONS[condition.reason], "", ""
