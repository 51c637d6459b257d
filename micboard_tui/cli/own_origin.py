"""From where the person acts who runs this process: the computer, the terminal, and the SSH client."""

import os
import platform
import sys
from collections.abc import Mapping

from micboard_tui.contracts.origin import FrontEnd, Origin

MAX_PART = 80


def find_own_origin(front_end: FrontEnd, environ: Mapping[str, str] = os.environ) -> Origin:
    """That of this process."""
    # SSH sets: address of the client, its port, our port.
    client = environ.get("SSH_CLIENT", "").partition(" ")[0]
    return Origin(
        front_end, platform.node()[:MAX_PART], _find_terminal()[:MAX_PART], address=client[:MAX_PART]
    )


def _find_terminal() -> str:
    """Its name as the system has it; empty: there is none."""
    if sys.platform == "win32":
        return ""
    for number in range(3):
        try:
            return os.ttyname(number).removeprefix("/dev/")
        except OSError:
            continue
    return ""
