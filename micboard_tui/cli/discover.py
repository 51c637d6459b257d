"""``devices discover``: which devices there are, whether they let us in, and if not why and what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json
from micboard_tui.cli.output import as_sentence, format_value, print_json, print_note, print_table
from micboard_tui.contracts.documents.discovery import findings_document

if TYPE_CHECKING:
    from micboard_tui.contracts.device import Findings, FindingsListener
    from micboard_tui.contracts.ports import FoundDevice

HEADS = ("manufacturer", "model", "name", "address", "found by", "driver", "state")


def discover(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="Addresses, host names or networks as 192.168.1.0/24 to probe; left out: only listen.",
        ),
    ] = None,
    interface: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Own address to listen on; may be repeated; left out: all."),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="The part of the network to search, where there are several; left out: main.")
    ] = "",
    timeout: Annotated[float, typer.Option(help="Seconds to listen.", min=0.2, max=60.0)] = 5.0,
    as_json: Json = False,
) -> None:
    """List devices that are not registered yet.

    These are devices that announce themselves, and those at TARGET. Each is probed once, and nothing is
    metered. Where it cannot be read, the cause and the cure stand below.

      micboard-tui devices discover

      micboard-tui devices discover 192.168.1.0/24 --interface 192.168.1.10

      micboard-tui devices discover --zone stage
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.contracts.device import Search

    search = Search(tuple(targets or ()), tuple(interface or ()), timeout, zone)
    progress = None if as_json else announce_search(timeout)
    findings = run_with_services(lambda services: services.devices.discover(search, progress))
    print_findings(data_of(findings), as_json=as_json, zone=zone)


def announce_search(timeout_s: float) -> "FindingsListener":
    """Prints once, when the search begins, where it listens and how long that takes."""
    is_announced = False

    def announce(findings: "Findings") -> None:
        nonlocal is_announced
        if not is_announced:
            is_announced = True
            print_note(f"Listening for {timeout_s:g} s on {_interfaces_of(findings)}.")

    return announce


def print_findings(findings: "Findings", *, as_json: bool, zone: str = "") -> None:
    """The table or JSON on stdout, causes and cures on stderr. ``zone``: the one that was searched."""
    if as_json:
        print_json(findings_document(findings))
        return
    if not findings.devices:
        print_note("No new device announced itself or answered.")
        print_note("Is this machine in the receivers' network? To probe it:")
        print_note("  micboard-tui devices discover 192.168.1.0/24")
        return
    print_table(HEADS, map(_row, findings.devices), spare=("manufacturer", "found by", "name"))
    for device in findings.devices:
        if (fault := device.fault) is not None:
            title = device.own_name or device.host
            print_note(f"{title}: {fault.code}: {as_sentence(fault.message)} {as_sentence(fault.hint)}")
    addable = [device for device in findings.devices if device.can_be_added]
    if addable:
        best = min(addable, key=lambda device: device.fault is not None)
        print_note(f"Add one:  {_add_command(best, zone)}")


def _row(found: "FoundDevice") -> tuple[str, ...]:
    address = f"{found.host}:{found.port}" if found.port else found.host
    model = " ".join(part for part in (found.model, found.rf_band) if part) or None
    state = "heard" if not found.answered else "ready"
    return (
        found.manufacturer,
        format_value(model),
        format_value(found.own_name),
        address,
        found.via,
        format_value(found.driver),
        state if found.fault is None else found.fault.code,
    )


def _add_command(found: "FoundDevice", zone: str) -> str:
    return (
        f"micboard-tui devices add {found.manufacturer} {found.host} --port {found.port} "
        f"--driver {found.driver}{f' --zone {zone}' if zone else ''}"
    )


def _interfaces_of(findings: "Findings") -> str:
    names = (f"{interface.address} ({interface.name})" for interface in findings.interfaces)
    return ", ".join(names) or "no interface"
