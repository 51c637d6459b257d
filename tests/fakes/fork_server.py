"""A program that has loaded everything, and becomes a command by a fork whenever it is asked to.

A board takes two seconds of the processor until it is there, most of them to load its modules. What is forked
here is a process like any other: a session of its own, the terminal that it is given, its own signals and its
own end, which runs through the whole interpreter.

Arguments: the number of a socket that listens, and its directory. Who connects may send requests: four bytes
for the length, with which three streams and a pipe come, and a JSON object. A process between writes the new
one's number and its exit code into the pipe. The program ends when nobody is connected any more.
"""

import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import sys
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from filelock import FileLock

import micboard_tui
from micboard_tui.cli.main import main

ROOT = Path(__file__).parents[2]
MOST_FILES = 1024
FIRST_WITHIN_S = 60.0
STREAMS = (("stdin", "r", "strict"), ("stdout", "w", "strict"), ("stderr", "w", "backslashreplace"))
NOT_LOADED = (".migrations.", ".__main__")


def serve(listener: socket.socket, directory: Path) -> None:
    clients: list[socket.socket] = []
    timeout_s = FIRST_WITHIN_S
    while True:
        ready, _, _ = select.select([listener, *clients], [], [], timeout_s)
        if listener in ready:
            clients.append(listener.accept()[0])
        for client in (each for each in clients if each in ready):
            if not take_request(client, [listener, *clients]):
                client.close()
        clients = [each for each in clients if each.fileno() >= 0]
        timeout_s = FIRST_WITHIN_S if clients else 0.0
        if not (clients or ready) and is_over(listener, directory):
            return


def is_over(listener: socket.socket, directory: Path) -> bool:
    """Whether nobody comes any more: who would, holds the lock until it has connected."""
    with FileLock(directory / "lock"):
        if select.select([listener], [], [], 0)[0]:
            return False
        shutil.rmtree(directory, ignore_errors=True)
        return True


def take_request(wire: socket.socket, sockets: Sequence[socket.socket]) -> bool:
    """Start what is asked for; False: nothing more will be."""
    try:
        head, files, _, _ = socket.recv_fds(wire, 4, 4)
    except ConnectionError:
        return False
    if not head:
        return False
    request = json.loads(wire.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
    if not os.fork():
        for each in sockets:
            each.close()
        *streams, report = files
        start(request, streams, report)
    for file in files:
        os.close(file)
    return True


def start(request: Mapping[str, Any], streams: Sequence[int], report: int) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not (process := os.fork()):
        become(request, streams)
    for stream in streams:
        os.close(stream)
    try:
        os.write(report, f"{process}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        os.write(report, f"{code}\n".encode())
    finally:
        os._exit(0)


def become(request: Mapping[str, Any], streams: Sequence[int]) -> NoReturn:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for number in request.get("closed", ()):
        os.close(number)
    os.closerange(3, MOST_FILES)
    if request.get("is_controlled"):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    importlib.invalidate_caches()
    open_streams()
    module = request["module"]
    sys.argv = ["micboard-tui", *request["arguments"]]
    if module == micboard_tui.__name__:
        main()
    else:
        sys.path.insert(0, str(ROOT))
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


def open_streams() -> None:
    """As an interpreter does at its start."""
    encoding = os.environ.get("PYTHONIOENCODING") or "utf-8"
    for number, (name, mode, errors) in enumerate(STREAMS):
        stream = None
        # What is closed is there as None.
        with suppress(OSError):
            buffering = 1 if name == "stderr" else -1
            stream = open(number, mode, buffering, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
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
    with socket.socket(fileno=int(sys.argv[1])) as own_listener:
        serve(own_listener, Path(sys.argv[2]))
