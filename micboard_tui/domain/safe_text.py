"""Names come from foreign devices: make them harmless before they are printed."""

import unicodedata

_CONTROL_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
# Format characters would reorder or hide the text beside a name; the rest cannot be printed at all.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Return ``text`` with every character that could move, colour or hide others made visible.

    Control characters become their Unicode pictures (escape is ``␛``), other unprintable ones
    ``\N{REPLACEMENT CHARACTER}``. The result is safe to write to a terminal. Marks that combine with
    the letter before them stay, since many a script cannot be written without.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_replace_unprintable, text))


def fold_name(name: str) -> str:
    """The form in which names are compared: capitals and ways to write an accent make no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def _replace_unprintable(character: str) -> str:
    if (picture := _CONTROL_PICTURES.get(ord(character))) is not None:
        return chr(picture)
    if unicodedata.category(character) in _UNPRINTABLE:
        return "\N{REPLACEMENT CHARACTER}"
    return character
