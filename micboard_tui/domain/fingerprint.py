"""The SHA-256 of a certificate, as it is kept and as people compare it. Pure."""

import re

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LABEL = re.compile(r"^\s*(?:sha-?256)?(?:\s+fingerprint)?\s*[:=]?\s*", re.IGNORECASE)


def parse_fingerprint(text: str) -> str | None:
    """64 lower-case hex digits from what a person has copied from somewhere; None when that is none."""
    digits = re.sub(r"[\s:-]", "", _LABEL.sub("", text)).lower()
    return digits if _DIGEST.fullmatch(digits) else None


def format_fingerprint(fingerprint: str) -> str:
    """As browsers and openssl show it."""
    upper = fingerprint.upper()
    return ":".join(upper[at : at + 2] for at in range(0, len(upper), 2))
