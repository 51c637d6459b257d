"""Loads libraries without the parts of them that are not used, where those take longer than all the rest."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

COLORED_TRACEBACKS = ("rich.traceback", "rich.pretty")
"""What structlog loads at once, if it is there, for tracebacks on a terminal."""


def load_log_library() -> None:
    """Load structlog for a program that writes nothing but files of JSON lines: a board."""
    with ExitStack() as stack:
        for name in COLORED_TRACEBACKS:
            stack.enter_context(left_out(name))
        import_module("structlog")


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """A module that is not loaded yet cannot be loaded meanwhile: who can do without it does."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # documented to end its import with an ImportError
    try:
        yield
    finally:
        sys.modules.pop(name, None)
