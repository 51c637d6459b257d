"""Warnings and states in one spelling, whichever generation of devices wrote them. Pure.

Source: docs/reference/protocols/sennheiser.md 2.2, 2.5, 3.1, 4, 5.4, 6.3.
"""

from typing import TypeAlias

from micboard_tui.domain.channel import NO_WARNINGS, DeviceWarning, Encryption

Tokens: TypeAlias = frozenset[str]
NO_TOKENS: Tokens = frozenset()
AUDIO_PEAK, NO_LINK, ENCRYPTION_ERROR = "afpeak", "nolink", "aes256error"

_DEVICE_WARNINGS = {
    "lowbattery": DeviceWarning.LOW_BATTERY,
    "lowbat": DeviceWarning.LOW_BATTERY,
    "lowsignal": DeviceWarning.LOW_SIGNAL,
    "lowrfsignal": DeviceWarning.LOW_SIGNAL,
    "badlink": DeviceWarning.LOW_SIGNAL,
    "rfpeak": DeviceWarning.RF_OVERLOAD,
    AUDIO_PEAK: DeviceWarning.AUDIO_PEAK,
    "badclock": DeviceWarning.CLOCK,
    "noclock": DeviceWarning.CLOCK,
    "hwfailure": DeviceWarning.HARDWARE,
}
_OF_DEVICES = {**_DEVICE_WARNINGS, "cascadecomerror": DeviceWarning.CASCADE}
_SHORTED = "bncshorted"
"""How the warning of a shorted antenna input ends; before it stands which one."""


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


def device_warnings_of(*warnings: Tokens | None) -> frozenset[DeviceWarning]:
    """What ``warnings``, of a receiver and of its transmitter, mean; what they do not mean is left out."""
    tokens = frozenset().union(*(own for own in warnings if own))
    if not tokens:
        return NO_WARNINGS
    known = {warning for token in tokens if (warning := _DEVICE_WARNINGS.get(token))}
    if any(token.endswith(_SHORTED) for token in tokens):
        known.add(DeviceWarning.ANTENNA)
    return frozenset(known)


def own_warnings_of(warnings: Tokens | None) -> frozenset[DeviceWarning]:
    """What a device warns of as a whole. What no document describes is a warning all the same."""
    if not warnings:
        return NO_WARNINGS
    return frozenset(_OF_DEVICES.get(token, DeviceWarning.OTHER) for token in warnings)


def encryption_of(warnings: Tokens | None, *, is_on: bool | None) -> Encryption | None:
    """``MISMATCH`` when a warning says that keys differ; else the receiver's switch, None if not reported."""
    if warnings and ENCRYPTION_ERROR in warnings:
        return Encryption.MISMATCH
    if is_on is None:
        return None
    return Encryption.ON if is_on else Encryption.OFF


def _normalize(term: str) -> str:
    return "".join(character for character in term.lower() if character.isalnum())
