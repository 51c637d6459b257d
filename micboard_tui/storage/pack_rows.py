"""Rows of records, discharges and types of cells from domain values, and back.

A record is one JSON text: it is read and written as a whole, and one that an earlier release wrote otherwise
is left out, since it is soon seen anew.
"""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import LevelChange, LevelTrace, MinutesReading
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.pack_record import PackRecord, Rise
from micboard_tui.domain.runtime_priors import Discharge


def record_text(record: PackRecord) -> str:
    return json.dumps(asdict(record))


def parse_record(text: str) -> PackRecord | None:
    """The record; None for what this release cannot read."""
    try:
        values: dict[str, Any] = json.loads(text)
        values["type"] = None if values["type"] is None else BatteryType(values["type"])
        values["minutes"] = tuple(MinutesReading(**each) for each in values["minutes"])
        values["jumped"] = None if values["jumped"] is None else MinutesReading(**values["jumped"])
        for name in ("percent", "bars"):
            values[name] = _parse_level(values[name])
            rise = values[f"{name}_rise"]
            values[f"{name}_rise"] = None if rise is None else Rise(**rise)
        return PackRecord(**values)
    except (ValueError, TypeError, KeyError):
        return None


def discharge_values(discharge: Discharge) -> dict[str, object]:
    return {
        "ended_at": discharge.ended_at,
        "minutes": discharge.minutes,
        "model": discharge.model,
        "serial": discharge.serial,
        "type": None if discharge.type is None else discharge.type.value,
        "power": discharge.power,
        "falls": json.dumps([[fall.at, fall.level] for fall in discharge.falls]),
    }


def discharge_of(row: RowMapping) -> Discharge:
    return Discharge(
        row["ended_at"],
        row["minutes"],
        row["model"],
        row["serial"],
        None if row["type"] is None else BatteryType(row["type"]),
        row["power"],
        tuple(LevelChange(at, level) for at, level in json.loads(row["falls"])),
    )


def cell_type_values(cell_type: CellType) -> dict[str, object]:
    return {"model": cell_type.model, "type": cell_type.type.value}


def _parse_level(values: dict[str, Any] | None) -> LevelTrace | None:
    if values is None:
        return None
    changes = tuple(LevelChange(**change) for change in values.pop("changes"))
    return LevelTrace(changes=changes, **values)
