"""Backups: what one has, what restoring it replaces, and the copies that the program makes by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

COUNTED = ("devices", "locations", "performers", "assignments", "shows", "users", "events")
"""Whose entries say what a backup has."""


@dataclass(frozen=True, slots=True)
class DatabaseSummary:
    """What a database has."""

    schema: str | None
    """None: nothing yet."""
    counts: Mapping[str, int]
    """How many entries, by what they are, of ``COUNTED``."""


@dataclass(frozen=True, slots=True)
class WrittenBackup:
    file: str
    size_bytes: int
    members: tuple[str, ...]
    """The names of what is in it."""
    counts: Mapping[str, int]
    has_secrets: bool
    """Whether passwords of devices are in it."""


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A copy of the database that the program made by itself."""

    made_at: float
    """Seconds since the epoch."""
    file: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """A file that restoring writes."""

    name: str
    """In the backup."""
    target: str
    is_there: bool
    """Whether one is replaced."""


@dataclass(frozen=True, slots=True)
class RestorePreview:
    made_at: float | None
    """When the backup was made, in seconds since the epoch; None: it does not say."""
    counts: Mapping[str, int]
    """What the backup has."""
    present: Mapping[str, int] | None
    """What there is now; None: nothing, or it cannot be read."""
    is_present_readable: bool
    replacements: Sequence[Replacement]


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    file: str
    made_at: float | None
    names: tuple[str, ...]
    kept: str | None
    """Where what was replaced is now; None: nothing was there."""


class PreparedRestore(Protocol):
    """A backup that was looked into, while no other program uses the database."""

    @property
    def preview(self) -> RestorePreview:
        """What would be replaced by what."""
        ...

    def carry_out(self) -> RestoredBackup:
        """Replace it; killed at any moment, it leaves the old database or the new one. StorageError."""
        ...
