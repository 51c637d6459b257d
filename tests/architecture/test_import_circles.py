"""No module needs itself, however long the way round, not even for its types."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import micboard_tui

pytestmark = pytest.mark.no_cover

ROOT = Path(micboard_tui.__file__).parent
MIN_MODULES = 80


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


def imports_of(statements: Iterable[ast.AST], modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules of the package that these import; a name that is no module belongs to its package."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names if alias.name in modules)
        elif isinstance(statement, ast.ImportFrom) and (package := statement.module) and package in modules:
            for alias in statement.names:
                inner = f"{package}.{alias.name}"
                yield inner if inner in modules else package


def check_no_circle(root: Path, statements_of: Callable[[ast.Module], Iterable[ast.AST]]) -> None:
    modules = {module_name(path): path for path in root.rglob("*.py")}
    graph = {
        name: set(imports_of(statements_of(ast.parse(path.read_text(encoding="utf-8"))), modules)) - {name}
        for name, path in modules.items()
    }
    assert len(graph) > MIN_MODULES
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise AssertionError(f"An import circle: {circle}") from None


def test_no_import_leads_back_to_where_it_began() -> None:
    check_no_circle(ROOT, lambda module: top_level_statements(module.body))


def test_no_import_within_the_simulator_leads_back_not_even_a_late_one() -> None:
    check_no_circle(ROOT / "simulator", ast.walk)
