"""No module needs itself, however long the way round, not even for its types."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import micboard_tui

ROOT = Path(micboard_tui.__file__).parent


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def top_level_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """What runs, or is read by a type checker, when the module is imported."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from top_level_statements([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from top_level_statements([*statement.body, *statement.orelse, *statement.finalbody])


def imports_of(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules of the package that a module imports; a name that is no module belongs to its package."""
    for statement in top_level_statements(ast.parse(path.read_text(encoding="utf-8")).body):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names if alias.name in modules)
        elif isinstance(statement, ast.ImportFrom) and (package := statement.module) and package in modules:
            for alias in statement.names:
                inner = f"{package}.{alias.name}"
                yield inner if inner in modules else package


def import_graph() -> dict[str, set[str]]:
    modules = {module_name(path): path for path in ROOT.rglob("*.py")}
    return {name: set(imports_of(path, modules)) - {name} for name, path in modules.items()}


def test_no_import_leads_back_to_where_it_began() -> None:
    try:
        TopologicalSorter(import_graph()).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise AssertionError(f"An import circle: {circle}") from None
