"""Seals secrets for one recipient each, and opens those for this computer: boxes of PyNaCl (X25519).

A box holds whose secret it is, so that a box that was put in the place of another one is refused, and is
padded, so that its length does not tell that of the secret. The private key is in a file for this user only.
PyNaCl comes with the extra ``fleet``.
"""

import base64
import binascii
import contextlib
import json
import os
from pathlib import Path

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.secrets.private_file import check_private
from micboard_tui.config.small_files import open_regular
from micboard_tui.domain.secret import Secret, SecretError, SecretOwner

MAX_KEY_FILE = 100
MAX_BOX = 64 * 1024
"""Characters; a secret of the largest size takes a tenth of it."""
PADDED_TO = 256
_GIVE_ANEW = "Give it again: micboard-tui secrets set DEVICE, or --driver DRIVER"
_NEW_KEY = "Give this user the file back from a copy, or move it away: a new one is made"


class SealingKey:
    """The key pair of one collector or hub. Printing it shows nothing."""

    def __init__(self, private: PrivateKey) -> None:
        self._private = private
        self.public_key = _encode(bytes(private.public_key))

    def open_box(self, owner: SecretOwner, box: str) -> Secret:
        """The secret of ``owner`` in a box for this key. Raises SecretError."""
        try:
            content = _decode(box, MAX_BOX)
            padded = SealedBox(self._private).decrypt(content)
            values = json.loads(sodium_unpad(padded, PADDED_TO))
        except (CryptoError, ValueError, RecursionError) as error:
            raise _make_error(owner, "cannot be opened with the key of this computer") from error
        secret = _read_secret(owner, values)
        if secret is None:
            raise _make_error(owner, "is the one of another device or driver, or damaged")
        return secret


def is_public_key(text: str) -> bool:
    """Whether boxes can be made for it."""
    try:
        return len(_decode(text, MAX_KEY_FILE)) == PublicKey.SIZE
    except ValueError:
        return False


def seal_secret(public_key: str, owner: SecretOwner, secret: Secret) -> str:
    """A box that only the holder of the private key opens. Raises ValueError: this is no public key."""
    values = {
        "of": owner.kind.value,
        "owner": owner.name,
        "secret": secret.value,
        "user": secret.user,
        "set_at": secret.set_at,
    }
    try:
        recipient = PublicKey(_decode(public_key, MAX_KEY_FILE))
        padded = sodium_pad(json.dumps(values).encode(), PADDED_TO)
        return _encode(SealedBox(recipient).encrypt(padded))
    except (CryptoError, ValueError) as error:
        raise ValueError("this is no public key") from error


def load_sealing_key(file: Path) -> SealingKey:
    """The key pair that the file holds; where there is no file, a new one that it holds from now on.

    Raises SecretError: the file is damaged, or may be read by others; ConfigError: DISK_FULL,
    DIRECTORY_NOT_WRITABLE.
    """
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return _read_key(file)
    made = PrivateKey.generate()
    write_new(file, f"{_encode(bytes(made))}\n", force=True)
    return SealingKey(made)


def _read_key(file: Path) -> SealingKey:
    try:
        with open_regular(file) as reading:
            check_private(file, os.fstat(reading.fileno()), "Move it away: a new one is made")
            text = reading.read(MAX_KEY_FILE).decode("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise SecretError(f"{file} cannot be read ({error.strerror})", _NEW_KEY) from error
    except UnicodeDecodeError as error:
        raise SecretError(f"{file} holds no key", _NEW_KEY) from error
    try:
        return SealingKey(PrivateKey(_decode(text, MAX_KEY_FILE)))
    except (CryptoError, ValueError) as error:
        raise SecretError(f"{file} holds no key", _NEW_KEY) from error


def _read_secret(owner: SecretOwner, values: object) -> Secret | None:
    """None: it is for another owner, or no secret of ours."""
    if not isinstance(values, dict) or (values.get("of"), values.get("owner")) != (owner.kind, owner.name):
        return None
    value, user, set_at = values.get("secret"), values.get("user"), values.get("set_at")
    if isinstance(value, str) and isinstance(user, str | None) and isinstance(set_at, str | None):
        return Secret(value, user, set_at)
    return None


def _make_error(owner: SecretOwner, what: str) -> SecretError:
    return SecretError(f"The secret for {owner.kind.value} {owner.name} in the record {what}", _GIVE_ANEW)


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _decode(text: str, limit: int) -> bytes:
    """Raises ValueError."""
    if len(text) > limit:
        raise ValueError("this is too long")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("this is not base64") from error
