"""The board in a browser: started by textual-serve it speaks in packets, and ends with who reads them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from micboard_tui.cli.board_process import has_web_driver

SIZE = (142, 36)
END_LIMIT_S = 60


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("textual.drivers.web_driver:WebDriver", True),
        ("textual.drivers.linux_driver:LinuxDriver", False),
        ("", False),
    ],
)
def test_who_started_the_board_is_known_by_the_driver(driver: str, expected: bool) -> None:
    assert has_web_driver({"TEXTUAL_DRIVER": driver}) is expected
    assert not has_web_driver({})


class Browser:
    """What textual-serve reads and writes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.shown = process, ""

    def read(self) -> str:
        """The kind of the next packet; what is shown is kept."""
        assert self.process.stdout is not None
        head = self.process.stdout.read(5)
        payload = self.process.stdout.read(int.from_bytes(head[1:], "big"))
        if head[:1] == b"D":
            self.shown += payload.decode()
        return head[:1].decode() or "end"

    def until(self, words: str) -> None:
        while words not in re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", self.shown):
            assert self.read() != "end", self.shown


@contextmanager
def browser(environment: Mapping[str, str], *arguments: str) -> Iterator[Browser]:
    width, height = SIZE
    started = {
        **environment,
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TERM": "linux",
        "LANG": "C",
        "COLUMNS": str(width),
        "ROWS": str(height),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "micboard_tui", *arguments],
        env=started,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"__GANGLION__\n"
            yield Browser(process)
        finally:
            process.kill()


@pytest.mark.integration
def test_the_board_starts_in_a_browser_and_ends_with_it(tmp_path: Path) -> None:
    environment = {**os.environ, "MICBOARD_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    with browser(environment, "demo", "--seed", "3") as page:
        page.until("Lead Vox")
        # Only where it is as wide as the browser is there a panel at the side.
        page.until("transmitter")
        # All colours, and bars that are no ASCII.
        assert "▂" in page.shown or "▄" in page.shown or "█" in page.shown
        assert "\x1b[38;2;" in page.shown or ";38;2;" in page.shown
        assert page.process.stdin is not None
        page.process.stdin.close()
        while page.read() != "end":
            pass
        assert page.process.wait(END_LIMIT_S) == 0
    assert not (tmp_path / "home").exists()
