"""Other keys than the usual ones."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.errors import StartError
from micboard_tui.tui.arrange.filter import ChannelFilter, Criterion, CriterionKind
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.key_bindings import Key, KeyPair
from micboard_tui.tui.key_overrides import build_keymap
from micboard_tui.tui.screens.name_picker import NamePicker
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import OPTIONS, settle
from tests.tui.test_app import big

KEYS = (
    Key("n", "assign", "Name", "name", "name"),
    Key("slash", "find", "Find", "find", "find", "/"),
    Key("up,k", "up", "Up", "up", display="↑ k"),
    Key("down,j", "down", "Down", "down", display="↓ j"),
    Key("z", "hidden", "Hidden"),
)


@pytest.mark.parametrize(
    ("keys", "words", "hint"),
    [
        ({"fund": "b"}, "keys.fund is not the name", "Did you mean find?"),
        ({"zzzz": "b"}, "keys.zzzz is not the name", "Known are: down, find, name, up"),
        ({"name": "two keys"}, "'two keys' is not a key", "ctrl+r"),
        ({"name": ""}, "'' is not a key", "ctrl+r"),
        ({"name": "/"}, "The key slash would do both: name and find", "keys.name"),
        ({"find": "j,k"}, "The key k would do both: find and up", "keys.find"),
    ],
)
def test_a_key_that_cannot_be_is_told_with_its_cure(keys: dict[str, str], words: str, hint: str) -> None:
    with pytest.raises(StartError, match=words) as caught:
        build_keymap(keys, KEYS)
    assert hint in caught.value.info.hint


def test_keys_can_change_places() -> None:
    keymap = build_keymap({"name": "slash", "find": "n, ctrl+f"}, KEYS)
    assert keymap.line(["name", "find", ("↑↓", "move")]) == (
        ("/", "name"),
        ("n ctrl+f", "find"),
        ("↑↓", "move"),
    )


def test_a_pair_of_keys_is_shown_by_the_first_of_each() -> None:
    line = [KeyPair("up", "down", "move")]
    assert build_keymap({}, KEYS).line(line) == (("↑↓", "move"),)
    assert build_keymap({"up": "w,k", "down": "f2"}, KEYS).line(line) == (("w f2", "move"),)


@pytest.mark.no_cover
async def test_another_key_does_it_and_is_shown_wherever_keys_are_shown() -> None:
    rig = big()
    app = rig.app(replace(OPTIONS, keys={"name": "f5", "undo": "n"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await rig.all_devices_settle()
        settle(app)
        await pilot.pause()
        assert "f5 name" in text_of(app)
        await until(lambda: app._background.services is not None)
        await pilot.press("n")
        await until(lambda: any("no step of" in each.message for each in app._notifications))
        await pilot.press("f5")
        await until(lambda: isinstance(app.screen, NamePicker))
        await pilot.press("escape", "question_mark")
        await pilot.pause()
        page, shown = app.screen.query_one("VerticalScroll"), ""
        for y in range(0, page.max_scroll_y + 10, 10):
            page.scroll_to(y=y, animate=False)
            await pilot.pause()
            shown += text_of(app)
        assert "f5          Name" in shown


def test_a_bad_key_keeps_the_board_from_opening() -> None:
    with pytest.raises(StartError, match="would do both"):
        big().app(replace(OPTIONS, keys={"name": "q"}))


async def test_messages_name_the_keys_as_they_are() -> None:
    keys = {
        "order": "f6",
        "keep_view": "f7",
        "show_all": "f8",
        "find": "f9",
        "next_problem": "f10",
        "rack_up": "f3",
        "rack_down": "f4",
    }
    app = big().app(replace(OPTIONS, keys=keys))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app._background.services is not None)
        await pilot.press("f6", "f3")
        messages = [each.message for each in app._notifications]
        assert any("in rack order. f6 changes the order." in message for message in messages)
        await pilot.press("3")
        messages = [each.message for each in app._notifications]
        assert any("No view is kept on 3. f7 keeps this one." in message for message in messages)
        await pilot.press("f9")
        assert "f9 type a few letters" in text_of(app)
        await pilot.press("escape", "d")
        assert "f3 f4 move" in text_of(app)
        await pilot.press("escape")
        no_device = ChannelFilter(frozenset({Criterion(CriterionKind.LOCATION, "nowhere")}))
        app.board_screen.show_view(View(channel_filter=no_device))
        assert "No channel matches the filter. f8 shows all." in text_of(app)
