"""The processor time of the demo until its first board is on the screen.

By hand, after the package was installed with its bytecode (``uv sync`` does that):

    uv run python benchmarks/start.py

Runs ``micboard-tui demo`` in a pseudo-terminal of 120x40 and stops the clock when the board with the rows
of all receivers has been written (their names come later, with their first reports). Prints the processor
time of the process with all its threads, median of several runs, and which of the heavy libraries had
been imported by then.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import sysconfig
import termios
import time

from processes import cpu_s

RUNS = 7
SIZE = (40, 120)
TIMEOUT_S = 20.0
HEAVY = ("sqlalchemy", "sqlmodel", "httpx")
MARK = b"B Stage"
# Written to a file by the child at every import of one of them, so that the order is certain.
WATCH = """
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in {heavy!r}:
            os.write(int(os.environ["WATCH_FD"]), name.encode() + b"\\n")
        return None
sys.meta_path.insert(0, Watch())
sys.argv = ["micboard-tui", "demo", "--receivers", "6", "--seed", "1"]
from micboard_tui.cli.main import main
main()
"""


def spawn(watch_fd: int) -> tuple[int, int]:
    """Start the demo in a pseudo-terminal; its process id and our end of the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"WATCH_FD": str(watch_fd), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.execv(sys.executable, [sys.executable, "-c", WATCH.format(heavy=HEAVY)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    return pid, terminal


def read_until_mark(terminal: int) -> None:
    screen, deadline = b"", time.monotonic() + TIMEOUT_S
    while MARK not in screen:
        if time.monotonic() > deadline:
            raise SystemExit(f"no board within {TIMEOUT_S} s:\n{screen.decode(errors='replace')[-2000:]}")
        if select.select([terminal], [], [], 1)[0]:
            screen += os.read(terminal, 65536)


def end(pid: int, terminal: int) -> None:
    """Have the demo end, and read what it still writes so that it can."""
    os.kill(pid, signal.SIGTERM)
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.waitpid(pid, 0)
    os.close(terminal)


def measure_start() -> tuple[float, set[str]]:
    """Processor time in seconds until the first row is written, and the heavy libraries imported before."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    os.set_blocking(reading, False)
    pid, terminal = spawn(writing)
    os.close(writing)
    read_until_mark(terminal)
    spent_s = cpu_s(pid)
    imported: set[str] = set()
    with contextlib.suppress(BlockingIOError):
        imported |= set(os.read(reading, 4096).decode().split())
    end(pid, terminal)
    os.close(reading)
    return spent_s, imported


def main() -> None:
    print(f"python {sysconfig.get_python_version()}, {RUNS} runs")
    measure_start()
    runs = [measure_start() for _ in range(RUNS)]
    times = [spent_s for spent_s, _ in runs]
    imported = set[str]().union(*(libraries for _, libraries in runs))
    print(f"first board after {statistics.median(times):.3f} s of processor time (least {min(times):.3f})")
    print(f"imported before: {', '.join(sorted(imported)) or 'none'} of {', '.join(HEAVY)}")


if __name__ == "__main__":
    main()
