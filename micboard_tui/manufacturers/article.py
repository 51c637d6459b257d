"""The article before a model, as it is spoken: "an EM 6000", "a ULXD4"."""

_SPELT_WITH_VOWEL = frozenset("AEFHILMNORSX")
"""Letters whose names begin with a vowel."""


def with_article(model: str) -> str:
    """``model`` with "a" or "an" before it. Capitals and digits are spelt letter by letter."""
    is_word = model[1:2].islower() or model[:1].islower()
    first = model[:1].upper()
    has_vowel = first in "AEIOU" if is_word else first in _SPELT_WITH_VOWEL or first == "8"
    return f"{'an' if has_vowel and first else 'a'} {model}"
