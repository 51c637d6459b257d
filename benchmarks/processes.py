"""The program's own processes, as benchmarks start, measure and stop them."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import structlog

RUN = [sys.executable, "-m", "micboard_tui"]
DeviceDocument = dict[str, Any]
"""A device in the JSON of ``simulate``, ``status`` or a report."""


def quiet_logs() -> None:
    """Log only errors, so that nothing but figures reaches stdout."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def cpu_s(pid: int) -> float:
    """User and system time in seconds of a process with all its threads, also of those that have ended."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # The fields 14 and 15 of proc_pid_stat(5), of which the name is the second.
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int, key: str = "VmRSS") -> float:
    """Memory of a process in MB: ``VmRSS`` now, ``VmHWM`` at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:")) / 1024


def simulate(
    *arguments: str, stderr: int | None = None
) -> tuple["subprocess.Popen[str]", list[DeviceDocument]]:
    """A process that simulates a rack, its standard input open, and its devices with their addresses."""
    process = subprocess.Popen(
        [*RUN, "simulate", "--json", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    document = ""
    for line in process.stdout or ():
        document += line
        if line == "}\n":
            break
    return process, json.loads(document)["devices"]


def interrupt(process: "subprocess.Popen[str]") -> None:
    """End a process as Ctrl+C does."""
    process.send_signal(signal.SIGINT)
    process.wait(20)
