"""Warnings and states in one spelling, whichever generation of devices wrote them. Pure.

Source: docs/reference/protocols/sennheiser.md 2.2, 2.5, 3.1, 6.3.
"""

from typing import TypeAlias

from micboard_tui.domain.channel import Encryption

Tokens: TypeAlias = frozenset[str]
NO_TOKENS: Tokens = frozenset()
AUDIO_PEAK, NO_LINK, ENCRYPTION_ERROR = "afpeak", "nolink", "aes256error"


def parse_tokens(value: object) -> Tokens | None:
    """An array of terms, one term, or an empty string for none; None when it is something else.

    ``NoLink`` and ``No Link`` both become ``nolink``: spellings differ by product and by protocol.
    """
    if value == []:
        return NO_TOKENS
    items = value if isinstance(value, list) else [value]
    terms = [item for item in items if isinstance(item, str)]
    if not terms and value != [None]:
        return None
    return frozenset(token for term in terms if (token := _normalize(term)))


def encryption_of(warnings: Tokens | None, *, is_on: bool | None) -> Encryption | None:
    """``MISMATCH`` when a warning says that keys differ; else the receiver's switch, None if not reported."""
    if warnings and ENCRYPTION_ERROR in warnings:
        return Encryption.MISMATCH
    if is_on is None:
        return None
    return Encryption.ON if is_on else Encryption.OFF


def _normalize(term: str) -> str:
    return "".join(character for character in term.lower() if character.isalnum())
