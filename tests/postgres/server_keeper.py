"""Runs a PostgreSQL server while any test process holds the lock file, and ends with the last of them.

``python server_keeper.py DIRECTORY USERS POSTGRES ARGUMENT...``: a process of its own that needs the standard
library only. A test process that is killed gives its lock back, too, so no server is left behind.
"""

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import sleep
from typing import Any

PR_SET_PDEATHSIG = 1
STOP_LIMIT_S = 10.0


def as_ordinary_user() -> Mapping[str, Any]:
    """Arguments of ``Popen``: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def keep(directory: Path, users: Path, command: list[str]) -> None:
    """Run ``command`` until the lock on ``users`` can be had, then end it and remove ``directory``.

    Ends at once with a server that does, and leaves ``directory`` for a server that is started again.
    """
    with (directory / "server.log").open("ab") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            preexec_fn=_end_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 - has no threads yet
            **as_ordinary_user(),
        )
    threading.Thread(target=_end_when_unused, args=(server, directory, users), daemon=True).start()
    server.wait()


def _end_when_unused(server: "subprocess.Popen[bytes]", directory: Path, users: Path) -> None:
    with users.open("rb") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        shutil.rmtree(directory, ignore_errors=True)
        # SIGQUIT: at once, without a checkpoint that nobody reads any more.
        server.send_signal(signal.SIGQUIT)
        sleep(STOP_LIMIT_S)
        server.kill()


def _end_with_parent() -> Callable[[], object]:
    """For Linux: the server is ended by the system when this process is killed."""
    library = ctypes.CDLL(None)
    return lambda: library.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
