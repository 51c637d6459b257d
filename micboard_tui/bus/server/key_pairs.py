"""Keys with which programs come in: the seed is secret, the public key is what the server knows."""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import nkeys  # type: ignore[import-untyped]

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError

MAX_SEED = 100
SEED_BYTES = 32
_NO_SEED = "this is no key of a user, which starts with SU and has a check sum at its end"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Printing it does not show the seed."""

    seed: str = field(repr=False)
    public_key: str


def make_key_pair() -> KeyPair:
    """Another one each time."""
    return key_pair_of(bytes(nkeys.encode_seed(os.urandom(SEED_BYTES), nkeys.PREFIX_BYTE_USER)).decode())


def key_pair_of(seed: str) -> KeyPair:
    """The pair of a seed. Raises ValueError: it is none of a user, or was mistyped."""
    cleaned = seed.strip()
    try:
        prefix, raw = nkeys.decode_seed(bytearray(cleaned.encode()))
        # The library does not look at the check sum in it.
        is_right = bytes(nkeys.encode_seed(raw, nkeys.PREFIX_BYTE_USER)) == cleaned.encode()
    except (nkeys.NkeysError, ValueError) as error:
        raise ValueError(_NO_SEED) from error
    if prefix != nkeys.PREFIX_BYTE_USER or not is_right:
        raise ValueError(_NO_SEED)
    public_key = nkeys.from_seed(bytearray(cleaned.encode())).public_key
    return KeyPair(cleaned, bytes(public_key).decode())


def load_key_pair(file: Path) -> KeyPair:
    """The pair that the file holds; where it holds none, a new one that it holds from now on.

    It is for this user only. Raises ConfigError: DISK_FULL, DIRECTORY_NOT_WRITABLE.
    """
    with contextlib.suppress(OSError, ValueError):
        return key_pair_of(read_small(file, MAX_SEED).decode("ascii"))
    made = make_key_pair()
    write_new(file, f"{made.seed}\n", force=True)
    return made


def read_program_key(file: Path) -> KeyPair:
    """The key of a site's programs. Raises ConfigError CONFIG_INVALID: it cannot be read, or is none."""
    hint = "Copy program.key from the machine of the hub; `users key` makes keys for people"
    try:
        return key_pair_of(read_small(file, MAX_SEED).decode("ascii"))
    except OSError as error:
        raise ConfigError(
            "CONFIG_INVALID", f"The key {file} cannot be read ({error.strerror})", hint=hint
        ) from error
    except ValueError as error:
        raise ConfigError("CONFIG_INVALID", f"{file} is no key of programs", hint=hint) from error


def load_program_key(file: Path) -> KeyPair:
    """The key of a site's programs; where there is no such file, a new one. What is no key is left alone.

    Raises ConfigError: CONFIG_INVALID, DISK_FULL, DIRECTORY_NOT_WRITABLE.
    """
    if not file.exists():
        write_new(file, f"{make_key_pair().seed}\n", force=False)
    return read_program_key(file)
