"""How large modules and classes may be, and how many files may share a name."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "micboard_tui").rglob("*.py"))
MAX_MODULE_LINES = 400
MAX_CLASS_LINES = 300
MAX_APP_LINES = 200
MAX_SHARED_NAMES = 0.2


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def classes(module: Path) -> list[ast.ClassDef]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def lines(node: ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.no_cover
def test_no_module_and_no_class_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert names([path for path, length in lengths.items() if length > MAX_MODULE_LINES]) == []
    long_modules = [path for path, length in lengths.items() if length > MAX_CLASS_LINES]
    long_classes = [
        f"{path.name}: {node.name}"
        for path in long_modules
        for node in classes(path)
        if lines(node) > MAX_CLASS_LINES
    ]
    assert long_classes == []


def test_the_app_is_small() -> None:
    (app,) = [node for node in classes(ROOT / "micboard_tui/tui/app.py") if node.name == "MicboardApp"]
    assert lines(app) < MAX_APP_LINES


def test_most_modules_have_a_name_of_their_own() -> None:
    own = [path for path in MODULES if path.name not in {"__init__.py", "__main__.py"}]
    count = Counter(path.name for path in own)
    shared = [path for path in own if count[path.name] > 1]
    assert len(shared) <= MAX_SHARED_NAMES * len(own), names(shared)
