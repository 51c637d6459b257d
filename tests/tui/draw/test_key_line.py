"""The line of keys, and which key stands at a cell of it."""

import pytest

from micboard_tui.tui.draw.key_line import key_at, key_line
from micboard_tui.tui.draw.key_names import KeyPress, parse_key
from micboard_tui.tui.key_bindings import CONFIGURABLE_KEYS
from micboard_tui.tui.key_overrides import build_keymap

LINE = (("↑↓", "move"), ("Enter", "details"), ("K J", "rack"), ("type", "filter"), ("/", "find"))
SHOWN = " ↑↓ move   Enter details   K J rack   type filter   / find"


def key_under(text: str, width: int = 80) -> str | None:
    press = key_at(LINE, width, SHOWN.index(text))
    return press.name if press else None


def test_each_key_and_its_label_can_be_pointed_at() -> None:
    assert "".join(cell.text for cell in key_line(LINE, 80)).rstrip() == SHOWN
    assert [key_under(text) for text in ("↑", "↓", "ove", "Enter", "details", "K", "J", "rack", "find")] == [
        *("up", "down", "down", "enter", "enter", "K", "J", "J", "slash"),
    ]
    assert [key_under(text) for text in ("type", "filter")] == [None, None]
    assert key_at(LINE, 80, 0) is None
    assert key_at(LINE, 80, SHOWN.index("   Enter")) is None
    assert key_at(LINE, 80, 79) is None


def test_what_is_left_out_cannot_be_pointed_at() -> None:
    for width in range(5, 60):
        shown = "".join(cell.text for cell in key_line(LINE, width)).rstrip()
        for x in range(width):
            assert key_at(LINE, width, x) is None or x < len(shown)


@pytest.mark.parametrize(
    ("shown", "press"),
    [
        ("n", KeyPress("n", "n")),
        ("K", KeyPress("K", "K")),
        ("*", KeyPress("asterisk", "*")),
        ("?", KeyPress("question_mark", "?")),
        ("Esc", KeyPress("escape")),
        ("Space", KeyPress("space", " ")),
        ("Shift+↓", KeyPress("shift+down")),
        ("Ctrl+R", KeyPress("ctrl+r")),
        ("f5", KeyPress("f5")),
        ("+", KeyPress("plus", "+")),
        ("wheel", None),
        ("type", None),
    ],
)
def test_a_key_is_known_by_what_is_shown(shown: str, press: KeyPress | None) -> None:
    parsed = parse_key(shown)
    assert parsed == press or (parsed and press and parsed.name.lower() == press.name.lower())


def test_every_key_that_can_be_configured_is_known() -> None:
    keymap = build_keymap({})
    for key in CONFIGURABLE_KEYS:
        parsed = [parse_key(shown) for shown in keymap.display(key).split()]
        assert {press.name.lower() for press in parsed if press} & {k.lower() for k in key.keys.split(",")}
