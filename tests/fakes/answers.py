"""The one UDP port of this machine that MCP devices answer to, which only one program can have at a time."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, bound

PATIENCE_S = 45.0


@contextmanager
def answers_are_ours() -> Iterator[None]:
    """Wait until no other test on this machine has it; skip where another program keeps it."""
    with FileLock(Path(tempfile.gettempdir()) / f"micboard-tests-{PORT}.lock", timeout=PATIENCE_S):
        try:
            bound(PORT).close()
        except DeviceError as error:
            pytest.skip(str(error))
        yield
