"""What a terminal's answers say of it. By value: no terminal is asked."""

import pytest

from micboard_tui.tui.terminal.terminal_probe import SIGNS, read_facts

SIZE = (120, 40)
NARROW = b"".join(b"\x1b[7;2R" for _ in SIGNS)
END = b"\x1b[?62;4c"


@pytest.mark.parametrize(("state", "has"), [(b"0", False), (b"1", True), (b"2", True), (b"4", False)])
def test_it_says_whether_it_shows_whole_frames(state: bytes, has: bool) -> None:
    facts = read_facts(b"\x1b[?2026;" + state + b"$y" + NARROW + END, {"TERM": "xterm"}, SIZE, "UTF-8")
    assert facts.has_synchronized_output is has
    assert (facts.answers, facts.wide_signs) == (True, ())


def test_signs_that_move_the_cursor_too_far_are_wide() -> None:
    answer = NARROW.replace(b"\x1b[7;2R", b"\x1b[7;3R", 1) + END
    assert read_facts(answer, {}, SIZE, "UTF-8").wide_signs == (SIGNS[0],)


def test_a_terminal_that_answers_nothing_is_not_called_able() -> None:
    facts = read_facts(b"", {"TERM": "xterm", "COLORTERM": "TrueColor"}, SIZE, "UTF-8")
    assert (facts.answers, facts.has_synchronized_output) == (False, None)
    assert (facts.term, facts.colour_term, facts.columns) == ("xterm", "truecolor", 120)


@pytest.mark.parametrize(
    ("variables", "name"), [({"TMUX": "x"}, "tmux"), ({"STY": "1.pts"}, "screen"), ({}, "")]
)
def test_what_stands_between_is_known_by_its_variable(variables: dict[str, str], name: str) -> None:
    assert read_facts(b"", variables, SIZE, "UTF-8").multiplexer == name
