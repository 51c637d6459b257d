"""The bell and the messages on the desktop."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.tui.alarm_signals import AlarmSignals
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.terminal.desktop_notices import DesktopForm, find_form, format_notice
from micboard_tui.tui.widgets.lines import Lines
from tests.outputs.notices import ALARM
from tests.services.stage import Clock
from tests.tui.test_screens import calm, open_board

pytestmark = pytest.mark.journey

OTHER = replace(ALARM, key=ALARM.key._replace(channel=3))
SOON = replace(OTHER, priority=AlarmPriority.SOON)


class Terminal:
    """Keeps what is written; what is to come later comes with ``wait``."""

    def __init__(self, *, has_bell: bool = False, desktop: DesktopForm | None = None) -> None:
        self.clock = Clock(1_000_000.0)
        self.live = LiveState(SteadyClock(wall=self.clock, steady=self.clock))
        self.written: list[str] = []
        self.delays: list[float] = []
        options = BoardOptions((), bell=has_bell, desktop=desktop)
        self.signals = AlarmSignals(self.live, options, self.written.append, self._later)

    def _later(self, delay: float, callback: Callable[[], None]) -> None:
        self.delays.append(delay)
        callback()

    def look(self, *alarms: Alarm, after_s: float = 0.0) -> str:
        """What is written when these are the alarms."""
        self.clock.now += after_s
        self.live.findings = replace(self.live.findings, alarms=AlarmList(alarms))
        self.written.clear()
        self.signals.look()
        return "".join(self.written)


def test_the_bell_rings_by_priority_and_not_too_often() -> None:
    terminal = Terminal(has_bell=True)
    assert terminal.look() == ""
    assert terminal.look(ALARM) == "\a\a\a"
    assert terminal.delays == [pytest.approx(0.15), pytest.approx(0.3)]
    assert terminal.look(ALARM, SOON, after_s=1) == ""
    assert terminal.look(ALARM, SOON, after_s=10) == "\a"
    assert terminal.look(ALARM, SOON, after_s=20) == "\a\a\a"
    # Muted it does not ring, and what was due meanwhile is not made up for.
    terminal.signals.mute()
    assert terminal.look(OTHER, after_s=20) == ""
    terminal.signals.mute()
    assert terminal.look(OTHER, after_s=1) == ""


def test_what_comes_together_is_one_message_on_the_desktop() -> None:
    terminal = Terminal(desktop=DesktopForm.OSC9)
    text = terminal.look(ALARM)
    assert text == "\x1b]9;micboard: RF lost: rack 1/2 -> check pack and antenna\x07"
    assert terminal.look(ALARM, after_s=60) == ""
    two = [replace(alarm, raised_at=2.0, key=alarm.key._replace(part=1)) for alarm in (ALARM, OTHER)]
    assert terminal.look(ALARM, *two).endswith("RF lost: rack 1/2, and 1 more\x07")
    started: list[float] = []
    Terminal().signals.start(lambda delay, _: started.append(delay))
    terminal.signals.start(lambda delay, _: started.append(delay))
    assert started == [0.25]
    assert terminal.signals.mute() == "The bell is off. The setting alarms.bell switches it on."


def test_each_form_and_nothing_that_could_end_it() -> None:
    evil = "a;b\x1b\\\x07c"
    assert format_notice(DesktopForm.OSC777, "t", evil).startswith("\x1b]777;notify;t;a,b")
    for form in DesktopForm:
        assert format_notice(form, "t", evil).count("\x07") == (form is not DesktopForm.OSC99)
    assert format_notice(DesktopForm.OSC99, "t", "x").count("\x1b\\") == 2


@pytest.mark.parametrize(
    ("choice", "environ", "form"),
    [
        ("off", {"TERM": "xterm-kitty"}, None),
        ("osc9", {}, DesktopForm.OSC9),
        ("auto", {"TERM": "xterm-kitty"}, DesktopForm.OSC99),
        ("auto", {"TERM": "foot-extra"}, DesktopForm.OSC777),
        ("auto", {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, DesktopForm.OSC9),
        ("auto", {"TERM": "xterm-256color"}, None),
        ("auto", {"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, None),  # noqa: S108 - no file is opened
    ],
)
def test_auto_knows_some_terminals(choice: str, environ: dict[str, str], form: DesktopForm | None) -> None:
    assert find_form(choice, environ) is form


async def test_a_key_mutes_the_bell_and_the_header_says_so() -> None:
    async with open_board(calm(), (80, 24), bell=True) as (app, pilot):
        header = app.board_screen.query_one("#header", Lines)
        await pilot.press("M")
        assert "bell muted" in header.text
        await pilot.press("M")
        assert "bell muted" not in header.text
