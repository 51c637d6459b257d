"""The page of docs/reference with the faults of simulated devices that a running rack can be given."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping

from micboard_tui.simulator.device.fault_switchboard import FaultSwitchboard
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from tests.architecture.simulated_addresses import build_model

INTRODUCTION = (
    "`micboard-tui simulate` takes lines while it runs, typed or from a pipe:",
    "",
    "| line | what it does |",
    "|---|---|",
    "| `3` | lists the faults of the third device, and which of them are on |",
    "| `3 flood` or `3 flood on` | switches a fault on, or lets happen what happens once |",
    "| `3 flood off` | switches it off |",
    "| `3 clear` | switches all of its faults off |",
    "| `127.0.0.4 flood` | the same for the device at an address |",
    "| `all reboot` | the same for every device that has the fault |",
    "",
    "In the scenario `disaster` those marked with * happen by themselves now and then, one at a time.",
)
_TITLES = {
    "StringsFaults": "Shure command strings",
    "SlxdFaults": "SLX-D and SLX-D+",
    "ChargerFaults": "Shure chargers",
    "UhfrFaults": "UHF-R",
    "SystemApiFaults": "System API",
    "SscFaults": "Sennheiser SSC",
    "Sscv2Faults": "Sennheiser SSCv2",
    "McpFaults": "Media Control Protocol",
}
WITHOUT_FIELD = {
    "drops": "Two of five datagrams get lost, each way.",
    "late": "Answers a second and a half late.",
}
"""What several fields, or a number, are switched together for."""


def switchboards() -> Mapping[str, FaultSwitchboard]:
    """One of each kind, by its title."""
    found: dict[str, FaultSwitchboard] = {}
    for model in BLUEPRINTS:
        faults = build_model(model).faults
        found.setdefault(_TITLES[type(faults).__name__], faults)
    return found


def page() -> Iterator[str]:
    """The lines of ``docs/reference/simulated-faults.md``."""
    yield "# Faults of simulated devices"
    yield ""
    yield from INTRODUCTION
    boards = switchboards()
    for title, faults in boards.items():
        texts = WITHOUT_FIELD | descriptions(type(faults))
        temporary = faults.temporary_faults()
        general = [name for name, board in boards.items() if type(board) is type(faults).__base__]
        known = {name for other in general for name in boards[other].switches()}
        yield ""
        yield f"## {title}"
        yield ""
        if general:
            yield f"All of {general[0]}, and:"
            yield ""
        yield "| fault | what it is |"
        yield "|---|---|"
        for name in sorted(faults.switches().keys() - known):
            yield f"| `{name}`{'*' if name in temporary else ''} | {texts[name]} |"


def descriptions(kind: type[FaultSwitchboard]) -> dict[str, str]:
    """The docstrings of the fields of a switchboard, first paragraphs only, by name."""
    found: dict[str, str] = {}
    for owner in reversed(kind.__mro__[:-1]):
        if "__annotations__" not in vars(owner):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(tree, ast.ClassDef)
        for field, docstring in zip(tree.body, tree.body[1:], strict=False):
            match field, docstring:
                case ast.AnnAssign(ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                    found[name] = " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())
                case _:
                    pass
    return found
