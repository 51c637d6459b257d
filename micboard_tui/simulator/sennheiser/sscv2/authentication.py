"""Access: Basic authentication, and a lock after too many wrong passwords. Pure."""

import base64
import binascii

USER, SPECTERA_USER = "api", "controlSennheiser"
PASSWORD = "Simulated-9"  # noqa: S105 - of devices that do not exist; the demo uses it
"""Of all simulated devices; in the form that a real one asks for.

Source: docs/reference/protocols/sennheiser.md 6.1.
"""
MAX_WRONG = 5
LOCKED_S = 60.0
"""Until then the right password is refused too [inference: 8]."""


class Authenticator:
    """Counts wrong passwords of one device."""

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password
        self.wrong = 0
        self._locked_s = 0.0

    @property
    def is_locked(self) -> bool:
        return self._locked_s > 0

    def admits(self, authorization: str | None) -> bool:
        """Check the credentials of a request. None at all is no wrong password."""
        if authorization is None or self.is_locked:
            return False
        if _credentials(authorization) == (self.user, self.password):
            self.wrong = 0
            return True
        self.wrong += 1
        if self.wrong >= MAX_WRONG:
            self.wrong = 0
            self._locked_s = LOCKED_S
        return False

    def step(self, seconds: float) -> None:
        self._locked_s = max(0.0, self._locked_s - seconds)


def _credentials(authorization: str) -> tuple[str, str]:
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "basic":
        return ("", "")
    try:
        user, _, password = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return ("", "")
    return user, password
