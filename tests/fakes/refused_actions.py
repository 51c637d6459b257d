"""What a test without the marker ``integration`` may not do: it is stopped, and fails.

The functions themselves are guarded. An audit hook would hear of the same, but Python 3.11 calls it in the
middle of ``sys.settrace``, too, and lets another thread run there: if that begins to be traced for the
coverage just then, it dies of an error.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from tests.fakes.answers import AnswerPort, opens_answer_port

WAIT_LIMIT_S = 0.5
PROCESS_STARTS = ("fork", "forkpty", "posix_spawn", "posix_spawnp", "execv", "execve", "system")
"""Of the module ``os``, as far as a system has them; its other functions call these."""
SOCKET_CALLS = {"bind": 0, "connect": 0, "connect_ex": 0, "sendto": -1, "sendmsg": 3}
"""Methods of sockets, and which of their arguments is the address."""

Arguments = tuple[Any, ...]


class RefusedActions:
    """What the running test tried and may not do."""

    def __init__(self) -> None:
        self.is_running = False
        self.violations: list[str] = []

    def check_process(self, name: str, arguments: Arguments) -> None:
        if self.is_running:
            self.refuse(f"{name}{arguments}")

    def check_sleep(self, name: str, arguments: Arguments) -> None:
        if self.is_running and arguments[0] > WAIT_LIMIT_S:
            self.refuse(f"{name}{arguments}")

    def check_socket(self, name: str, arguments: Arguments) -> None:
        _, *rest = arguments
        index = SOCKET_CALLS[name]
        address = rest[index] if len(rest) > index else None
        # An address of the internet is a tuple, of the machine a path.
        if self.is_running and isinstance(address, tuple):
            self.refuse(f"{name}({address})")
        if name == "bind" and opens_answer_port(address) and not AnswerPort.is_ours:
            self.refuse(f"{name}({address})", "in a test without the fixture answers")

    def refuse(self, action: str, reason: str = "in a test without pytest.mark.integration") -> None:
        self.violations.append(f"{action} {reason}")
        raise RuntimeError(self.violations[-1])


REFUSED = RefusedActions()


def guard_all() -> None:
    for name in PROCESS_STARTS:
        if hasattr(os, name):
            guard(os, name, REFUSED.check_process)
    guard(subprocess.Popen, "__init__", lambda _, arguments: REFUSED.check_process("Popen", arguments[1:]))
    guard(time, "sleep", REFUSED.check_sleep)
    for name in SOCKET_CALLS:
        if hasattr(socket.socket, name):
            guard(socket.socket, name, REFUSED.check_socket)


def guard(owner: object, name: str, check: Callable[[str, Arguments], None]) -> None:
    """Have ``check`` asked before each call."""
    unguarded = getattr(owner, name)

    @wraps(unguarded)
    def guarded(*arguments: Any, **options: Any) -> object:  # noqa: ANN401 - as the function has them
        check(name, arguments)
        result: object = unguarded(*arguments, **options)
        return result

    setattr(owner, name, guarded)
