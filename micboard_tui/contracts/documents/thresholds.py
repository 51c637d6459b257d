"""The numbers that channels are judged by, as JSON."""

from collections.abc import Sequence

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.thresholds import ThresholdTable
from micboard_tui.domain.threshold_set import ThresholdOverride, values_of


def thresholds_document(table: ThresholdTable, titles: Sequence[str]) -> JsonObject:
    """``titles``: for whom each override holds, as ``ThresholdContract.describe_scopes`` answers."""
    return {
        "schema": SCHEMA,
        "profile": table.profile.value,
        "chosen_profile": None if table.chosen is None else table.chosen.value,
        "settings": {name.value: value for name, value in values_of(table.base).items()},
        "thresholds": [
            override_entry(override, title) for override, title in zip(table.overrides, titles, strict=True)
        ],
    }


def override_entry(override: ThresholdOverride, title: str) -> JsonObject:
    """A number, and for whom it holds: ``title`` is for people."""
    scope = override.scope
    return {
        "name": override.name.value,
        "value": override.value,
        "for": title,
        "profile": None if scope.profile is None else scope.profile.value,
        "location_id": scope.location_id,
        "performer_id": scope.performer_id,
        "device_id": None if scope.channel is None else scope.channel.device_id,
        "channel": None if scope.channel is None else scope.channel.number,
    }
