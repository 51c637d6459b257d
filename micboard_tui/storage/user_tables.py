"""The tables of users and their tokens, beside those of ``tables``."""

from sqlalchemy import Text
from sqlmodel import Field

from micboard_tui.domain.user import MAX_USER_NAME, Permission
from micboard_tui.storage.tables import Row, length, one_of


class UserRow(Row, table=True):
    """Who may log in."""

    __tablename__ = "users"
    __table_args__ = (length("name", MAX_USER_NAME), one_of("permission", Permission))

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    folded_name: str = Field(sa_type=Text, unique=True)
    permission: str = Field(sa_type=Text)
    password_hash: str | None = Field(default=None, sa_type=Text)
    created_at: float
    public_key: str | None = Field(default=None, sa_type=Text, index=True, unique=True)


class TokenRow(Row, table=True):
    """What opens the door without a password: its hash, never its text."""

    __tablename__ = "tokens"

    id: str = Field(primary_key=True, sa_type=Text)
    user_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True, sa_type=Text)
    label: str = Field(sa_type=Text)
    text_hash: str = Field(sa_type=Text)
    created_at: float
    last_used_at: float | None = None
    expires_at: float | None = None
    is_session: bool = False
