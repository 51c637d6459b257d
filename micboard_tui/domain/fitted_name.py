"""Names as devices take them: shorter, and in the letters that they have. Pure."""

import unicodedata
from collections.abc import Callable, Iterator

_SPELLED = {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}


def fit_name(name: str, is_taken: Callable[[str], bool]) -> str | None:
    """The longest beginning of a name that ``is_taken`` by a device; None: not even one letter is.

    Letters with marks lose them, and what has no plain letter is left out, where the device wants it.
    """
    return next((each for each in _candidates(name.strip()) if is_taken(each)), None)


def _candidates(name: str) -> Iterator[str]:
    yield name
    plain = " ".join(_plain(name).split())
    for length in range(len(plain), 0, -1):
        yield plain[:length].rstrip()


def _plain(name: str) -> str:
    spelled = "".join(_SPELLED.get(letter, letter) for letter in name)
    parts = unicodedata.normalize("NFKD", spelled)
    return "".join(part for part in parts if part.isascii() and part.isprintable() and part not in "<>{}|*")
