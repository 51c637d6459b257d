"""Commands as processes of their own, and what they cost."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

RUN = [sys.executable, "-m", "micboard_tui"]

Told = dict[str, Any]


def cpu_s(pid: int) -> float:
    """User and system time of a process with all its threads, by the scheduler's clock."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def memory_mb(pid: int, key: str = "VmRSS") -> float:
    """``VmRSS``: now; ``VmHWM``: the most it ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:")) / 1024


def start_rack(options: Iterable[str]) -> tuple[subprocess.Popen[str], list[Told]]:
    """``simulate`` with these options, and what listens where."""
    process = subprocess.Popen([*RUN, "simulate", "--json", *options], stdout=subprocess.PIPE, text=True)
    told = ""
    for line in process.stdout or ():
        told += line
        if line == "}\n":
            break
    return process, json.loads(told)["devices"]


def end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGINT)
    process.wait(20)
