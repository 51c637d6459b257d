"""The tables of the lock of the show and of the audit, beside those of ``tables``."""

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from micboard_tui.storage.tables import Row


class ShowLockRow(Row, table=True):
    """The lock; no row: the show is not locked."""

    __tablename__ = "show_lock"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    locked_by: str = Field(sa_type=Text)
    locked_at: float
    pin_hash: str = Field(sa_type=Text)
    failures: int = 0
    """Wrong PINs, one after the other."""
    tried_at: float | None = None
    """The last of them, by the clock of the server; of a file, by that of the computer."""


class AuditRow(Row, table=True):
    """An entry of the audit; its columns are hashed with those of the one before."""

    __tablename__ = "audit"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: float = Field(index=True)
    actor: str = Field(sa_type=Text)
    front_end: str = Field(sa_type=Text)
    host: str = Field(sa_type=Text)
    terminal: str = Field(sa_type=Text)
    token: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    call: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text)
    search: str = Field(sa_type=Text)
    """What is looked for in it, in small letters; not hashed, since it follows from the others."""


class AuditEndsRow(Row, table=True):
    """Where the chain begins and ends, so that a missing end is noticed, and the oldest may go."""

    __tablename__ = "audit_ends"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    first: int
    """The number of the oldest entry that is kept."""
    anchor: str = Field(sa_type=Text)
    """The hash of the one before it."""
    last: int
    """The number of the newest entry; one less than ``first``: there is none."""
    last_hash: str = Field(sa_type=Text)
