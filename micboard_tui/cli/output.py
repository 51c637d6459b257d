"""What reaches the terminal: answers on stdout, everything else on stderr, names made harmless."""

import io
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import typer

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StartError
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.safe_text import visible

GAP = 2
"""Cells between two columns."""
UNKNOWN = "\N{EN DASH}"
NOTHING_REGISTERED = "No device is registered. Add one:  micboard-tui devices add shure 192.168.1.20"


def print_json(value: object, *, indent: int | None = 2) -> None:
    """One JSON value, at once: whoever reads a pipe should not wait for a buffer.

    Letters stand as they are; what could harm a terminal is escaped, which means the same to a parser.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if not text.isascii() or "\x7f" in text:
        text = "\n".join("".join(map(_escaped, line)) for line in text.split("\n"))
    _answer(text + "\n")


class Stopped(Exception):  # noqa: N818 - it is a request, not a fault
    """The user ended the command while it waited for a reader who does not read."""


class _Writing:
    """Whether an answer is being written: only then may a signal break in."""

    def __init__(self) -> None:
        self.now = False

    def __enter__(self) -> None:
        self.now = True

    def __exit__(self, *_: object) -> None:
        self.now = False


_writing = _Writing()


def break_off() -> None:
    """To be called by signal handlers. Raises Stopped out of a write that waits."""
    if _writing.now:
        raise Stopped


def _answer(text: str) -> None:
    """Write to whoever reads us. When they have left (``| head -n 1``), end: that is no error.

    Raises StartError DISK_FULL when the answer goes to a file and cannot be written.
    """
    try:
        with _writing:
            sys.stdout.write(text)
            sys.stdout.flush()
    except (OSError, Stopped) as error:
        # At exit Python writes what is still in the buffer, and would complain, or wait for the reader again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, Stopped):
            raise
        if isinstance(error, BrokenPipeError):
            raise typer.Exit from None
        raise StartError(
            ErrorCode.DISK_FULL,
            f"The answer cannot be written ({error.strerror})",
            hint="Make room, or write it elsewhere",
        ) from error


def _escaped(character: str) -> str:
    if visible(character) == character:
        return character
    return r"\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


def print_text(text: str) -> None:
    """An answer of many lines that is harmless already."""
    _answer(text)


def say(text: str) -> None:
    """One line of an answer."""
    _answer(visible(text) + "\n")


def note(text: str) -> None:
    """One line beside the answer."""
    sys.stderr.write(visible(text) + "\n")


def explain(error: ErrorInfo) -> None:
    """A "no" in one line: code, what happened, what to do."""
    hint = f" {sentence(error.hint)}" if error.hint else ""
    note(f"{error.code.value}: {sentence(error.message)}{hint}")


def sentence(text: str) -> str:
    """``text`` with its full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def fitting(
    heads: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str], width: int
) -> list[int]:
    """The places of the columns that stand side by side in ``width`` cells without being folded.

    Those in ``spare`` are left out one after the other, as far as there is too little room.
    """
    from rich.cells import cell_len

    left = list(range(len(heads)))
    needed = [
        max(map(cell_len, (head, *(visible(row[place]) for row in rows)))) for place, head in enumerate(heads)
    ]
    for head in spare:
        if sum(needed[place] + GAP for place in left) - GAP <= width:
            break
        left.remove(heads.index(head))
    return left


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    spare: Sequence[str] = (),
) -> None:
    """A table for people; as wide as it needs when it goes into a pipe.

    On a terminal that is too narrow the columns in ``spare`` are left out first, and it is said.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = io.StringIO()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    listed = list(rows)
    shown = fitting(heads, listed, spare, width)
    console = Console(file=drawn, width=width, force_terminal=sys.stdout.isatty())
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    for place in shown:
        justify: Literal["left", "right"] = "right" if heads[place] in right else "left"
        table.add_column(heads[place], justify=justify, overflow="fold")
    for row in listed:
        table.add_row(*(Text(visible(row[place])) for place in shown))
    console.print(table)
    _answer("".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines()))
    if len(shown) < len(heads):
        missing = ", ".join(head for place, head in enumerate(heads) if place not in shown)
        note(f"No room for: {missing}. A wider terminal and --json have them.")


def words(value: Any, unit: str = "") -> str:  # noqa: ANN401 - whatever a table shows
    """A value for a table cell."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value = f"{value:.0f}"
    return f"{value}{unit}"


def age(moment: float | None, now: float | None = None) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return "never"
    seconds = max(0, int((time.time() if now is None else now) - moment))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def battery_words(battery: Battery | None) -> str:
    """A charge in its most telling forms."""
    if battery is None or not battery.known:
        return UNKNOWN
    told = []
    if battery.minutes is not None:
        told.append(f"{battery.minutes // 60}:{battery.minutes % 60:02d}")
    if battery.percent is not None:
        told.append(f"{battery.percent} %")
    elif battery.bars is not None:
        told.append(f"{battery.bars}/5")
    return " ".join(told)


def print_devices(snapshots: Sequence[DeviceSnapshot]) -> None:
    """Devices with their channels and bays, one line each."""
    now = time.time()
    rows = []
    for snapshot in snapshots:
        device, state = snapshot.device, snapshot.state
        head = [
            device.id,
            snapshot.title,
            words(state.model),
            f"{device.host}:{device.port}",
            words(snapshot.location),
            f"{state.status.value}",
            age(state.last_seen_at, now),
        ]
        parts = [*map(_channel_row, snapshot.channels), *map(_bay_row, state.bays)] or [[""] * 8]
        rows.append(head + parts[0])
        rows += [[""] * len(head) + part for part in parts[1:]]
    heads = ("id", "name", "model", "address", "location", "status", "seen")
    print_table(
        (*heads, "ch", "channel", "performer", "link", "battery", "dBm", "dBFS", "MHz"),
        rows,
        right=("ch", "dBm", "dBFS", "MHz"),
        spare=("model", "seen", "location", "id", "address", "performer", "dBFS", "MHz"),
    )
    explain_devices(snapshots)


def _channel_row(channel: ChannelState) -> list[str]:
    meters, khz = channel.meters, channel.facts.frequency_khz
    percent = meters.rf_percent
    level = words(meters.rf_dbm) if percent is None else words(percent, " %")
    return [
        str(channel.number),
        words(channel.facts.name),
        words(channel.performer.name if channel.performer else None),
        channel.link_state.value,
        battery_words(channel.battery),
        level,
        words(meters.audio_dbfs),
        UNKNOWN if khz is None else f"{khz / 1000:.3f}",
    ]


def _bay_row(bay: Bay) -> list[str]:
    pack = " ".join(word for word in (bay.pack_model, bay.pack_name or bay.pack_serial) if word)
    what = f"{bay.state.value}: {bay.error}" if bay.error else bay.state.value
    return [str(bay.number), words(pack or None), "", what, battery_words(bay.battery), "", "", ""]


def explain_devices(snapshots: Sequence[DeviceSnapshot]) -> None:
    """Of each device that cannot be read: code, what happened, what to do."""
    for snapshot in snapshots:
        if not snapshot.state.is_online and (fault := snapshot.state.fault) is not None:
            note(f"{snapshot.title}: {fault.code}: {sentence(fault.message)} {sentence(fault.hint)}")
