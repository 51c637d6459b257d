"""Walk tests as JSON."""

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import round_timestamp
from micboard_tui.domain.walk_test import LevelFigures, Walk, WalkResult, compare_p5, is_worse


def walk_entry(walk: Walk, earlier: Walk | None = None) -> JsonObject:
    """A walk with its results, compared with those of ``earlier``; moments are seconds since the epoch."""
    return {
        "id": walk.id,
        "name": walk.name,
        "started_at": round_timestamp(walk.started_at),
        "ended_at": round_timestamp(walk.ended_at),
        "actor": walk.actor,
        "compared_with": None if earlier is None else earlier.id,
        "results": [_result_entry(result, walk, earlier) for result in walk.results],
    }


def _result_entry(result: WalkResult, walk: Walk, earlier: Walk | None) -> JsonObject:
    figures = result.figures
    change = compare_p5(result, walk, earlier)
    return {
        "place": walk.place_name(result.place),
        "place_number": result.place,
        "device_id": result.ref.device_id,
        "channel": result.ref.number,
        "title": result.title,
        "grade": result.grade.value,
        "too_short": figures.is_too_short,
        "seconds": round(figures.seconds, 2),
        "samples": figures.samples,
        "period_s": None if figures.period_s is None else round(figures.period_s, 3),
        "margin_db": figures.margin_db,
        "antenna_a": _levels_entry(figures.a),
        "antenna_b": _levels_entry(figures.b),
        "better": _levels_entry(figures.better),
        "dips_a": figures.dips_a,
        "dips_b": figures.dips_b,
        "double_dips": figures.double_dips,
        "drop_outs": figures.drop_outs,
        "longest_drop_out_s": round(figures.longest_s, 2),
        "weak_s": round(figures.weak_s, 2),
        "change_db": change,
        "worse": is_worse(change),
    }


def _levels_entry(figures: LevelFigures) -> JsonObject:
    return {"min_dbm": figures.lowest, "p5_dbm": figures.p5, "median_dbm": figures.middle}
