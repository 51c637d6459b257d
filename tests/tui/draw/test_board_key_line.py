"""The keys that the board names: those of control where they do something, none that is refused."""

import pytest

from micboard_tui.tui.draw.board_key_line import BoardKeyLine, KeyLabels, board_key_line
from micboard_tui.tui.draw.header_line import FREE, AccessState
from micboard_tui.tui.draw.key_line import key_line
from micboard_tui.tui.key_overrides import build_keymap

ARMED, LOCKED = AccessState(armed_s=600.0), AccessState(is_locked=True)
READ_ONLY = AccessState(is_read_only=True, is_locked=True)


@pytest.fixture(name="keys", scope="module")
def make_keys() -> BoardKeyLine:
    return board_key_line(build_keymap({}), is_demo=False)


def text(labels: KeyLabels, width: int = 80) -> str:
    return "".join(cell.text for cell in key_line(labels, width)).rstrip()


def test_arming_is_named_where_there_is_room_and_what_it_allows_while_it_lasts(keys: BoardKeyLine) -> None:
    assert "C arm   f filter" in text(keys.for_channel(FREE), 120)
    assert text(keys.for_channel(ARMED)) == (
        " Enter details   e edit   W write   C disarm   u undo   ? help   q quit"
    )
    assert text(keys.for_channel(ARMED, has_marks=True)).startswith(" W write   C disarm   n name")
    assert text(keys.for_device(ARMED, lacks_channels=False)).startswith(" e edit   C disarm   ↑↓ move")


@pytest.mark.parametrize(("access", "named"), [(LOCKED, True), (READ_ONLY, False)])
def test_where_nothing_can_be_changed_no_key_for_it_is_named(
    keys: BoardKeyLine, access: AccessState, named: bool
) -> None:
    lines = [
        keys.for_channel(access),
        keys.for_channel(access, has_marks=True),
        keys.for_device(access, lacks_channels=True),
    ]
    for labels in lines:
        assert not {"n", "s", "u", "e", "W", "C", "D"} & {key for key, _ in labels}
        assert (("Ctrl+K", "unlock") in labels) is named


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_longer_than_the_screen(keys: BoardKeyLine, width: int) -> None:
    for access in (FREE, ARMED, LOCKED, READ_ONLY):
        for labels in (
            keys.for_channel(access),
            keys.for_channel(access, has_marks=True),
            keys.for_device(access, lacks_channels=True),
        ):
            assert len(text(labels, width)) <= width
