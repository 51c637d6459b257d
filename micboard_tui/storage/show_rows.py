"""Rows of shows and of the progress of the current one from domain values, and back."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import RowMapping

from micboard_tui.contracts.show import CurrentShow
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.identity import ShowId
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.show import (
    SceneStep,
    Show,
    ShowBreak,
    ShowProgress,
    ShowRecord,
    ShowState,
    find_scene_again,
)
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import ShowProgressRow, ShowRow

SHOWS, PROGRESS = table_of(ShowRow), table_of(ShowProgressRow)


def show_values(record: ShowRecord) -> dict[str, object]:
    show = record.show
    return {
        "id": record.id,
        "name": show.name,
        "folded_name": fold_name(show.name),
        "planned_start": show.planned_start,
        "end_min": show.end_min,
        "breaks": _write_tuples(show.breaks),
        "scenes": _write_tuples(show.plot.scenes),
        "entries": _write_tuples(show.plot.entries),
    }


def show_of(row: RowMapping) -> ShowRecord:
    scenes = tuple(PlotScene(**values) for values in json.loads(row["scenes"]))
    entries = tuple(
        PlotEntry(**{**values, "role": Role(values["role"])}) for values in json.loads(row["entries"])
    )
    breaks = tuple(ShowBreak(**values) for values in json.loads(row["breaks"]))
    plot = MicPlot(scenes, entries)
    return ShowRecord(
        ShowId(row["id"]), Show(row["name"], row["planned_start"], breaks, row["end_min"], plot)
    )


def progress_values(current: CurrentShow) -> dict[str, object]:
    progress, left = current.progress, current.progress.left
    scene = progress.current_scene
    return {
        "id": 1,
        "show_id": current.id,
        "state": progress.state.value,
        "started_at": progress.started_at,
        "ended_at": progress.ended_at,
        "position_min": progress.position_min,
        "position_at": progress.position_at,
        "breaks_taken": progress.breaks_taken,
        "is_break_planned": progress.is_break_planned,
        "break_extended_min": progress.break_extended_min,
        "extended_min": progress.extended_min,
        "scene": progress.scene,
        "scene_act": None if scene is None else scene.act,
        "scene_number": None if scene is None else scene.number,
        "scene_started_at": progress.scene_started_at,
        "left_scene": None if left is None else left.scene,
        "left_started_at": None if left is None else left.scene_started_at,
        "left_at": None if left is None else left.left_at,
    }


def progress_of(row: RowMapping, record: ShowRecord) -> CurrentShow:
    """Where the show is by its plan of now, whose scenes and breaks may be others than when it was stored."""
    show = record.show
    scene = None
    if row["scene"] is not None:
        stored = PlotScene(row["scene_number"], row["scene_act"])
        scene = find_scene_again(show.plot, row["scene"], stored)
    left = None
    left_scene = row["left_scene"]
    if row["left_at"] is not None and (left_scene is None or left_scene < len(show.plot.scenes)):
        left = SceneStep(left_scene, row["left_started_at"], row["left_at"])
    breaks_taken = min(row["breaks_taken"], len(show.breaks))
    progress = ShowProgress(
        show,
        ShowState(row["state"]),
        row["started_at"],
        row["ended_at"],
        row["position_min"],
        row["position_at"],
        breaks_taken,
        bool(row["is_break_planned"]) and breaks_taken > 0,
        row["break_extended_min"],
        row["extended_min"],
        scene,
        None if scene is None else row["scene_started_at"],
        left,
    )
    return CurrentShow(record.id, progress)


def _write_tuples(values: Sequence[NamedTuple]) -> str:
    """By the names of their fields, those that are not known left out: later releases may have more."""
    known = [{name: value for name, value in each._asdict().items() if value is not None} for each in values]
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))
