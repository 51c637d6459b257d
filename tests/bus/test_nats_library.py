import sys

from micboard_tui.bus.nats_library import load_library


def test_the_library_is_loaded() -> None:
    load_library()
    assert "micboard_tui.bus.nats_connection" in sys.modules
