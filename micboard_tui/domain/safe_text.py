"""Names come from foreign devices: make them harmless before they are printed."""

import unicodedata

_CONTROL_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
# Format characters would reorder or hide the text beside a name; the rest cannot be printed at all.
_APOSTROPHES = dict.fromkeys((0x2018, 0x2019, 0x201B, 0x02BC, 0x02B9, 0x2032, 0x00B4, 0x0060, 0xFF07), "'")
_PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
_LAST_SHORT = 0xFFFF
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


def escape_unprintable(document: str) -> str:
    """A JSON document with every such character of its texts escaped; line breaks between them stay."""
    if document.isascii() and "\x7f" not in document:
        return document
    return "".join(
        character if character == "\n" or visible(character) == character else _escape(character)
        for character in document
    )


def _escape(character: str) -> str:
    code = ord(character)
    if code <= _LAST_SHORT:
        return f"\\u{code:04x}"
    # A pair, as JSON has it.
    code -= _LAST_SHORT + 1
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def fold_name(name: str) -> str:
    """The form in which names are compared, of people, locations, devices and channels alike.

    Capitals, ways to write an accent, runs of any blanks and curled apostrophes make no difference.
    """
    if name.isascii():
        return " ".join(name.split()).lower().translate(_APOSTROPHES)
    straight = unicodedata.normalize("NFC", name).translate(_APOSTROPHES)
    return unicodedata.normalize("NFC", " ".join(straight.split()).casefold())


def fold_accents(text: str) -> str:
    """The form in which what is typed is looked for: as ``fold_name``, and accents make no difference."""
    folded = fold_name(text)
    if folded.isascii():
        return folded
    letters = unicodedata.normalize("NFKD", folded).translate(_PLAIN_LETTERS)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _replace_unprintable(character: str) -> str:
    if (picture := _CONTROL_PICTURES.get(ord(character))) is not None:
        return chr(picture)
    if unicodedata.category(character) in _UNPRINTABLE:
        return "\N{REPLACEMENT CHARACTER}"
    return character
