"""A device that a search has found, as one row and in words. Pure."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in, text_cells

WHY_LINES = 3
FAULTS = {
    "DEVICE_REFUSED": "refuses access",
    "DEVICE_SILENT": "silent",
    "DEVICE_UNREACHABLE": "out of reach",
    "CREDENTIALS_NEEDED": "needs password",
    "CREDENTIALS_REFUSED": "wrong password",
    "CERTIFICATE_UNKNOWN": "new certificate",
    "CERTIFICATE_CHANGED": "cert. changed",
    "DRIVER_NOT_SUPPORTED": "no driver",
}

Key: TypeAlias = tuple[str, str]


class FoundDeviceRow(NamedTuple):
    """One device that was found, and what became of it since."""

    found: FoundDevice
    is_added: bool
    has_failed: bool = False
    """Whether it was to be added and could not."""


def key_of(found: FoundDevice) -> Key:
    """What makes two findings one device."""
    return found.host, found.manufacturer


def title(found: FoundDevice) -> str:
    """Its name, its model, its address: the first that it tells."""
    return visible(found.own_name or found.model or found.host)


def state_of(found: FoundDevice, *, added: bool) -> tuple[str, str]:
    """In a word whether it can be talked to, and the tone of that."""
    if added:
        return "added", "dim"
    if found.fault is not None:
        tone = "warning" if found.can_be_added else "dim"
        return FAULTS.get(found.fault.code, "not usable"), tone
    return ("ready", "live") if found.answered else ("heard", "text")


def _draw_manufacturer(row: FoundDeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.found.manufacturer, room)


def _draw_model(row: FoundDeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(" ".join(part for part in (row.found.model, row.found.rf_band) if part) or DASH, room)


def _draw_name(row: FoundDeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.found.own_name or DASH, room)


def _draw_address(row: FoundDeviceRow, room: int) -> Sequence[Cell]:
    found = row.found
    return text_cells(f"{found.host}:{found.port}" if found.port else found.host, room)


def _draw_via(row: FoundDeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.found.via, room)


def _draw_state(row: FoundDeviceRow, _: int) -> Sequence[Cell]:
    state, tone = state_of(row.found, added=row.is_added)
    if row.has_failed:
        state, tone = "not added", "critical"
    return Cell(" "), Cell(state, tone)


COLUMNS = (
    Column(
        "manufacturer",
        (" manufacturer",),
        _draw_manufacturer,
        1,
        least=12,
        priority=2,
        from_spare=40,
    ),
    Column("model", (" model",), _draw_model, 1, least=12),
    Column("name", (" name",), _draw_name, 1, least=7, is_shared=True),
    Column("address", (" address",), _draw_address, 1, least=21),
    Column("via", (" found by",), _draw_via, 1, least=9, priority=1, from_spare=12),
    # Its last cell stays empty.
    Column("state", (" state",), _draw_state, 2, least=15),
)
"""From left to right."""


@lru_cache(16)
def columns_for(width: int) -> PlacedColumns[FoundDeviceRow]:
    return columns_in(COLUMNS, width)


def explain_found_device(found: FoundDevice, width: int, *, added: bool, need: str = "") -> list[list[Cell]]:
    """What the row means and what to do about it; ``need`` is what an added device needs yet."""
    if added and need:
        return cause_and_cure(f"{title(found)} is added. It needs {need}.", "Enter asks for it.", width)
    if added:
        return [[Cell(f" {title(found)} is added and on the board.", "dim")]]
    if (fault := found.fault) is None:
        state = "answers" if found.answered else "announces itself and was not probed yet"
        return [[Cell(f" {title(found)} {state}. Enter adds it with the driver {found.driver}.", "dim")]]
    return cause_and_cure(f"{fault.message}.", fault.hint, width)


def cause_and_cure(message: str, hint: str, width: int) -> list[list[Cell]]:
    """Cause and cure, in as many lines as there are."""
    cause, cure = (textwrap.wrap(visible(text), max(10, width - 2)) for text in (message, hint))
    lines = [[Cell(f" {line}", "warning")] for line in cause[: WHY_LINES - 1]]
    return [*lines, *([Cell(f" {line}")] for line in cure)][:WHY_LINES]


def describe_probes(targets: Sequence[str], found: int) -> str:
    """What came of the addresses and networks that were typed: so many new devices were found since."""
    probed = targets[0] if len(targets) == 1 else f"{targets[0]} and {len(targets) - 1} more"
    if not found:
        return f"No new device answered at {visible(probed)}."
    return f"Probed {visible(probed)}: {found} new device{'s' * (found > 1)} found."


def format_interfaces(interfaces: Sequence[Interface]) -> str:
    """On what is listened."""
    return ", ".join(f"{each.name} {each.address}" for each in interfaces) or "no interface"
