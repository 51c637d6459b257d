"""Choosing one name out of many by a few letters, or giving a new one. Pure; the matching is Textual's."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from textual.fuzzy import Matcher

from micboard_tui.domain.safe_text import fold_name


class ChoiceKind(Enum):
    """What choosing it does."""

    KNOWN = "known"
    NEW = "new"
    NONE = "none"
    SPARE = "spare"
    """No one has it, and it is marked as a spare for all."""


@dataclass(frozen=True, slots=True)
class NameChoice:
    """One line to choose."""

    name: str
    hint: str = ""
    kind: ChoiceKind = ChoiceKind.KNOWN


def rank_choices(
    query: str, known: Sequence[NameChoice], *, new: str, suggested: str | None = None
) -> list[NameChoice]:
    """The lines for what was typed, the best first; ``new`` is the hint for a name that is not known yet.

    Nothing typed: everything, and on top what is ``suggested``. A name that is not there yet can always
    be added, but comes after those that fit, so that two letters and Enter choose a known name.
    """
    typed = query.strip()
    if not typed:
        return _suggested_first(known, suggested, new)
    ranked = [
        (rank, position, choice)
        for position, choice in enumerate(known)
        if (rank := _rank(typed, choice)) is not None
    ]
    choices = [choice for _, _, choice in sorted(ranked, key=lambda entry: entry[:2])]
    if not any(fold_name(choice.name) == fold_name(typed) for choice in known):
        choices.append(NameChoice(typed, new, ChoiceKind.NEW))
    return choices


def _suggested_first(known: Sequence[NameChoice], suggested: str | None, new: str) -> list[NameChoice]:
    if suggested is None or not suggested.strip():
        return list(known)
    wanted = fold_name(suggested)
    first = [
        choice for choice in known if fold_name(choice.name) == wanted and choice.kind is ChoiceKind.KNOWN
    ]
    rest = [choice for choice in known if choice not in first]
    return [*(first or [NameChoice(suggested.strip(), new, ChoiceKind.NEW)]), *rest]


def _rank(typed: str, choice: NameChoice) -> float | None:
    """0 is the best; None does not fit."""
    wanted, name = fold_name(typed), fold_name(choice.name)
    if choice.kind is not ChoiceKind.KNOWN:
        return None
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in name.split()):
        return 2
    if wanted in name:
        return 3
    score = Matcher(wanted).match(name)
    return 5 - score / (1 + score) if score > 0 else None
