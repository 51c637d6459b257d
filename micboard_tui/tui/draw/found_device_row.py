"""A device that a search has found, as one row and in words. Pure."""

import textwrap
from collections.abc import Sequence
from typing import TypeAlias

from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs

MODEL, ADDRESS, VIA, STATE = 12, 21, 9, 15
MANUFACTURER = 12
MANUFACTURER_FROM_WIDTH = 100
VIA_FROM_WIDTH = 72
LEAST_NAME = 7
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


def names_width(width: int) -> int:
    """What the other columns leave for the names of devices."""
    manufacturer = MANUFACTURER + 1 if width >= MANUFACTURER_FROM_WIDTH else 0
    via = VIA + 1 if width >= VIA_FROM_WIDTH else 0
    return max(LEAST_NAME, width - manufacturer - MODEL - ADDRESS - via - STATE - 5)


def head(width: int) -> str:
    """The names of the columns."""
    manufacturer = f"{'manufacturer':<{MANUFACTURER}} " if width >= MANUFACTURER_FROM_WIDTH else ""
    name = names_width(width)
    via = f"{'found by':<{VIA}} " if width >= VIA_FROM_WIDTH else ""
    return f" {manufacturer}{'model':<{MODEL}} {'name':<{name}} {'address':<{ADDRESS}} {via}state"


def row(found: FoundDevice, width: int, glyphs: Glyphs) -> str:
    """What stands before its state."""
    model = " ".join(each for each in (found.model, found.rf_band) if each)
    columns = [
        (model or DASH, MODEL),
        (found.own_name or DASH, names_width(width)),
        (f"{found.host}:{found.port}" if found.port else found.host, ADDRESS),
    ]
    if width >= VIA_FROM_WIDTH:
        columns.append((found.via, VIA))
    if width >= MANUFACTURER_FROM_WIDTH:
        columns.insert(0, (found.manufacturer, MANUFACTURER))
    return glyphs.text(
        " " + " ".join(formats.fit(text, size, glyphs.ellipsis) for text, size in columns) + " "
    )


def explain_found_device(found: FoundDevice, width: int, *, added: bool) -> list[list[Cell]]:
    """What the row means and what to do about it."""
    if added:
        return [[Cell(f" {title(found)} is added and on the board.", "dim")]]
    if (fault := found.fault) is None:
        state = "answers" if found.answered else "announces itself and was not asked yet"
        return [[Cell(f" {title(found)} {state}. a adds it with the driver {found.driver}.", "dim")]]
    return cause_and_cure(f"{fault.message}.", fault.hint, width)


def cause_and_cure(message: str, hint: str, width: int) -> list[list[Cell]]:
    """Cause and cure, in as many lines as there are."""
    cause, cure = (textwrap.wrap(visible(text), max(10, width - 2)) for text in (message, hint))
    lines = [[Cell(f" {line}", "warning")] for line in cause[: WHY_LINES - 1]]
    return [*lines, *([Cell(f" {line}")] for line in cure)][:WHY_LINES]


def format_interfaces(interfaces: Sequence[Interface]) -> str:
    """On what is listened."""
    return ", ".join(f"{each.name} {each.address}" for each in interfaces) or "no interface"
