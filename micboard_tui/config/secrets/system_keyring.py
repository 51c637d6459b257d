"""The system's keyring, where there is one that keeps passwords safely. Loaded when it is first needed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from micboard_tui.domain.secret import SecretError, SecretOwner

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "micboard-tui"
GOOD_PRIORITY = 1
"""keyring gives less to backends that keep nothing, or keep it in plain text."""


class SystemKeyring:
    """Every error of a keyring becomes a SecretError with a cure."""

    def __init__(self, backend: "KeyringBackend | None" = None) -> None:
        """``backend``: None is what the system has."""
        self._backend = backend

    def is_usable(self) -> bool:
        """Whether there is one. Says nothing about it being unlocked."""
        try:
            with _translated_errors("keep"):
                return self._ring().priority >= GOOD_PRIORITY
        except SecretError:
            return False

    def new_account(self, owner: SecretOwner) -> str:
        """A name under which to keep a secret. Several directories of ours may share one keyring."""
        return f"{owner.kind.value} {owner.name} {secrets.token_hex(4)}"

    def get(self, account: str) -> str | None:
        """Raises SecretError."""
        with _translated_errors("give"):
            return self._ring().get_password(SERVICE, account)

    def set(self, account: str, value: str) -> None:
        """Raises SecretError."""
        with _translated_errors("keep"):
            self._ring().set_password(SERVICE, account, value)

    def delete(self, account: str) -> None:
        """An account that is not there is no error. Raises SecretError."""
        if self.get(account) is None:
            return
        with _translated_errors("forget"):
            self._ring().delete_password(SERVICE, account)

    def _ring(self) -> "KeyringBackend":
        if self._backend is None:
            import keyring  # noqa: PLC0415 - it costs a tenth of a second, and most rigs have no secret

            self._backend = keyring.get_keyring()
        return self._backend


@contextmanager
def _translated_errors(deed: str) -> Iterator[None]:
    """The one boundary to keyring and its backends, which are plugins. Raises SecretError."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - backends let through errors of D-Bus, of Windows and of macOS
        # A chain of causes would lead to a frame that holds the secret.
        raise SecretError(
            f"The system's keyring does not {deed} a secret ({type(error).__name__})",
            "Unlock it and start this again, or keep the secret in the file: "
            "micboard-tui secrets set DEVICE --in file",
        ) from None
