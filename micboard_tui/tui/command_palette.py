"""The commands of the palette: everything that a key of the screen does, and the themes by name.

Textual takes their texts for markup, so what does not come from this program is escaped.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen

from micboard_tui.tui.flows.user_ports import AlarmSelection, Selection
from micboard_tui.tui.key_overrides import Keymap


def key_commands(
    screen: Screen[Any], keymap: Keymap, run_action: Callable[..., Awaitable[object]]
) -> Iterator[SystemCommand]:
    """What the keys of the screen do, each once."""
    listed: set[str] = set()
    for node, binding, enabled, _ in screen.active_bindings.values():
        if enabled and binding.show and binding.description not in listed:
            listed.add(binding.description)
            run = partial(run_action, binding.action, node)
            yield SystemCommand(binding.description, _without_markup(f"Key {keymap.display(binding)}"), run)


def alarm_commands(
    screen: Screen[Any], run_action: Callable[..., Awaitable[object]]
) -> Iterator[SystemCommand]:
    """What can be done about alarms without opening their desk, where channels can be selected."""
    if not isinstance(screen, Selection) or isinstance(screen, AlarmSelection):
        return
    run = partial(run_action, "app.flow('acknowledge')")
    yield SystemCommand("Acknowledge the alarms of this channel", "Of the selected or marked ones", run)


def theme_commands(names: Iterable[str], set_theme: Callable[[str], None]) -> Iterator[SystemCommand]:
    """One for each theme."""
    for name in names:
        yield SystemCommand(_without_markup(f"Theme {name}"), "Colour theme", partial(set_theme, name))


def _without_markup(text: str) -> str:
    """As Textual's markup has it. Its own ``escape`` leaves brackets that are never closed."""
    return text.replace("[", "\\[")
