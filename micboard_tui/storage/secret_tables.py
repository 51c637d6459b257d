"""The tables of sealed secrets, their recipients, and refused keys, beside those of ``tables``."""

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from micboard_tui.domain.sealed_secret import RecipientRole
from micboard_tui.storage.tables import Row, one_of


class RecipientRow(Row, table=True):
    """A collector or hub for which secrets are sealed. Who writes here has them sealed for himself."""

    __tablename__ = "secret_recipients"
    __table_args__ = (one_of("role", RecipientRole),)

    public_key: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    zone: str = Field(sa_type=Text)
    seen_at: float
    """By the clock of the server; of a file, by that of the computer."""


class SealedSecretRow(Row, table=True):
    """A secret for one recipient. Kept when the device is removed, so that undo brings it back."""

    __tablename__ = "sealed_secrets"

    owner_kind: str = Field(primary_key=True, sa_type=Text)
    owner_name: str = Field(primary_key=True, sa_type=Text)
    recipient: str = Field(
        primary_key=True, foreign_key="secret_recipients.public_key", ondelete="CASCADE", sa_type=Text
    )
    box: str = Field(sa_type=Text)
    user_name: str | None = Field(default=None, sa_type=Text)
    set_at: str = Field(sa_type=Text)


class SecretRevisionRow(Row, table=True):
    """A number that grows with every box and recipient; there is one row at most."""

    __tablename__ = "secret_revision"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    number: int


class RefusedKeyRow(Row, table=True):
    """What a device refused, as a salted slow hash. Kept when the device is removed, for undo."""

    __tablename__ = "refused_keys"

    device_id: str = Field(primary_key=True, sa_type=Text)
    mark: str = Field(primary_key=True, sa_type=Text)
    salt: str = Field(sa_type=Text)
    at: float
