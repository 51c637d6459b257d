"""Settings as the environment holds them: ``MICBOARD_BOARD__FPS=5``, or a whole section as JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from micboard_tui.config.nested_values import Values, flatten, put_over

BETWEEN = "__"


class EnvironmentValueError(Exception):
    """A variable for a section is no JSON."""


def find_variables(environ: Mapping[str, str], prefix: str) -> Iterator[tuple[str, str, str]]:
    """The variables that start with ``prefix``: name, key as ``section.name``, and text; sections first.

    Those in small letters are among them, as on systems that make no difference.
    """
    for name, text in sorted(environ.items()):
        if name.upper().startswith(prefix):
            yield name, name[len(prefix) :].lower().replace(BETWEEN, "."), text


def read_variables(variables: Iterable[tuple[str, str, str]], is_section: Callable[[str], bool]) -> Values:
    """What the variables hold together. Raises EnvironmentValueError."""
    found: Values = {}
    for name, key, text in variables:
        value: Any = _read_json(name, text) if is_section(key) else text
        for part in reversed(key.split(".")):
            value = {part: value}
        found = put_over(found, value)
    return found


def _read_json(name: str, text: str) -> object:
    try:
        value = json.loads(text)
        # Sections may be nested deeper than they can be walked.
        for _ in flatten({name: value}):
            pass
    except (ValueError, RecursionError) as error:
        raise EnvironmentValueError(f"{name} is a section, and is no JSON") from error
    else:
        return value
