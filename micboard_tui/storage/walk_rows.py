"""Walks as they are stored: one row each, its results as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.walk_test import LevelFigures, PlaceFigures, Walk, WalkResult


def walk_values(walk: Walk) -> dict[str, object]:
    """The columns of a walk, without its number."""
    return {
        "started_at": walk.started_at,
        "ended_at": walk.ended_at,
        "actor": walk.actor,
        "name": walk.name,
        "places": json.dumps({str(place): name for place, name in walk.places.items()}),
        "results": json.dumps([_result_values(result) for result in walk.results]),
    }


def walk_of(row: RowMapping) -> Walk:
    """The walk of a row."""
    places: Mapping[str, str] = json.loads(row["places"])
    return Walk(
        row["started_at"],
        row["ended_at"],
        row["actor"],
        {int(place): str(name) for place, name in places.items()},
        [_result_of(values) for values in json.loads(row["results"])],
        row["name"],
        row["id"],
    )


def _result_values(result: WalkResult) -> dict[str, object]:
    return {
        "place": result.place,
        "device_id": result.ref.device_id,
        "channel": result.ref.number,
        "title": result.title,
        "figures": result.figures._asdict(),
    }


def _result_of(values: Mapping[str, Any]) -> WalkResult:
    figures = dict(values["figures"])
    for antenna in ("a", "b", "better"):
        figures[antenna] = LevelFigures(*figures[antenna])
    ref = ChannelRef(DeviceId(values["device_id"]), int(values["channel"]))
    return WalkResult(int(values["place"]), ref, str(values["title"]), PlaceFigures(**figures))
