"""What ``alarms list`` prints: the alarms, and apart from them what is none by design, and why."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from micboard_tui.cli.alarm_table import HEADS, alarm_cells
from micboard_tui.cli.context import data_of
from micboard_tui.cli.output import print_note, print_table
from micboard_tui.contracts.alarm_groups import AlarmGroup, group_of
from micboard_tui.contracts.alarm_listing import AlarmListing, devices_out_of_service
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.stored_places import StoredPlaces
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason, find_suppressed
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemStarts

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services

NONE_SHOWN = "No alarm of these is listed. To see all:  micboard-tui alarms list --all"
NONE_STORED = "No alarms are stored. A running board or `poll` raises them."
REASONS: Mapping[SuppressionReason, str] = {
    SuppressionReason.EXPECTED_OFF: "expected off",
    SuppressionReason.PROFILE: "not in this profile",
    SuppressionReason.OUT_OF_SERVICE: "out of service",
}


async def read_suppressed(services: "Services", places: StoredPlaces) -> Sequence[SuppressedCondition]:
    """What is no alarm by design, by the readings that are stored."""
    devices = {device.device.id: device for device in places.devices}
    states = {state.ref: state for device in places.devices for state in device.channels}
    context = AlarmContext(
        data_of(await services.thresholds.list_thresholds()).profile,
        out_of_use=devices_out_of_service(places),
    )
    judgement = judge_problems(states, devices, services.live.now(), ProblemStarts())
    # What is stored is always seconds old: that says nothing of the meters.
    found = find_suppressed(judgement, context)
    return [condition for condition in found if condition.key.cause is not ProblemCode.STALE]


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


def _suppressed_cells(condition: SuppressedCondition, places: StoredPlaces) -> tuple[str, ...]:
    text = describe_alarm(condition.key, places)
    return "", "", text.title, text.subject, REASONS[condition.reason], "", ""
