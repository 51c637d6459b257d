"""``record``: writes the messages between this program and devices into a file."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from micboard_tui.cli.options import OnlyManufacturer
from micboard_tui.domain.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.services.wire.wire_file import WireDevice
    from micboard_tui.services.wire.wire_mask import WireMask
    from micboard_tui.services.wire.wire_recorder import WireRecorder

WRITE_EVERY_S = 0.5
MEGABYTE = 1_000_000


def record(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it must not be there yet.")],
    device: Annotated[
        list[str] | None,
        typer.Option(
            "--device", metavar="DEVICE", help="Only messages of this one; may be given several times."
        ),
    ] = None,
    manufacturer: OnlyManufacturer = None,
    mask: Annotated[bool, typer.Option("--mask", help="Hide names, addresses and serial numbers.")] = False,
    minutes: Annotated[
        float | None, typer.Option(help="End after so long; without it, at Ctrl+C.", min=0.01)
    ] = None,
    max_mb: Annotated[
        int, typer.Option(help="End when the file has so many megabytes.", min=1, max=150)
    ] = 50,
) -> None:
    """Record the messages between this program and devices.

    Those of both directions are written into a file, as text.

    It keeps sessions with the devices as the board does, so the board has to be closed. For a report of
    a fault, --mask hides names, addresses and serial numbers; read the file before you send it all the same.
    Passwords and keys of devices over HTTPS are never in the file.

      micboard-tui record night.wire --minutes 10

      micboard-tui record fault.wire --device "Rack 1" --mask
    """
    import anyio

    from micboard_tui.cli.context import (
        data_of,
        exclusive_instance,
        load_context,
        open_services,
        run_until_stopped,
    )
    from micboard_tui.cli.output import print_note
    from micboard_tui.services.wire.wire_recorder import WireRecorder

    context, wire = load_context(), WireRecorder()

    async def record_devices() -> int:
        async with open_services(context, wire=wire) as services:
            chosen = await _choose(services, device or [], manufacturer)
            wire.choose(_list_devices(chosen), _make_mask(services, chosen) if mask else None)
            with _create_file(file) as output:
                output.write(wire.header(_notes(mask=mask)))
                devices = format_count(len(chosen), "device")
                print_note(f"Records {devices} to {file}. Ctrl+C ends it.")
                try:
                    data_of(await services.synchronization.start(manufacturer))
                    await _write_until_full(wire, output, minutes, max_mb)
                finally:
                    # Also when Ctrl+C ends it: the last messages of a session belong to the recording.
                    with anyio.CancelScope(shield=True):
                        await services.synchronization.stop()
                    wire.write_waiting(output, is_last=True)
                    print_note(_summary(wire, file))
        return 0

    with exclusive_instance(context, "record"):
        raise typer.Exit(run_until_stopped(record_devices))


async def _choose(services: "Services", names: list[str], manufacturer: str | None) -> "list[DeviceSnapshot]":
    """The devices to record. Raises StartError when there is none."""
    from micboard_tui.cli.context import data_of
    from micboard_tui.contracts.errors import ErrorCode, StartError

    wanted = {data_of(await services.devices.find(name)).id for name in names}
    chosen: list[DeviceSnapshot] = []
    for snapshot in data_of(await services.devices.list_devices()):
        known = snapshot.device
        if (known.id in wanted) if wanted else (manufacturer in (None, known.manufacturer)):
            chosen.append(snapshot)
    if not chosen:
        raise StartError(
            ErrorCode.DEVICE_NOT_FOUND,
            "No device is chosen",
            hint="See what is registered:  micboard-tui devices list",
        )
    return chosen


def _list_devices(chosen: "Sequence[DeviceSnapshot]") -> "list[WireDevice]":
    """The devices with the names that the user gave them; what they call themselves is in the messages."""
    from micboard_tui.services.wire.wire_file import WireDevice

    return [
        WireDevice(
            number,
            snapshot.device.manufacturer,
            snapshot.device.driver,
            snapshot.device.host,
            snapshot.device.port,
            snapshot.device.name or "",
        )
        for number, snapshot in enumerate(chosen, 1)
    ]


def _make_mask(services: "Services", chosen: "Sequence[DeviceSnapshot]") -> "WireMask":
    from micboard_tui.services.wire.wire_mask import WireMask

    names = [performer.name for performer in services.live.performers()]
    for snapshot in chosen:
        names += [snapshot.title, snapshot.device.host, snapshot.location or ""]
        for channel in snapshot.channels:
            pack = channel.facts.transmitter
            names += [channel.facts.name or "", (pack.name if pack else None) or ""]
    return WireMask(names)


def _notes(*, mask: bool) -> list[str]:
    from micboard_tui import __version__

    masked = "; names, addresses and serial numbers are hidden" if mask else ""
    return [f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}, micboard-tui {__version__}{masked}"]


@contextmanager
def _create_file(file: Path) -> "Iterator[TextIO]":
    """The file, for this user only. Raises StartError INVALID_VALUE, DIRECTORY_NOT_WRITABLE, DISK_FULL."""
    import os

    from micboard_tui.cli.output import file_error
    from micboard_tui.contracts.errors import ErrorCode, StartError

    def open_private(path: str, flags: int) -> int:
        return os.open(path, flags, 0o600)

    try:
        with open(file, "x", encoding="utf-8", newline="\n", opener=open_private) as output:
            yield output
    except FileExistsError:
        raise StartError(
            ErrorCode.INVALID_VALUE, f"{file} exists already", hint="Choose another name"
        ) from None
    except OSError as error:
        raise file_error(file, error) from error


async def _write_until_full(wire: "WireRecorder", output: TextIO, minutes: float | None, max_mb: int) -> None:
    import anyio

    with anyio.move_on_after(None if minutes is None else minutes * 60):
        while wire.written_bytes < max_mb * MEGABYTE:
            await anyio.sleep(WRITE_EVERY_S)
            wire.write_waiting(output)


def _summary(wire: "WireRecorder", file: Path) -> str:
    left_out = f"; {wire.left_out} more were left out, since the disk is too slow" if wire.left_out else ""
    return f"{file}: {wire.chunks} messages, {wire.written_bytes / 1000:.0f} kB{left_out}"
