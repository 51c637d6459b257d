"""What Textual calls a key that is shown to people: so that a click on the key can press it. Pure."""

import re
from typing import NamedTuple
from unicodedata import name as character_name

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

_SHOWN = {
    "Esc": "escape",
    "PgUp": "pageup",
    "PgDn": "pagedown",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
}
ARROWS = frozenset("↑↓←→")
_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super"})
_KNOWN = frozenset(key.value for key in Keys) | {"space"}


class KeyPress(NamedTuple):
    """A key as Textual has it in its events."""

    name: str
    character: str | None = None


def parse_key(shown: str) -> KeyPress | None:
    """The key that is shown like this; None for what is no key, such as "type"."""
    *modifiers, base = re.split(r"(?<=.)\+", shown)
    modifiers = [modifier.lower() for modifier in modifiers]
    if not base or not _MODIFIERS.issuperset(modifiers):
        return None
    name = _SHOWN.get(base) or (_name_character(base) if len(base) == 1 else base.lower())
    if len(base) > 1 and name not in _KNOWN:
        return None
    if modifiers:
        return KeyPress("+".join([*modifiers, name]))
    typed = base if len(base) == 1 and base not in ARROWS else " " if name == "space" else None
    return KeyPress(name, typed)


def split_keys(shown: str) -> list[tuple[int, str]]:
    """The keys in what is shown, each with the cell at which it begins; arrows may stand together."""
    return [(found.start(), found[0]) for found in re.finditer(r"[↑↓←→](?=[↑↓←→])|\S+", shown)]


def _name_character(character: str) -> str:
    if character.isalnum():
        return character
    name = character_name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)
