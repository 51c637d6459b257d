"""The keys as the user wants them: changed by the settings, checked, and shown where keys are shown. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from textual.binding import Binding
from textual.keys import format_key

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.near_name import find_near_name
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.key_bindings import CONFIGURABLE_KEYS, Key, KeyLine, KeyPair, KeyTable, LabelledKey

_KEY = re.compile(r"(?:(?:ctrl|alt|shift|super)\+)*(?:[^\s+,]|[a-z][a-z_]*[0-9]*)")
MAY_SHARE_KEY = frozenset({("timeline", "trust"), ("walk_test", "secret")})
"""On the screen of devices the second of each pair is meant, and elsewhere the first."""
_NAMES = {"/": "slash", "?": "question_mark", "*": "asterisk", " ": "space"}


@dataclass(frozen=True, slots=True)
class Keymap:
    """The configurable keys by their ids."""

    changed: Mapping[str, str] = field(default_factory=dict)
    """Keys that the user wants to be others."""
    table: KeyTable = CONFIGURABLE_KEYS

    def display(self, key: Key | Binding) -> str:
        """What to press, as it is shown."""
        binding = key.binding if isinstance(key, Key) else key
        wanted = self.changed.get(binding.id or "")
        if wanted is None:
            return binding.key_display or binding.key
        return " ".join(format_key(part.strip()) for part in wanted.split(","))

    def display_id(self, key_id: str) -> str:
        """What to press for the key with this id."""
        return self.display(self._find(key_id))

    def line(self, entries: KeyLine) -> tuple[tuple[str, str], ...]:
        """Keys and their labels for the line at the bottom of a screen."""
        return tuple(map(self._hint, entries))

    def _hint(self, entry: str | KeyPair | LabelledKey | tuple[str, str]) -> tuple[str, str]:
        if isinstance(entry, str):
            return self.display_id(entry), self._find(entry).label
        if isinstance(entry, KeyPair):
            return self._display_pair(entry), entry.label
        if isinstance(entry, LabelledKey):
            return self.display_id(entry.key_id), entry.label
        return entry

    def _display_pair(self, pair: KeyPair) -> str:
        """The first key of each; arrows need no space between them."""
        first, second = (self.display_id(key_id).split()[0] for key_id in pair[:2])
        return f"{first} {second}" if first.isascii() or second.isascii() else f"{first}{second}"

    def _find(self, key_id: str) -> Key:
        return next(key for key in self.table if key.id == key_id)


def build_keymap(wanted: Mapping[str, str], table: KeyTable = CONFIGURABLE_KEYS) -> Keymap:
    """The keys of ``table``, those of ``wanted`` changed.

    Raises StartError CONFIG_INVALID for an id that no key has, for what is no key, and for a key that would
    do two things.
    """
    known = {key.id: key for key in table if key.id}
    for key_id, keys in wanted.items():
        if key_id not in known:
            near = find_near_name(key_id, known)
            hint = f"Did you mean {near}?" if near else f"Known are: {', '.join(sorted(known))}"
            raise _config_error(f"keys.{key_id} is not the name of a key", hint)
        for key in keys.split(","):
            if not _KEY.fullmatch(key.strip()):
                raise _config_error(
                    f"keys.{key_id}: '{key.strip()}' is not a key", "Write keys as n, F, ctrl+r, f5, slash"
                )
    _refuse_double_use(wanted, known.values())
    return Keymap(dict(wanted), table)


def _refuse_double_use(wanted: Mapping[str, str], keys: Iterable[Key]) -> None:
    taken: dict[str, str] = {}
    for key in keys:
        for name in wanted.get(key.id, key.keys).split(","):
            plain = _NAMES.get(name.strip(), name.strip())
            other = taken.setdefault(plain, key.id)
            if other != key.id and (other, key.id) not in MAY_SHARE_KEY:
                raise _config_error(
                    f"The key {plain} would do both: {other} and {key.id}",
                    f"Give keys.{other} another key too",
                )


def _config_error(message: str, hint: str) -> StartError:
    return StartError(ErrorCode.CONFIG_INVALID, visible(message), hint=visible(hint))
