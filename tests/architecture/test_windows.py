"""What is loaded everywhere asks for no part of Python that Windows does not have.

No Windows is needed for this test: it reads the code. What it cannot see, as a function that is missing in a
module which is there, is left to the workflow on such a machine.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import OF_POSIX, needs_posix

ROOT = Path(__file__).parents[2]
POSIX_MODULES = {"fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "curses"}
POSIX_DRIVER = "textual.drivers.linux_driver"
LOADED_FOR_POSIX = {*POSIX_MODULES, POSIX_DRIVER, *OF_POSIX}
SIGNALS_OF_WINDOWS = {"SIGINT", "SIGTERM", "SIGABRT", "SIGBREAK", "SIGFPE", "SIGILL", "SIGSEGV"}
WORTH_A_LOOK = re.compile(
    "|".join({*POSIX_MODULES, "linux_driver", "bounded_driver", "key_reader", "SIG[A-Z]"})
)


def run_when_loaded(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """All parts of the code but what is in functions or behind a look at the system."""
    for statement in nodes:
        if isinstance(statement, ast.If) and "sys.platform" in ast.unparse(statement.test):
            continue
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.ClassDef):
            yield from run_when_loaded(statement.body)
        else:
            yield from ast.walk(statement)


def posix_parts(source: str) -> list[str]:
    parts = []
    for node in run_when_loaded(ast.parse(source).body):
        if isinstance(node, ast.Import):
            parts += [alias.name for alias in node.names if alias.name in LOADED_FOR_POSIX]
        elif isinstance(node, ast.ImportFrom) and node.module in LOADED_FOR_POSIX:
            parts.append(node.module)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "signal":
            is_signal = node.attr.startswith("SIG") and node.attr.isupper()
            parts += [node.attr] if is_signal and node.attr not in SIGNALS_OF_WINDOWS else []
    return parts


@pytest.mark.no_cover
def test_what_every_system_loads_needs_no_posix() -> None:
    found = {}
    for path in (ROOT / "micboard_tui").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        source = path.read_text(encoding="utf-8")
        if name not in OF_POSIX and WORTH_A_LOOK.search(source) and (parts := posix_parts(source)):
            found[name] = parts
    assert found == {}


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("import fcntl", ["fcntl"]),
        ("class Kept:\n    from termios import tcgetattr", ["termios"]),
        ("STOP = (signal.SIGINT, signal.SIGHUP)", ["SIGHUP"]),
        ("def end():\n    import fcntl\n    os.kill(1, signal.SIGKILL)", []),
        ("if sys.platform != 'win32':\n    import fcntl", []),
    ],
)
def test_a_part_that_windows_lacks_is_found(source: str, parts: list[str]) -> None:
    assert posix_parts(source) == parts


def test_a_module_of_tests_that_windows_cannot_load_is_skipped_and_no_other() -> None:
    assert needs_posix("E   ModuleNotFoundError: No module named 'fcntl'") == "No module named 'fcntl'"
    assert needs_posix("E   ImportError: cannot import name 'SIGCONT' from 'signal'") is not None
    assert needs_posix("E   ModuleNotFoundError: No module named 'sqlalchemy'") is None
