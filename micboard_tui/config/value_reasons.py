"""Why a value was refused, in plain English: the library that checks values writes for programmers."""

import re
from collections.abc import Sequence

_REPLACEMENTS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\bValue error, "), ""),
    (re.compile(r"\bInput should be "), "should be "),
    (
        re.compile(r"a valid integer(, (unable to parse string|got a number with a fractional part).*)?$"),
        "a whole number",
    ),
    (re.compile(r"a valid number(, unable to parse string.*)?$"), "a number"),
    (re.compile(r"a valid boolean(, unable to interpret.*)?$"), "true or false"),
    (re.compile(r"greater than or equal to (\S+)$"), r"\1 or more"),
    (re.compile(r"less than or equal to (\S+)$"), r"\1 or less"),
)


def plain_reason(message: str) -> str:
    """The message of a validation, as people would put it."""
    for pattern, replacement in _REPLACEMENTS:
        message = pattern.sub(replacement, message)
    return message
