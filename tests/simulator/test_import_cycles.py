"""No module of the simulator imports one that imports it, not even late or for types alone."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "micboard_tui" / "simulator"


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parents[1]).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imported_names(file: Path) -> Iterator[str]:
    """All that is imported anywhere in a file, as a module would be called."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case _:
                pass


def test_there_is_an_order_in_which_each_module_imports_only_earlier_ones() -> None:
    files = {module_name(file): file for file in PACKAGE.rglob("*.py")}
    graph = {name: set(imported_names(file)) & files.keys() - {name} for name, file in files.items()}
    assert len(graph) > 80
    TopologicalSorter(graph).prepare()
