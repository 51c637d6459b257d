"""Where no user is kept: nobody can log in, and everybody is refused."""

# ruff: noqa: ARG002 - whoever asks is refused

from collections.abc import Sequence

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.user import Login, NewToken, Permission, Token, User

_NO_USER = Failure.of(MicboardError(ErrorCode.USER_NOT_FOUND, "There are no users"))
_REFUSED = Failure.of(MicboardError(ErrorCode.LOGIN_REFUSED, "There are no users"))


class NoUsers:
    """Implements ``UserContract``."""

    async def list_users(self) -> ServiceResult[Sequence[User]]:
        return Success(())

    async def add_user(
        self, name: str, permission: Permission, password: str | None = None, *, actor: str
    ) -> ServiceResult[User]:
        return _NO_USER

    async def change_user(
        self, name: str, *, permission: Permission | None = None, password: str | None = None, actor: str
    ) -> ServiceResult[User]:
        return _NO_USER

    async def remove_user(self, name: str, *, actor: str) -> ServiceResult[User]:
        return _NO_USER

    async def make_token(
        self, name: str, label: str, *, expires_at: float | None = None, actor: str
    ) -> ServiceResult[NewToken]:
        return _NO_USER

    async def list_tokens(self, name: str) -> ServiceResult[Sequence[Token]]:
        return _NO_USER

    async def revoke_token(self, token_id: str, *, actor: str) -> ServiceResult[Token]:
        return _NO_USER

    async def log_in(self, name: str, password: str) -> ServiceResult[NewToken]:
        return _REFUSED

    async def check_token(self, text: str) -> ServiceResult[Login]:
        return _REFUSED
