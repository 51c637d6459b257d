"""Installs a wheel into a bare environment outside this repository, and uses it as a person would.

    python .github/scripts/smoke_test.py dist/micboard_tui-2026.11.0-py3-none-any.whl

Needs Python and pip alone. ``--python`` names another interpreter for the environment, and ``--wheelhouse`` a
folder from which everything is installed instead of from the package index. Exit code 0: all of it worked.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

IS_WINDOWS = sys.platform == "win32"
COMMAND_LIMIT_S = 60
INSTALL_LIMIT_S = 900
START_LIMIT_S = 60.0
SHOWN = {
    "a frequency": re.compile(r"\b\d{3}\.\d{3}\b"),
    "a level of the carrier": re.compile(r"-\d{2}\b"),
    "the time a pack has left": re.compile(r"\b\d{1,2}:\d{2}\b"),
}
"""What stands on a board that has values."""
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")


class SmokeError(Exception):
    """Something did not work; the text says what was expected and what came."""


class Refusal(NamedTuple):
    """A command that needs an extra which is not installed, and what its error has to name."""

    extra: str
    arguments: Sequence[str]
    settings: Mapping[str, str] = {}


REFUSALS = (
    Refusal("api", ["serve"]),
    Refusal("fleet", ["users", "key", "Ada", "--file", "ada.key"]),
    Refusal("sheets", ["show", "import", "plot.xlsx"]),
    Refusal("postgres", ["status"], {"MICBOARD_DATABASE_URL": "postgresql://ada@127.0.0.1/none"}),
)


class Installed:
    """An environment with the wheel in it, and a home of its own for its data."""

    def __init__(self, folder: Path, python: str, source: Sequence[str]) -> None:
        """``source``: options of pip that say where packages come from."""
        self.folder, self._source = folder, source
        _run([python, "-m", "venv", str(folder / "venv")], limit_s=INSTALL_LIMIT_S)
        self._bin = folder / "venv" / ("Scripts" if IS_WINDOWS else "bin")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MICBOARD_", "VIRTUAL_ENV", "PYTHONPATH"))
        }
        self._environment = kept | {
            "MICBOARD_HOME": str(folder / "home"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "TERM": "xterm-256color",
            "COLUMNS": "120",
        }

    @property
    def program(self) -> str:
        return str(self._bin / ("micboard-tui.exe" if IS_WINDOWS else "micboard-tui"))

    def install(self, *requirements: str) -> None:
        command = [str(self._bin / "python"), "-m", "pip", "install", "--quiet", *self._source]
        _run([*command, *requirements], limit_s=INSTALL_LIMIT_S)

    def environment(self, settings: Mapping[str, str] | None = None) -> Mapping[str, str]:
        return {**self._environment, **(settings or {})}

    def run(self, *arguments: str, settings: Mapping[str, str] | None = None, code: int = 0) -> "Answer":
        """Raises SmokeError when it ends with another exit code."""
        return _run(
            [self.program, *arguments], self.folder, self.environment(settings), code, COMMAND_LIMIT_S
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """The program, until this is left; it has to end in order when it is asked to."""
        with subprocess.Popen(
            [self.program, *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.terminate()
        # Windows has no signal that asks: there it is ended, and says so.
        _check(IS_WINDOWS or process.returncode == 0, f"{arguments[0]} ended with {process.returncode}")


class Answer(NamedTuple):
    out: str
    error: str

    def document(self) -> Any:  # noqa: ANN401 - JSON of any form
        return json.loads(self.out)


def check_first_steps(installed: Installed, version: str) -> None:
    """What is tried first, and what tells what is wrong."""
    _check(installed.run("--version").out.strip() == f"micboard-tui {version}", f"the version is {version}")
    _check("demo" in installed.run("--help").out, "the help lists the commands")
    _check("board.theme" in installed.run("config", "show").out, "the settings are shown")
    _check("sound" in installed.run("health").out, "health says that the database is sound")
    for shell in ("bash", "zsh", "fish"):
        script = installed.run(settings={"_MICBOARD_TUI_COMPLETE": f"source_{shell}"})
        _check("_MICBOARD_TUI_COMPLETE" in script.out, f"there is a completion for {shell}")


def check_missing_extras(installed: Installed) -> None:
    """Each extra that is missing is named with its cure."""
    with zipfile.ZipFile(installed.folder / "plot.xlsx", "w") as sheet:
        sheet.writestr("[Content_Types].xml", "<Types/>")
    installed.run("users", "add", "Ada", "--role", "write", "--no-password")
    for extra, arguments, settings in REFUSALS:
        error = installed.run(*arguments, settings=settings, code=1).error
        _check(f"micboard-tui[{extra}]" in error, f"{arguments[0]} names the extra {extra}: {error!r}")


def check_rack(installed: Installed) -> None:
    """A simulated receiver is registered and read over a socket."""
    with installed.running(
        "simulate", "--json", "--rig", "shure", "--receivers", "2", "--chargers", "0", "--port", "0"
    ) as rack:
        assert rack.stdout is not None  # noqa: S101 - a pipe, see running
        devices = json.loads(_read_document(rack.stdout.readline))["devices"]
        device = devices[0]
        host, port = str(device["host"]), str(device["port"])
        installed.run("devices", "add", "shure", host, "--port", port, "--name", "Rack A")
        (read,) = installed.run("poll", "--once", "--json").document()["devices"]
        _check(read["is_online"] is True, f"the receiver is online: {read}")
        _check(all(channel["frequency_khz"] for channel in read["channels"]), "its channels have frequencies")
    (stored,) = installed.run("status", "--json").document()["devices"]
    _check(stored["model"] == read["model"], "what was read is stored")
    installed.run("devices", "remove", "Rack A", "--yes")


def check_demo(installed: Installed) -> None:
    """The board in a terminal of 80x24 shows values, and leaves in order."""
    if sys.platform == "win32":
        print("  left out: this Python has no terminals to open here")
        return
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: text for name, text in installed.environment().items() if name != "COLUMNS"}
    board = subprocess.Popen(
        [installed.program, "demo"],
        cwd=installed.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        missing = _wait_for_values(ours)
        _check(not missing, f"the board shows {', '.join(missing)}")
        board.terminate()
        _drain(ours)
        _check(board.wait(COMMAND_LIMIT_S) == 0, "the board leaves in order")
    finally:
        board.kill()
        board.wait()
        os.close(ours)


def check_served(installed: Installed) -> None:
    """The page, the API and its documentation answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with installed.running("serve", "--listen", f"127.0.0.1:{port}"):
        _wait_for(lambda: _get(f"{address}/healthz") is not None, "serve answers")
        for path in ("/", "/api/docs/", "/api/v1/devices", "/metrics"):
            _check(_get(address + path), f"{path} answers")


