"""The one UDP port of this machine that MCP devices answer to, which only one program can have at a time."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, bind_socket

PATIENCE_S, SEARCH_S = 120.0, 15.0


@contextmanager
def answers_are_ours() -> Iterator[None]:
    """Wait until no other test on this machine has it; skip where another program keeps it."""
    with FileLock(Path(tempfile.gettempdir()) / f"micboard-tests-{PORT}.lock", timeout=PATIENCE_S):
        _wait_for_the_port()
        yield


def _wait_for_the_port() -> None:
    """A search for devices, which other tests make, has it for some seconds."""
    end = time.monotonic() + SEARCH_S
    while True:
        try:
            bind_socket(PORT).close()
        except DeviceError as error:
            if time.monotonic() > end:
                pytest.skip(str(error))
            time.sleep(0.1)
        else:
            return
