import asyncio
import os
import pty
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest

from micboard_tui.cli.main import main
from micboard_tui.simulator.rack.rack import Rack, RackOptions, open_rack
from tests.fakes.logs import reset_logs


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Command = Callable[..., Answer]
Typed = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MICBOARD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    data = tmp_path / "home" / "data"
    data.mkdir(parents=True, mode=0o700)
    copyfile(empty_database, data / "micboard.db")
    return tmp_path / "home"


@pytest.fixture
def micboard(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Runs a command in this process as the shell would."""
    # What a command puts in its place ends with the test.
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def run(*words: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["micboard-tui", *words])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        code = end.value.code
        return Answer(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    yield run
    reset_logs()


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Iterator[Typed]:
    """Sits down at a terminal, in which these lines are typed already."""
    with ExitStack() as opened:

        def sit_down(*lines: str) -> None:
            ours, theirs = pty.openpty()
            opened.callback(os.close, ours)
            monkeypatch.setattr(sys, "stdin", opened.enter_context(os.fdopen(theirs)))
            os.write(ours, "".join(f"{line}\n" for line in lines).encode())

        yield sit_down


@pytest.fixture
def rack() -> Iterator[Rack]:
    """Two simulated receivers, in a thread of their own."""
    opened, close = threading.Event(), asyncio.Event()
    given: list[Rack] = []
    loop = asyncio.new_event_loop()

    async def live() -> None:
        async with open_rack(RackOptions(receivers=2, scenario="calm", port=0, address="127.0.3.2")) as rack:
            given.append(rack)
            opened.set()
            await close.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(live())

    thread = threading.Thread(target=run)
    thread.start()
    assert opened.wait(10)
    yield given[0]
    loop.call_soon_threadsafe(close.set)
    thread.join(10)
