"""The one UDP port of this machine that MCP devices answer to, which only one program can have at a time."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

PATIENCE_S = 45.0


@contextmanager
def answers_are_ours() -> Iterator[None]:
    """Wait until no other test on this machine has it."""
    with FileLock(Path(tempfile.gettempdir()) / "micboard-tests-53212.lock", timeout=PATIENCE_S):
        yield
