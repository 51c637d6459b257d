"""A program that has loaded everything, and becomes a command by a fork whenever it is asked to.

A board takes two seconds of the processor until it is there, most of them to load its modules. What is forked
here is a process like any other: a session of its own, the terminal that it is given, its own signals and its
own end, which runs through the whole interpreter.

Argument: the number of a socket. A request has four bytes for its length, with which three streams and a pipe
come, and is a JSON object. A process between writes the new one's number and its exit code into the pipe.
"""

import fcntl
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import termios
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import micboard_tui
from micboard_tui.cli.main import main

MOST_FILES = 1024
STREAMS = (("stdin", "r", "strict"), ("stdout", "w", "strict"), ("stderr", "w", "backslashreplace"))
NOT_LOADED = (".migrations.", ".__main__")


def serve(wire: socket.socket) -> None:
    while True:
        head, files, _, _ = socket.recv_fds(wire, 4, 4)
        if not head:
            return
        request = json.loads(wire.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
        if not os.fork():
            wire.close()
            *streams, report = files
            start(request, streams, report)
        for file in files:
            os.close(file)


def start(request: Mapping[str, Any], streams: Sequence[int], report: int) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not (command := os.fork()):
        become(request, streams)
    for stream in streams:
        os.close(stream)
    try:
        os.write(report, f"{command}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
        os.write(report, f"{code}\n".encode())
    finally:
        os._exit(0)


def become(request: Mapping[str, Any], streams: Sequence[int]) -> NoReturn:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, MOST_FILES)
    if request["is_controlled"]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    importlib.invalidate_caches()
    open_streams()
    sys.argv = ["micboard-tui", *request["arguments"]]
    main()
    sys.exit()


def open_streams() -> None:
    """As an interpreter does at its start."""
    for number, (name, mode, errors) in enumerate(STREAMS):
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def load_everything() -> None:
    for module in pkgutil.walk_packages(micboard_tui.__path__, f"{micboard_tui.__name__}."):
        if not any(part in f"{module.name}." for part in NOT_LOADED):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    # A process between is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    load_everything()
    with socket.socket(fileno=int(sys.argv[1])) as own_wire:
        serve(own_wire)
