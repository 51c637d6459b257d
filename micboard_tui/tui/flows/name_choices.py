"""Choosing one name out of many by a few letters, or giving a new one. Pure; the matching is Textual's."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from textual.fuzzy import Matcher

from micboard_tui.domain.safe_text import folded


class Kind(Enum):
    """What choosing it does."""

    KNOWN = "known"
    NEW = "new"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Offer:
    """One line to choose."""

    name: str
    hint: str = ""
    kind: Kind = Kind.KNOWN


def offers(query: str, known: Sequence[Offer], *, new: str, suggested: str | None = None) -> list[Offer]:
    """The lines for what was typed, the best first; ``new`` is what a name is that nobody has yet.

    Nothing typed: everything, and on top what is ``suggested``. A name that is not there yet can always
    be added, but comes after those that fit, so that two letters and Enter choose somebody who is there.
    """
    typed = query.strip()
    if not typed:
        return _suggesting(known, suggested, new)
    ranked = [
        (rank, place, each) for place, each in enumerate(known) if (rank := _rank(typed, each)) is not None
    ]
    found = [each for _, _, each in sorted(ranked, key=lambda each: each[:2])]
    if not any(folded(each.name) == folded(typed) for each in known):
        found.append(Offer(typed, new, Kind.NEW))
    return found


def _suggesting(known: Sequence[Offer], suggested: str | None, new: str) -> list[Offer]:
    if suggested is None or not suggested.strip():
        return list(known)
    wanted = folded(suggested)
    first = [each for each in known if folded(each.name) == wanted and each.kind is Kind.KNOWN]
    rest = [each for each in known if each not in first]
    return [*(first or [Offer(suggested.strip(), new, Kind.NEW)]), *rest]


def _rank(typed: str, offer: Offer) -> float | None:
    """0 is the best; None does not fit."""
    wanted, name = folded(typed), folded(offer.name)
    if offer.kind is not Kind.KNOWN:
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
