"""Who may watch, write and control, and how they prove who they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.user import Login, NewToken, Permission, Token, User

SESSION_LIFETIME_S = 30 * 86400.0
"""How long the login of a browser lasts."""


class UserContract(Protocol):
    """All answers are ServiceResults. Changes, logins and each arming of control are events.

    A change holds at once for all tokens of the user.

    Names are compared as those of performers: capitals make no difference.
    """

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

    async def set_key(self, name: str, public_key: str | None, *, actor: str) -> ServiceResult[User]:
        """Let a user attach from other computers with the key of which this is the public half.

        It takes the place of an earlier one; None: they can no longer attach. USER_NOT_FOUND, INVALID_VALUE.
        """
        ...

    async def remove_user(self, name: str, *, actor: str) -> ServiceResult[User]:
        """Remove a user with all tokens and the key. USER_NOT_FOUND."""
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
        """Check a password and begin a session, which lasts ``SESSION_LIFETIME_S``.

        LOGIN_REFUSED, TOO_MANY_REQUESTS while too many log in.
        """
        ...

    async def log_out(self, text: str) -> ServiceResult[None]:
        """End the session that is shown, and disarm control for its user; a token of a program stays."""
        ...

    async def check_token(self, text: str) -> ServiceResult[Login]:
        """Who shows this token. LOGIN_REFUSED when it is unknown, ended or of a removed user."""
        ...

    async def arm_control(self, minutes: int, *, actor: str) -> ServiceResult[float]:
        """Let this user give commands to devices for so long; until when, seconds since the epoch.

        1 to ``MAX_ARMED_MINUTES``, else INVALID_VALUE. It is forgotten when the program ends.
        """
        ...

    async def disarm_control(self, *, actor: str) -> ServiceResult[bool]:
        """Let this user give no commands any more; whether control was armed for them."""
        ...

    async def find_armed_end(self, name: str) -> ServiceResult[float | None]:
        """Until when control is armed for a user, seconds since the epoch; None: it is not."""
        ...


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user as it is stored. Printing it does not show the hash."""

    user: User
    password_hash: str | None = field(default=None, repr=False)
    """None: it has no password."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as it is stored. Printing it does not show the hash."""

    token: Token
    text_hash: str = field(repr=False)
    """SHA-256 of its text, as hex digits."""


class UserRepository(Protocol):
    """Where users and tokens are kept; what is written survives a power cut. Raises StorageError."""

    async def list_users(self) -> Sequence[User]:
        """All users, in no order."""
        ...

    async def find_user(self, name: str) -> StoredUser | None:
        """The user of that name, capitals ignored."""
        ...

    async def add_user(self, user: StoredUser) -> None:
        """USER_EXISTS."""
        ...

    async def change_user(
        self, user_id: str, *, permission: Permission | None = None, password_hash: str | None = None
    ) -> None:
        """Change what is given. Another password ends all sessions in the same transaction."""
        ...

    async def set_key(self, user_id: str, public_key: str | None) -> None:
        """Keep this public key instead of an earlier one; no other user has it."""
        ...

    async def remove_user(self, user_id: str) -> None:
        """Remove a user with all tokens."""
        ...

    async def list_tokens(self, user_id: str) -> Sequence[Token]:
        """The tokens and sessions of a user, newest first."""
        ...

    async def add_token(
        self, token: StoredToken, ended: Sequence[str] = (), *, password_hash: str | None = None
    ) -> None:
        """Keep a token instead of those with the ids ``ended``.

        ``password_hash``: it is kept only while the user has this one. CHANGED_SINCE when the user has
        another one, or is gone.
        """
        ...

    async def find_token(self, token_id: str) -> tuple[StoredToken, User] | None:
        """A token with its user."""
        ...

    async def remove_token(self, token_id: str) -> None:
        """Does nothing where there is none."""
        ...

    async def mark_used(self, token_id: str, at: float) -> None:
        """Write down when a token was used last; a power cut may lose that."""
        ...


class PasswordHasher(Protocol):
    """Makes slow hashes of passwords, so that a stolen database does not give them away.

    Raises MicboardError TOO_MANY_REQUESTS while too many wait.
    """

    async def hash_password(self, password: str) -> str:
        """A hash with its own salt."""
        ...

    async def check_password(self, password: str, known: str | None) -> bool:
        """Whether ``known`` is a hash of it. None takes as long, so that time does not tell who has one."""
        ...
