"""Other keys than the usual ones: checked, and shown wherever keys are shown. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from textual.binding import Binding
from textual.keys import format_key

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.safe_text import visible

_KEY = re.compile(r"(?:(?:ctrl|alt|shift|super)\+)*(?:[^\s+,]|[a-z][a-z_]*[0-9]*)")
_NAMES = {"/": "slash", "?": "question_mark", "*": "asterisk", " ": "space"}


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of the board by the names of what they do."""

    changed: Mapping[str, str] = field(default_factory=dict)
    """Those that the user wants otherwise."""

    def key(self, binding: Binding) -> str:
        """What to press, as it is shown."""
        wanted = self.changed.get(binding.id or "")
        if wanted is None:
            return binding.key_display or binding.key
        return " ".join(format_key(each.strip()) for each in wanted.split(","))

    def line(
        self, wanted: Iterable[tuple[str, str]], bindings: Iterable[Binding]
    ) -> tuple[tuple[str, str], ...]:
        """Names of what keys do, with words for it, as keys and the same words."""
        known = {binding.id: self.key(binding) for binding in bindings}
        return tuple((known.get(name, name), words) for name, words in wanted)


def checked(wanted: Mapping[str, str], bindings: Sequence[Binding]) -> Keymap:
    """The keys that ``wanted`` makes of ``bindings``.

    Raises StartError CONFIG_INVALID for a name that nothing has, for what is no key, and for a key that would
    do two things.
    """
    known = {binding.id: binding for binding in bindings if binding.id}
    for name, keys in wanted.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(sorted(known))}"
            raise _wrong(f"keys.{name} is nothing that a key can do", hint)
        for key in keys.split(","):
            if not _KEY.fullmatch(key.strip()):
                raise _wrong(
                    f"keys.{name}: '{key.strip()}' is no key", "Write keys as n, F, ctrl+r, f5, slash"
                )
    taken: dict[str, str] = {}
    for name, binding in known.items():
        for key in wanted.get(name, binding.key).split(","):
            plain = _NAMES.get(key.strip(), key.strip())
            other = taken.setdefault(plain, name)
            if other != name:
                raise _wrong(
                    f"The key {plain} would do both: {other} and {name}", f"Give keys.{other} another key too"
                )
    return Keymap(dict(wanted))


def _wrong(message: str, hint: str) -> StartError:
    return StartError(ErrorCode.CONFIG_INVALID, visible(message), hint=visible(hint))
