"""A registered device as one row, and in words: what it is, how it does, and what to do about it. Pure."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from micboard_tui.contracts.errors import NEEDS_SECRET, NEEDS_TRUST, ErrorCode
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.manufacturers import DriverInfo
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceSnapshot
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_duration
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in, text_cells

FAST_S = 0.001
WHY_LINES = 5
KINDS = {
    DeviceKind.RECEIVER: "receiver",
    DeviceKind.IEM_TRANSMITTER: "in-ear",
    DeviceKind.CHARGER: "charger",
}
_CURES: Mapping[str, str] = {
    ErrorCode.CERTIFICATE_UNKNOWN: "shows its certificate and asks whether you trust it",
    ErrorCode.CERTIFICATE_CHANGED: "shows both. Expected after a reset, update or exchange; else unplug it",
    ErrorCode.CREDENTIALS_NEEDED: "asks for its {secret} and stores it",
    ErrorCode.CREDENTIALS_REFUSED: "asks for the right {secret}: wrong ones can lock its account",
}


@dataclass(frozen=True, slots=True)
class AccessKeys:
    """The keys that help where a device does not let us in, as they are shown."""

    trust: str
    secret: str


class DeviceRow(NamedTuple):
    """One device at one moment."""

    device: DeviceSnapshot
    health: DeviceHealth | None
    now: float


def kind_of(device: DeviceSnapshot) -> str:
    """What it is, and how much of it there is; a dash while that is unknown."""
    state = device.state
    if not was_heard(device):
        return DASH
    is_charger = state.kind is DeviceKind.CHARGER
    count = len(state.bays if is_charger else device.channels)
    unit = "ch" if not is_charger else "bay" if count == 1 else "bays"
    return f"{KINDS[state.kind]:<8} {count or DASH:>2} {unit}"


def was_heard(device: DeviceSnapshot) -> bool:
    """Whether it has ever reported what it is."""
    state = device.state
    return bool(state.model or state.last_seen_at is not None or device.channels or state.bays)


def figures_of(health: DeviceHealth | None) -> tuple[str, str, str]:
    """Round trip, messages a second, and errors."""
    if health is None:
        return DASH, DASH, DASH
    trip = health.round_trip_s
    return (
        DASH if trip is None else f"{trip * 1000:.0f} ms" if trip >= FAST_S else "<1 ms",
        f"{health.messages_per_s:.0f}",
        str(health.failures),
    )


def _draw_title(row: DeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.device.title, room)


def _draw_model(row: DeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.device.state.model or DASH, room)


def _draw_address(row: DeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.device.device.address, room)


def _draw_kind(row: DeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(kind_of(row.device), room)


def _draw_location(row: DeviceRow, room: int) -> Sequence[Cell]:
    return text_cells(row.device.location or DASH, room)


def _draw_figures(row: DeviceRow, _: int) -> Sequence[Cell]:
    trip, rate, errors = figures_of(row.health)
    return (Cell(f" {trip:>8}{rate:>7}{errors:>6}"),)


def _draw_status(row: DeviceRow, _: int) -> Sequence[Cell]:
    tone = formats.status_tone(row.device.state.status)
    return (Cell(f" {status_lines.device_status(row.device, row.now)}", tone),)


def _draw_collector(row: DeviceRow, room: int) -> Sequence[Cell]:
    return text_cells((row.health and row.health.collector) or DASH, room)


COLLECTOR = Column("collector", (" collector",), _draw_collector, 1, least=12, priority=6, from_spare=39)
"""Where there are several programs that hold sessions."""
COLUMNS = (
    Column("device", (" device",), _draw_title, 1, least=12, is_shared=True),
    Column("model", (" model",), _draw_model, 1, least=9, most=16, priority=5, divisor=2, from_spare=27),
    Column("address", (" address",), _draw_address, 1, least=21),
    Column("kind", (" kind",), _draw_kind, 1, least=16, priority=2, from_spare=27),
    Column(
        "location", (" location",), _draw_location, 1, least=12, priority=4, from_spare=39, is_shared=True
    ),
    Column("figures", ("     trip  msg/s  errs",), _draw_figures, 22, priority=3, from_spare=65),
    Column("status", (" status",), _draw_status, 1, least=17),
)
"""From left to right."""


@lru_cache(16)
def columns_for(width: int, *, with_collector: bool = False) -> PlacedColumns[DeviceRow]:
    """``with_collector``: whether it is told which collector holds each device."""
    *others, status = COLUMNS
    return columns_in((*others, COLLECTOR, status) if with_collector else COLUMNS, width)


def explain_fault(
    device: DeviceSnapshot, fault: DeviceFault, spec: DriverInfo | None, keys: AccessKeys, width: int
) -> list[list[Cell]]:
    """Why it cannot be read, which key helps here, and its own hint, in as many lines as there are."""
    room = max(10, width - 2)
    message = visible(f"{fault.code}  {fault.message}")
    first, *more = textwrap.wrap(message, room, max_lines=2, placeholder=formats.ELLIPSIS)
    lines = [[Cell(f" {first[: len(fault.code)]}", "critical"), Cell(first[len(fault.code) :])]]
    lines += [[Cell(f" {line}")] for line in more]
    helps = [[Cell(" "), Cell(key, "accent"), Cell(f" {does}")] for key, does in _cures(fault, spec, keys)]
    tone = "dim" if helps else "text"
    hint = fault.hint.rstrip(".")
    if not was_heard(device):
        hint += ". It was not heard yet"
    lines += helps
    cures = textwrap.wrap(visible(hint), room, max_lines=WHY_LINES - len(lines), placeholder=formats.ELLIPSIS)
    return [*lines, *([Cell(f" {line}", tone)] for line in cures)]


def _cures(fault: DeviceFault, spec: DriverInfo | None, keys: AccessKeys) -> Iterator[tuple[str, str]]:
    if spec is None or (does := _CURES.get(fault.code)) is None:
        return
    if fault.code in NEEDS_TRUST and spec.shows_certificate:
        yield keys.trust, does
    elif fault.code in NEEDS_SECRET and spec.secret is not None:
        yield keys.secret, does.format(secret=spec.secret)


def describe_device(
    device: DeviceSnapshot, health: DeviceHealth | None, now: float, width: int
) -> list[list[Cell]]:
    """How a device does of which nothing is known that is wrong."""
    state = device.state
    age = None if state.last_seen_at is None else format_duration(now - state.last_seen_at)
    last_seen = "not heard yet" if age is None else f"heard {age} ago"
    parts = [last_seen, f"firmware {visible(state.firmware or DASH)}"]
    if device.location:
        parts.append(visible(device.location))
    if device.device.out_of_service:
        parts.append("out of service")
    if health is not None and health.collector:
        parts.append(f"read by {visible(health.collector)} in zone {device.device.zone}")
    trip, rate, errors = figures_of(health)
    texts = (
        f"{visible(device.title)}: {', '.join(parts)}",
        f"round trip {trip}, {rate} messages a second, {errors} error{'s' * (errors != '1')}",
    )
    lines = [[Cell(f" {line}", "dim")] for text in texts for line in textwrap.wrap(text, max(10, width - 2))]
    if warning := status_lines.device_warning(device):
        lines += [[Cell(f" {line}", "warning")] for line in textwrap.wrap(warning, max(10, width - 2))]
    if state.is_online and (empty := _missing(device)):
        lines.append([Cell(f" {empty}", "warning")])
    return lines


def _missing(device: DeviceSnapshot) -> str:
    """Why there is no number in its row."""
    if device.state.kind is DeviceKind.CHARGER:
        return "" if device.state.bays else "It has not reported any bay yet."
    bays = len(device.state.bays)
    if not device.channels:
        return "It has not reported any channel yet."
    return f"It has {bays} bays too, on the chargers screen." if bays else ""
