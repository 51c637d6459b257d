"""Loads the library of NATS without what it only needs in a browser's place."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

WEB_CLIENT = "aiohttp"
"""For NATS over WebSocket, which we do not speak; it takes longer to load than all the rest."""


def load_library() -> None:
    """Load everything that connects to the bus; may be called in a thread."""
    with left_out(WEB_CLIENT):
        import_module("micboard_tui.bus.nats_connection")


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
