"""The views as they are stored, by their keys. What only another release can read stays through every change.

Theory of operation. The board and ``micboard-tui views`` read what is stored, change views, and store all of
it again with one of the functions below. An entry that is no view here is given back as it was; so is a view
that has not changed, with all fields that another release has added to it. Pure.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from micboard_tui.tui.arrange.view import View, parse_view

StoredViews: TypeAlias = Mapping[str, Any]


def parse_views(stored: StoredViews) -> Mapping[str, View]:
    """All that can be read."""
    return {key: view for key, value in stored.items() if (view := parse_view(value)) is not None}


def replace_views(stored: StoredViews, views: Mapping[str, View]) -> dict[str, Any]:
    """What is stored with exactly these views in place of all that can be read."""
    readable = parse_views(stored)
    others = {key: value for key, value in stored.items() if key not in readable}
    return others | {
        key: stored[key] if readable.get(key) == view else view.as_json() for key, view in views.items()
    }


def rename_view(stored: StoredViews, key: str, name: str) -> dict[str, Any]:
    """What is stored with another name for one of its views; an empty one: it has none."""
    return {**stored, key: {**stored[key], "name": name}}


def remove_view(stored: StoredViews, key: str) -> dict[str, Any]:
    """What is stored without one of its views."""
    return {other: value for other, value in stored.items() if other != key}
