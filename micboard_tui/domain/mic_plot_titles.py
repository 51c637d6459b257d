"""What people call the columns of a mic plot, and how they write marks and mic numbers in it. Pure."""

import re
from collections.abc import Mapping, Sequence

from micboard_tui.domain.safe_text import fold_name

PLOT_COLUMNS = (
    "act", "scene", "name", "page", "cue", "minutes", "channel", "performer", "character", "role", "note",
    "pack",
)  # fmt: skip
"""The columns of our own long form, in their order."""
SCENE_COLUMNS = ("scene", "cue", "page")
"""Each of them can say which scene a row is about; the first one that is there does."""

_OTHER_NAMES = {
    "scene": ("sc", "no", "nr", "#", "number", "order"),
    "name": ("title", "scene name", "scene title", "song"),
    "page": ("pg", "pages"),
    "cue": ("q",),
    "minutes": ("min", "mins", "duration", "length", "planned minutes"),
    "channel": ("mic", "ch", "rx", "mics", "chan"),
    "performer": ("actor", "person", "cast", "actress"),
    "character": ("part", "characters"),
    "role": ("use",),
    "note": ("notes", "comment", "comments", "remarks"),
    "pack": ("bodypack", "beltpack", "planned pack", "transmitter"),
}
_COLUMNS = {name: name for name in PLOT_COLUMNS} | {
    other: name for name, others in _OTHER_NAMES.items() for other in others
}
_NUMBER_ENDING = re.compile(r"(?<=\S)\s*(?:#|\b(?:no|nr|number)\b\.?)$")
_ACT_TITLE = re.compile(r"act\b\W*(?P<act>\w.*)", re.IGNORECASE)
_DOTTED = re.compile(r"(?P<act>\d+|[IVX]+)[.\-/]\s*\w+")
_MIC_NUMBER = re.compile(r"(?P<prefix>mic|channel|ch|rx)?\.?\s*#?\s*(?P<number>\d+[a-z]?)", re.IGNORECASE)
_MARKS = frozenset({"*", "x", "✓", "✔", "✗", "•", "●"})
_NUMBER = re.compile(r"\d+(?:[.,:-]\d+)*")


def column_of(title: str) -> str | None:
    """The column of ours that a title stands for; None: none."""
    folded = fold_name(title).rstrip(".:")
    return _COLUMNS.get(folded) or _COLUMNS.get(_NUMBER_ENDING.sub("", folded))


def column_indices(titles: Sequence[str]) -> Mapping[str, int]:
    """Where each column of ours is. Of two with one meaning the first counts."""
    indices: dict[str, int] = {}
    for index, title in enumerate(titles):
        if (column := column_of(title)) is not None:
            indices.setdefault(column, index)
    return indices


def parse_mic_number(text: str) -> str | None:
    """The number of "7", "Mic 7", "ch. 7b"; None where a text is not a counted mic."""
    match = _MIC_NUMBER.fullmatch(text.strip())
    return match["number"] if match else None


def has_mic_prefix(text: str) -> bool:
    """Whether a text calls itself a mic: "Mic 7", and not "7"."""
    match = _MIC_NUMBER.fullmatch(text.strip())
    return match is not None and match["prefix"] is not None


def is_number(text: str) -> bool:
    """Whether a cell holds a number, as those of a column of pages do."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_mark(text: str, *, one_counts: bool) -> bool:
    """Whether a cell says that a mic is on. ``one_counts``: so does a 1, as where no other number is."""
    mark = text.strip().lower()
    return mark in _MARKS or (one_counts and mark == "1")


def parse_act_title(text: str) -> str | None:
    """The act of a line such as "ACT II" between scenes; None: it is no such line."""
    match = _ACT_TITLE.fullmatch(" ".join(text.split()))
    return match["act"] if match else None


def acts_of_numbers(numbers: Sequence[str]) -> Sequence[str] | None:
    """The act of each scene where all are written as "1.3"; None where one is not: 12.5 may be a cue."""
    matches = [match for number in numbers if (match := _DOTTED.fullmatch(number)) is not None]
    return [match["act"] for match in matches] if len(matches) == len(numbers) else None


def are_marks(cells: Sequence[str]) -> bool:
    """Whether most cells are marks. A 1 is one only where the column has no other number: a page is none."""
    one_counts = does_one_count(cells)
    return sum(is_mark(cell, one_counts=one_counts) for cell in cells) * 2 > len(cells)


def does_one_count(cells: Sequence[str]) -> bool:
    return all(cell == "1" for cell in cells if is_number(cell))


def count_repeats(cells: Sequence[str]) -> int:
    """How many cells with a text repeat another of them."""
    names = [cell for cell in cells if cell]
    return len(names) - len(set(names))


def first_line(text: str) -> str:
    """The upper line of a cell."""
    return next(iter(text.splitlines()), "")
