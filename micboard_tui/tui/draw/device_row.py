"""A registered device as one row, and in words: what it is, how it does, and what to do about it. Pure."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from micboard_tui.contracts.errors import NEEDS_SECRET, NEEDS_TRUST, ErrorCode
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.ports import DriverSpec
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceSnapshot
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_duration
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs

MODEL, ADDRESS, KIND, STATUS = 9, 21, 16, 17
FIGURES = 22
FIGURES_FROM_WIDTH = 118
LOCATION_FROM_WIDTH = 92
KIND_FROM_WIDTH = 80
"""So wide a screen has room for model and kind as well."""
LEAST_NAME = 12
FAST_S = 0.001
WHY_LINES = 5
KINDS = {
    DeviceKind.RECEIVER: "receiver",
    DeviceKind.IEM_TRANSMITTER: "in-ear",
    DeviceKind.CHARGER: "charger",
}
_FIGURE_HEADS = "    trip  msg/s  errs "
_CURES: Mapping[str, str] = {
    ErrorCode.CERTIFICATE_UNKNOWN: "shows its certificate and asks whether you trust it",
    ErrorCode.CERTIFICATE_CHANGED: "shows both. Right after a reset, update or exchange; else unplug it",
    ErrorCode.CREDENTIALS_NEEDED: "asks for its {secret} and keeps it",
    ErrorCode.CREDENTIALS_REFUSED: "asks for the right {secret}: wrong ones can lock its account",
}


@dataclass(frozen=True, slots=True)
class AccessKeys:
    """The keys that help where a device does not let us in, as they are shown."""

    trust: str
    secret: str


def names_width(width: int) -> int:
    """How wide the names of devices and locations may each be; they share what the rest leaves."""
    kind = MODEL + KIND + 2 if width >= KIND_FROM_WIDTH else 0
    rest = width - kind - ADDRESS - STATUS - figures_width(width) - 3
    return max(LEAST_NAME, (rest - 1) // 2 if width >= LOCATION_FROM_WIDTH else rest)


def figures_width(width: int) -> int:
    """0 where there is no room for figures."""
    return FIGURES if width >= FIGURES_FROM_WIDTH else 0


def head(width: int) -> str:
    """The names of the columns."""
    name = names_width(width)
    where = f"{'location':<{name}} " if width >= LOCATION_FROM_WIDTH else ""
    figures = _FIGURE_HEADS if figures_width(width) else ""
    has_kind = width >= KIND_FROM_WIDTH
    model, kind = (f"{'model':<{MODEL}} ", f"{'kind':<{KIND}} ") if has_kind else ("", "")
    return f" {'device':<{name}} {model}{'address':<{ADDRESS}} {kind}{where}{figures}status"


def row(
    device: DeviceSnapshot, health: DeviceHealth | None, width: int, now: float, glyphs: Glyphs
) -> tuple[str, str]:
    """One device: what stands before its status, and the status."""
    name = names_width(width)
    address = formats.fit(f"{device.device.host}:{device.device.port}", ADDRESS, glyphs.ellipsis)
    parts = [formats.fit(device.title, name, glyphs.ellipsis), address]
    if width >= KIND_FROM_WIDTH:
        parts.insert(1, formats.fit(device.state.model or DASH, MODEL, glyphs.ellipsis))
        parts.append(formats.fit(kind_of(device), KIND, glyphs.ellipsis))
    if width >= LOCATION_FROM_WIDTH:
        parts.append(formats.fit(device.location or DASH, name, glyphs.ellipsis))
    figures = ""
    if figures_width(width):
        trip, rate, errors = figures_of(health)
        figures = f" {trip:>8}{rate:>7}{errors:>6}"
    return glyphs.text(f" {' '.join(parts)}{figures}"), glyphs.text(
        f" {status_lines.device_status(device, now)}"
    )


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


def explain_fault(
    device: DeviceSnapshot, fault: DeviceFault, spec: DriverSpec | None, keys: AccessKeys, width: int
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
        hint += ". It was never heard, so its kind is not known"
    lines += helps
    cures = textwrap.wrap(visible(hint), room, max_lines=WHY_LINES - len(lines), placeholder=formats.ELLIPSIS)
    return [*lines, *([Cell(f" {line}", tone)] for line in cures)]


def _cures(fault: DeviceFault, spec: DriverSpec | None, keys: AccessKeys) -> Iterator[tuple[str, str]]:
    if spec is None or (does := _CURES.get(fault.code)) is None:
        return
    if fault.code in NEEDS_TRUST and spec.certificate is not None:
        yield keys.trust, does
    elif fault.code in NEEDS_SECRET and spec.secret is not None:
        yield keys.secret, does.format(secret=spec.secret)


def describe_device(
    device: DeviceSnapshot, health: DeviceHealth | None, now: float, width: int
) -> list[list[Cell]]:
    """How a device does of which nothing is known that is wrong."""
    state = device.state
    age = None if state.last_seen_at is None else format_duration(now - state.last_seen_at)
    heard = "never heard, so its kind is not known yet" if age is None else f"heard {age} ago"
    parts = [heard, f"firmware {visible(state.firmware or DASH)}"]
    if device.location:
        parts.append(visible(device.location))
    trip, rate, errors = figures_of(health)
    texts = (
        f"{visible(device.title)}: {', '.join(parts)}",
        f"round trip {trip}, {rate} messages a second, {errors} errors",
    )
    lines = [[Cell(f" {line}", "dim")] for text in texts for line in textwrap.wrap(text, max(10, width - 2))]
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
