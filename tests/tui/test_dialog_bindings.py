"""A key that a dialog names works in either case."""

from importlib import import_module
from itertools import chain
from pkgutil import iter_modules

import pytest
from textual.binding import Binding
from textual.screen import ModalScreen

from micboard_tui.tui import screens
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.key_bindings import Key
from micboard_tui.tui.screens.add_results import AddResults
from micboard_tui.tui.screens.dialogs import ConfirmScreen, FirstStartScreen
from micboard_tui.tui.screens.search_screen import SearchScreen
from tests.fakes.links import until
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import open_app


def keys_of(dialog: type[ModalScreen[object]]) -> dict[str, str]:
    """Each key with its action."""
    bindings = chain.from_iterable(owner.__dict__.get("BINDINGS", ()) for owner in dialog.__mro__)
    found = [binding for binding in bindings if isinstance(binding, Binding)]
    return {name: binding.action for binding in found for name in binding.key.split(",")}


def dialogs() -> list[type[ModalScreen[object]]]:
    found = []
    for module in iter_modules(screens.__path__):
        parts = vars(import_module(f"{screens.__name__}.{module.name}")).values()
        found += [part for part in parts if isinstance(part, type) and issubclass(part, ModalScreen)]
    return sorted({part for part in found if part.__module__.startswith(screens.__name__)}, key=str)


def test_all_dialogs_take_their_letters_in_either_case() -> None:
    assert {ConfirmScreen, FirstStartScreen, SearchScreen, AddResults} < set(dialogs())
    for dialog in dialogs():
        keys = keys_of(dialog)
        for name, action in keys.items():
            if len(name) == 1 and name.isalpha():
                assert keys.get(name.swapcase()) == action, (dialog, name)


def test_a_letter_that_has_a_meaning_of_its_own_keeps_it_and_none_is_listed_twice() -> None:
    found = dialog_bindings_of(
        (Key("j,space", "down", "Down"), Key("J", "move", "Move"), Key("y", "yes", "Yes"))
    )
    bindings = [each for each in found if isinstance(each, Binding)]
    assert [(each.key, each.action, each.show) for each in bindings] == [
        ("j,space", "down", True),
        ("J", "move", True),
        ("y", "yes", True),
        ("Y", "yes", False),
    ]


@pytest.mark.journey
@pytest.mark.parametrize(
    ("keys", "screen"), [("S", "SearchScreen"), ("A", "DeviceForm"), ("a", "DeviceForm")]
)
async def test_the_first_dialog_takes_the_keys_as_the_board_behind_it_names_them(
    keys: str, screen: str
) -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        assert isinstance(app.screen, FirstStartScreen)
        await pilot.press(*keys)
        await until(lambda: type(app.screen).__name__ == screen)
