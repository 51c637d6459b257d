"""Loads the library of NATS without what it only needs in a browser's place."""

from importlib import import_module

from micboard_tui.config.lean_loading import left_out

WEB_CLIENT = "aiohttp"
"""For NATS over WebSocket, which we do not speak; it takes longer to load than all the rest."""


def load_library() -> None:
    """Load everything that connects to the bus; may be called in a thread."""
    with left_out(WEB_CLIENT):
        import_module("micboard_tui.bus.nats_connection")
