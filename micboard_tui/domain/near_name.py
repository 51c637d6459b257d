"""Which known name was meant by one that is not known. Pure."""

import difflib
from collections.abc import Iterable
from itertools import islice

from micboard_tui.domain.safe_text import fold_name, visible

MAX_COMPARED = 1000
"""More names are not looked through."""


def find_near_name(name: str, known: Iterable[str | None]) -> str | None:
    """The known name that is most like ``name``; None when none is."""
    by_form = {fold_name(other): other for other in islice(known, MAX_COMPARED) if other}
    near = difflib.get_close_matches(fold_name(name), by_form, n=1)
    return by_form[near[0]] if near else None


def suggest(hint: str, name: str, known: Iterable[str | None]) -> str:
    """``hint``, and before it the known name that was probably meant."""
    near = find_near_name(name, known)
    return hint if near is None else f"Did you mean {visible(near)}? {hint}"
