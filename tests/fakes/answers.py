"""The one UDP port of this machine that MCP devices answer to, which only one program can have at a time.

The fixture ``answers`` keeps it for one test. A test that opens the port without it fails in any case, not
only when another worker has it just then.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

PORT = 53212
PATIENCE_S, SEARCH_S = 240.0, 15.0


class AnswerPort:
    """Whether the running test may open the port."""

    is_ours = False


def opens_answer_port(address: object) -> bool:
    """Whether a socket that is bound to ``address`` hears the answers."""
    return address in {("", PORT), ("0.0.0.0", PORT)}


@contextmanager
def answers_are_ours() -> Iterator[None]:
    """Wait until no other test on this machine has it; skip where another program keeps it."""
    with FileLock(Path(tempfile.gettempdir()) / f"micboard-tests-{PORT}.lock", timeout=PATIENCE_S):
        AnswerPort.is_ours = True
        try:
            _wait_for_the_port()
            yield
        finally:
            AnswerPort.is_ours = False


def _wait_for_the_port() -> None:
    """A program outside of the tests may be at its search."""
    # Not loaded with the module: a worker does not trace for the coverage what is loaded that early.
    from micboard_tui.contracts.errors import DeviceError
    from micboard_tui.manufacturers.sennheiser.mcp import hub

    assert hub.PORT == PORT
    end = time.monotonic() + SEARCH_S
    while True:
        try:
            hub.bind_socket(PORT).close()
        except DeviceError as error:
            if time.monotonic() > end:
                pytest.skip(str(error))
            time.sleep(0.1)
        else:
            return
