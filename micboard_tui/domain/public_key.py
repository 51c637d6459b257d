"""Public keys of users, as NATS writes them in base 32: a byte for the kind, the key, two of a check sum."""

import base64
import binascii
import re

_PUBLIC_KEY = re.compile(r"U[A-Z2-7]{55}")
_USER = 20 << 3
"""The byte for a key of a user."""
_CHECKSUM_BYTES = 2


def is_public_key(text: str) -> bool:
    """Whether it is the public key of a user, without an error in typing."""
    if not _PUBLIC_KEY.fullmatch(text):
        return False
    data = base64.b32decode(text)
    key, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    return data[0] == _USER and binascii.crc_hqx(key, 0) == int.from_bytes(checksum, "little")
