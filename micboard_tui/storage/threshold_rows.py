"""Rows of thresholds from domain values, and back."""

from sqlalchemy import RowMapping

from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import (
    ChosenProfile,
    ThresholdName,
    ThresholdOverride,
    ThresholdScope,
)
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.threshold_tables import ChosenProfileRow, ThresholdRow

THRESHOLDS, CHOSEN_PROFILE = table_of(ThresholdRow), table_of(ChosenProfileRow)


def threshold_values(override: ThresholdOverride) -> dict[str, object]:
    scope = override.scope
    return {
        "scope": _scope_text(scope),
        "profile": "" if scope.profile is None else scope.profile.value,
        "name": override.name.value,
        "value": float(override.value),
    }


def profile_values(chosen: ChosenProfile) -> dict[str, object]:
    return {"id": 1, "profile": chosen.profile.value}


def threshold_of(row: RowMapping) -> ThresholdOverride | None:
    """None: a later release wrote it."""
    try:
        profile = ShowProfile(row["profile"]) if row["profile"] else None
        scope = _parse_scope(row["scope"], profile)
        return ThresholdOverride(scope, ThresholdName(row["name"]), row["value"])
    except ValueError:
        return None


def _scope_text(scope: ThresholdScope) -> str:
    if scope.location_id is not None:
        return f"location:{scope.location_id}"
    if scope.performer_id is not None:
        return f"performer:{scope.performer_id}"
    if scope.channel is not None:
        return f"channel:{scope.channel.device_id}/{scope.channel.number}"
    return ""


def _parse_scope(text: str, profile: ShowProfile | None) -> ThresholdScope:
    kind, _, name = text.partition(":")
    match kind:
        case "":
            return ThresholdScope(profile)
        case "location":
            return ThresholdScope(profile, location_id=LocationId(name))
        case "performer":
            return ThresholdScope(profile, performer_id=PerformerId(name))
        case "channel":
            device_id, _, number = name.rpartition("/")
            return ThresholdScope(profile, channel=ChannelRef(DeviceId(device_id), int(number)))
        case _:
            raise ValueError(text)
