"""Who may watch, write and control, and how they prove who they are."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.user import Login, NewToken, Permission, Token, User

SESSION_LIFETIME_S = 30 * 86400.0
"""How long the login of a browser lasts."""


class UserContract(Protocol):
    """All answers are ServiceResults. Changes are events, and hold at once for all tokens of the user."""

    async def list_users(self) -> ServiceResult[Sequence[User]]:
        """All users, by name."""
        ...

    async def add_user(
        self, name: str, permission: Permission, password: str | None = None, *, actor: str
    ) -> ServiceResult[User]:
        """Add a user; without a password it comes in with tokens only. INVALID_VALUE, USER_EXISTS."""
        ...

    async def change_user(
        self,
        name: str,
        *,
        permission: Permission | None = None,
        password: str | None = None,
        actor: str,
    ) -> ServiceResult[User]:
        """Change what is given; another password ends all sessions. USER_NOT_FOUND, INVALID_VALUE."""
        ...

    async def remove_user(self, name: str, *, actor: str) -> ServiceResult[User]:
        """Remove a user with all tokens. USER_NOT_FOUND."""
        ...

    async def make_token(
        self, name: str, label: str, *, expires_at: float | None = None, actor: str
    ) -> ServiceResult[NewToken]:
        """Make a token for a user. USER_NOT_FOUND, INVALID_VALUE."""
        ...

    async def list_tokens(self, name: str) -> ServiceResult[Sequence[Token]]:
        """The tokens and sessions of a user, newest first. USER_NOT_FOUND."""
        ...

    async def revoke_token(self, token_id: str, *, actor: str) -> ServiceResult[Token]:
        """End a token or session. TOKEN_NOT_FOUND."""
        ...

    async def log_in(self, name: str, password: str) -> ServiceResult[NewToken]:
        """Check a password and begin a session, which lasts ``SESSION_LIFETIME_S``. LOGIN_REFUSED."""
        ...

    async def check_token(self, text: str) -> ServiceResult[Login]:
        """Who shows this token. LOGIN_REFUSED when it is unknown, ended or of a removed user."""
        ...
