"""What ``devices discover`` prints: what there is, whether it lets us in, and if not why and what to do."""

from dataclasses import asdict

from micboard_tui.cli.output import note, print_json, print_table, sentence, words
from micboard_tui.contracts.device import Findings, Told
from micboard_tui.contracts.ports import FoundDevice

HEADS = ("manufacturer", "model", "name", "address", "found by", "driver", "state")


def waiting(timeout_s: float) -> Told:
    """Says once, when the search begins, where it listens and how long that takes."""
    begun = False

    def told(findings: Findings) -> None:
        nonlocal begun
        if not begun:
            begun = True
            note(f"Listening for {timeout_s:g} s on {_interfaces(findings)}.")

    return told


def print_findings(findings: Findings, *, as_json: bool) -> None:
    """The answer on stdout, causes and cures beside it."""
    if as_json:
        print_json(
            {
                "schema": 1,
                "listened_on": [asdict(each) for each in findings.interfaces],
                "is_complete": findings.is_complete,
                "found": [_entry(found) for found in findings.devices],
            }
        )
        return
    if not findings.devices:
        note("Nobody new was heard or answered.")
        note("Is this machine in the receivers' network? To ask there:")
        note("  micboard-tui devices discover 192.168.1.0/24")
        return
    print_table(HEADS, map(_row, findings.devices), spare=("manufacturer", "found by", "name"))
    for each in findings.devices:
        if (fault := each.fault) is not None:
            title = each.own_name or each.host
            note(f"{title}: {fault.code}: {sentence(fault.message)} {sentence(fault.hint)}")
    addable = [each for each in findings.devices if each.can_be_added]
    if addable:
        note(f"Add one:  {_adds(min(addable, key=lambda each: each.fault is not None))}")


def _entry(found: FoundDevice) -> dict[str, object]:
    """One device in the JSON document, where its fault has been called its obstacle from the first."""
    return {"obstacle" if name == "fault" else name: value for name, value in asdict(found).items()}


def _row(found: FoundDevice) -> tuple[str, ...]:
    address = f"{found.host}:{found.port}" if found.port else found.host
    model = " ".join(each for each in (found.model, found.rf_band) if each) or None
    state = "heard" if not found.answered else "ready"
    return (
        found.manufacturer,
        words(model),
        words(found.own_name),
        address,
        found.via,
        words(found.driver),
        state if found.fault is None else found.fault.code,
    )


def _adds(found: FoundDevice) -> str:
    return (
        f"micboard-tui devices add {found.manufacturer} {found.host} --port {found.port} "
        f"--driver {found.driver}"
    )


def _interfaces(findings: Findings) -> str:
    return ", ".join(f"{each.address} ({each.name})" for each in findings.interfaces) or "no interface"
