"""The table of the lease on the devices, beside those of ``tables``."""

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from micboard_tui.storage.tables import Row


class LeaseRow(Row, table=True):
    """Who keeps the sessions with the devices; there is one row at most."""

    __tablename__ = "session_lease"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    token: int
    """One more with each holder."""
    home: str = Field(sa_type=Text)
    host: str = Field(sa_type=Text)
    """The name of the computer."""
    user_name: str = Field(sa_type=Text)
    pid: int
    since: float
    renewed_at: float
    """By the clock of the server; of a file, by that of the computer."""
    is_held: bool
