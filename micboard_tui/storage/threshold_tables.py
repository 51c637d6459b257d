"""The tables of what people set of thresholds, beside those of ``tables``."""

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from micboard_tui.domain.show import ShowProfile
from micboard_tui.storage.tables import Row, one_of

MAX_SCOPE = 200


class ThresholdRow(Row, table=True):
    """One number that replaces that of the settings. Empty texts: for all channels, in every profile."""

    __tablename__ = "thresholds"
    __table_args__ = (CheckConstraint(f"length(scope) <= {MAX_SCOPE}", name="scope"),)

    scope: str = Field(primary_key=True, sa_type=Text)
    """``location:ID``, ``performer:ID`` or ``channel:DEVICE/NUMBER``."""
    profile: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True, sa_type=Text)
    value: float


class ChosenProfileRow(Row, table=True):
    """The profile that a person chose for the times without a show; there is one row at most."""

    __tablename__ = "chosen_profile"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), one_of("profile", ShowProfile))

    id: int = Field(default=1, primary_key=True)
    profile: str = Field(sa_type=Text)
