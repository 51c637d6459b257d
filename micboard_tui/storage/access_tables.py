"""The table of the lock of the show, beside those of ``tables``."""

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
