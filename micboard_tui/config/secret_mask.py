"""Takes known secrets out of what is about to be written for people."""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

HIDDEN = "***"
SHORTEST = 4
"""Shorter ones would make every text unreadable; devices take none that short."""


# SQLAlchemy takes all up to the first @ for the password, also a slash. What follows up to another @ may be
# the rest of one that should have been encoded.
_URL_PASSWORD = re.compile(r"(:/{1,2}[^:/@]*):[^@]*@(?:[^/?#]*@)?")
_NAMES = "pass|pwd|pw|secret|token|key|auth|credential"
_URL_SECRETS = re.compile(
    rf"([?&;][^=&;#]*(?:{_NAMES})[^=&;#]*=)[^&;#]*"
    # An option that has options of its own in its value.
    rf"|([?&;][^=&;#]*=)[^&;#]*(?:{_NAMES})[^&;#]*",
    re.IGNORECASE,
)
_HOST_END = re.compile(r"[/?#](?=.)", re.DOTALL)


def mask_url(url: str) -> str:
    """A URL as it may be shown: without its password, and without secrets in its query."""
    return _URL_SECRETS.sub(rf"\1\2{HIDDEN}", _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", url))


def mask_behind_host(url: str) -> str:
    """A URL as it may be shown where the path is the secret, as in those of webhooks."""
    masked = mask_url(url)
    end = _HOST_END.search(masked, masked.find("://") + len("://") if "://" in masked else 0)
    return masked if end is None else f"{masked[: end.end()]}{HIDDEN}"


_TOKENS = re.compile(r"\b(mb_[0-9a-f]+_)[A-Za-z0-9_-]{16,}")


class Mask:
    """Learns secrets as they are read, and hides them in any text, however they are written there.

    Tokens of our own users are known by their form: those of logins come and go and would never be forgotten.
    """

    def __init__(self) -> None:
        self._encoded_forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, value: str) -> None:
        """Hide ``value`` from now on."""
        if len(value) < SHORTEST or value in self._encoded_forms:
            return
        self._encoded_forms.update(form for form in _encoded_forms(value) if len(form) >= SHORTEST)
        # The longest first: a form may be a part of another.
        longest_first = sorted(self._encoded_forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def __call__(self, text: str) -> str:
        """``text`` without any secret."""
        text = _TOKENS.sub(rf"\1{HIDDEN}", text)
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)


def _encoded_forms(value: str) -> Iterator[str]:
    """As it is, in JSON, in a traceback, in an address, and in a header for basic authentication."""
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield quote(value)
    yield quote(value, safe="")
    for before in range(3):
        yield _base64_part(value.encode(), before)


def _base64_part(value: bytes, before: int) -> str:
    """What is the same in base64 whatever stands before and after; ``before`` counts bytes modulo 3."""
    whole = base64.b64encode(bytes(before) + value).decode()
    return whole[-(-before * 8 // 6) : (before + len(value)) * 8 // 6]