def main(arguments: Sequence[str]) -> int:
    """0: all of it worked; 1: not, and what did not stands on stderr."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--wheelhouse", type=Path)
    options = parser.parse_args(arguments)
    wheel = options.wheel.resolve()
    source = ["--no-index", "--find-links", str(options.wheelhouse.resolve())] if options.wheelhouse else []
    version = wheel.name.split("-")[1]
    with tempfile.TemporaryDirectory(prefix="micboard-smoke-", ignore_cleanup_errors=True) as folder:
        try:
            _say("a bare environment with the wheel alone")
            installed = Installed(Path(folder), options.python, source)
            installed.install(str(wheel))
            steps: Sequence[tuple[str, Callable[[], None]]] = (
                ("first steps", lambda: check_first_steps(installed, version)),
                ("a simulated receiver is read", lambda: check_rack(installed)),
                ("the board in a terminal", lambda: check_demo(installed)),
                ("extras that are missing", lambda: check_missing_extras(installed)),
                ("the extra api is installed", lambda: installed.install(f"{wheel}[api]")),
                ("serve", lambda: check_served(installed)),
            )
            for title, step in steps:
                _say(title)
                step()
        except SmokeError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"{wheel.name} installs and works")
    return 0


def _say(title: str) -> None:
    print(f"== {title}", flush=True)


def _check(holds: object, expected: str) -> None:
    if not holds:
        message = f"Expected: {expected}"
        raise SmokeError(message)


def _run(
    command: Sequence[str],
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    code: int = 0,
    limit_s: float = COMMAND_LIMIT_S,
) -> Answer:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"{' '.join(command)} did not end within {limit_s:.0f} s"
        raise SmokeError(message) from error
    if done.returncode != code:
        message = (
            f"{' '.join(command)} ended with {done.returncode}, expected {code}:\n{done.stdout}{done.stderr}"
        )
        raise SmokeError(message)
    return Answer(done.stdout, done.stderr)


def _read_document(read_line: Callable[[], str]) -> str:
    """The JSON that a program prints before it goes on."""
    text = ""
    for line in iter(read_line, ""):
        text += line
        try:
            json.loads(text)
        except ValueError:
            continue
        return text
    message = f"Expected: JSON. Got: {text!r}"
    raise SmokeError(message)


def _wait_for(holds: Callable[[], bool], expected: str) -> None:
    until = time.monotonic() + START_LIMIT_S
    while not holds():
        _check(time.monotonic() < until, expected)
        time.sleep(0.2)


def _get(url: str) -> bytes | None:
    """None: nothing answers there, or with an error."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - of our own program
            return bytes(answer.read())
    except OSError:
        return None


def _wait_for_values(terminal: int) -> list[str]:
    """Reads the terminal until all that is expected was on it; what did not come."""
    until, received = time.monotonic() + START_LIMIT_S, b""
    missing = list(SHOWN)
    while missing and time.monotonic() < until:
        received += _read_some(terminal)
        text = _SEQUENCE.sub(" ", received.decode(errors="replace"))
        missing = [name for name, pattern in SHOWN.items() if not pattern.search(text)]
    return missing


def _drain(terminal: int) -> None:
    """So that a program which leaves is not held by a terminal that reads nothing."""
    while _read_some(terminal):
        pass


def _read_some(terminal: int) -> bytes:
    """Empty at the end, or when nothing came for a while."""
    import select

    if not select.select([terminal], [], [], 2.0)[0]:
        return b""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
