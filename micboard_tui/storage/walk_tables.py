"""The table of walk tests, beside those of ``tables``."""

from sqlalchemy import Text
from sqlmodel import Field

from micboard_tui.storage.tables import Row


class WalkRow(Row, table=True):
    __tablename__ = "walks"

    id: int | None = Field(default=None, primary_key=True)
    started_at: float
    ended_at: float
    actor: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    places: str = Field(sa_type=Text)
    """Their names by number, as JSON."""
    results: str = Field(sa_type=Text)
    """The figures of each channel at each place, as JSON."""
