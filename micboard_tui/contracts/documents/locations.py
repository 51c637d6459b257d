"""Locations and what is at them, as JSON."""

from collections.abc import Sequence

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.location import LocationSummary
from micboard_tui.domain.location import Location, find_rf_zones, list_chains, order_locations
from micboard_tui.domain.out_of_service import find_closed_locations


def locations_document(locations: Sequence[Location]) -> JsonObject:
    """All locations, parents before children, siblings in order."""
    zones, closed = find_rf_zones(locations), find_closed_locations(locations)
    return {
        "schema": SCHEMA,
        "locations": [
            {
                "location_id": location.id,
                "name": location.name,
                "parent_id": location.parent_id,
                "depth": depth,
                "is_rf_zone": zones[location.id] == location.id,
                "rf_zone": zones[location.id],
                "is_out_of_service": location.id in closed,
            }
            for depth, location in order_locations(locations)
        ],
    }


def located_entries(locations: Sequence[Location]) -> Sequence[JsonObject]:
    """All locations as a snapshot has them: ``within`` names each itself and, inside out, what it lies in."""
    chains = list_chains(locations)
    return [
        {"location_id": location.id, "name": location.name, "within": [*chains[location.id]]}
        for _, location in order_locations(locations)
    ]


def location_summary_document(summary: LocationSummary) -> JsonObject:
    """Counts over a location and everything below."""
    return {
        "schema": SCHEMA,
        "location": summary.location.name,
        "counts": {
            "devices": summary.devices,
            "devices_online": summary.devices_online,
            "channels": summary.channels,
            **{state.value: count for state, count in summary.by_link_state.items()},
            "low_battery": summary.low_battery,
            "unknown_battery": summary.unknown_battery,
        },
    }
