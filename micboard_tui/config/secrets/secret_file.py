"""The file of secrets: only its owner may read it. It also says what lies in the keyring, and for whom.

A keyring cannot list what it holds and does not tell when it changes; this file does both for it.
"""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from micboard_tui.config.atomic_files import make_private_directory, write_new
from micboard_tui.config.secrets.private_file import check_private
from micboard_tui.config.small_files import MAX_BYTES, open_regular
from micboard_tui.config.start_error import ConfigError, cure_of
from micboard_tui.domain.secret import OwnerKind, SecretError, SecretOwner

HEAD = (
    "# Passwords and keys of devices, for this user only. 'micboard-tui secrets' writes this file.",
    "",
)
KINDS = (OwnerKind.DEVICE, OwnerKind.DRIVER)
LOCK_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """Either holds a secret or the name under which the keyring does."""

    secret: str | None = field(default=None, repr=False)
    account: str | None = None
    user: str | None = None
    set_at: str | None = None


Entries = Mapping[SecretOwner, Entry]


class SecretFile:
    def __init__(self, file: Path) -> None:
        self.file = file

    def revision(self) -> str:
        """Changes with the file, its content and its rights."""
        try:
            found = self.file.stat()
        except OSError:
            return ""
        return f"{found.st_ino}.{found.st_mtime_ns}.{found.st_ctime_ns}.{found.st_size}"

    def read(self) -> dict[SecretOwner, Entry]:
        """Nothing where there is no file. Raises SecretError, for a file that others may read too."""
        cure = f"Change the secrets that others may have read, then: chmod 600 {self.file}"
        try:
            with open_regular(self.file) as reading:
                check_private(self.file, os.fstat(reading.fileno()), cure)
                tables = _parse_tables(reading.read(MAX_BYTES))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise SecretError(
                f"{self.file} cannot be read ({error.strerror})", "Give yourself the right to read it"
            ) from error
        if tables is None:
            raise self._error("is no TOML")
        return dict(self._entries(tables))

    @contextmanager
    def changing(self) -> Iterator[dict[SecretOwner, Entry]]:
        """What is in it, to be changed and written back, by one process at a time. Raises SecretError."""
        try:
            make_private_directory(self.file.parent)
            with FileLock(self.file.with_suffix(".lock"), timeout=LOCK_TIMEOUT_S):
                entries = self.read()
                yield entries
                write_new(self.file, _format_entries(entries), force=True)
        except Timeout as error:
            raise SecretError(f"{self.file} is being changed by another process", "Try again") from error
        except ConfigError as error:
            raise SecretError(str(error), error.hint) from error
        except OSError as error:
            raise SecretError(
                f"{self.file.parent} cannot be written ({error.strerror})",
                cure_of(error),
            ) from error

    def _entries(self, tables: Mapping[str, object]) -> Iterator[tuple[SecretOwner, Entry]]:
        for kind, below in tables.items():
            if kind not in KINDS or not isinstance(below, Mapping):
                raise self._error(f"has an unknown table [{kind}]")
            for name, values in below.items():
                yield SecretOwner(OwnerKind(kind), str(name)), self._entry(f"{kind}.{name}", values)

    def _entry(self, where: str, values: object) -> Entry:
        if not isinstance(values, Mapping) or not all(isinstance(value, str) for value in values.values()):
            raise self._error(f"does not have texts under [{where}]")
        unknown = set(values) - {"secret", "keyring", "user", "set_at"}
        if unknown or ("secret" in values) is ("keyring" in values):
            raise self._error(f"has something else than a secret and its user under [{where}]")
        return Entry(values.get("secret"), values.get("keyring"), values.get("user"), values.get("set_at"))

    def _error(self, what: str) -> SecretError:
        return SecretError(f"{self.file} {what}", "Correct it, or move it away and enter the secrets again")


def _parse_tables(content: bytes) -> Mapping[str, object] | None:
    """None for what is no TOML: an error of the parser would carry the secrets along."""
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None


def _format_entries(entries: Entries) -> str:
    lines = list(HEAD)
    for owner, entry in sorted(entries.items(), key=lambda item: (item[0].kind, item[0].name)):
        lines.append(f"[{owner.kind.value}.{_quote_text(owner.name)}]")
        values = {
            "secret": entry.secret,
            "keyring": entry.account,
            "user": entry.user,
            "set_at": entry.set_at,
        }
        lines += [f"{key} = {_quote_text(value)}" for key, value in values.items() if value is not None]
        lines.append("")
    return "\n".join(lines)


def _quote_text(value: str) -> str:
    """What JSON writes for a text without control characters is a text in TOML too."""
    return json.dumps(value, ensure_ascii=False)
