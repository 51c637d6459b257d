"""Users whose tokens are known beforehand."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.user import Login, NewToken, Permission, Token, User
from micboard_tui.services.user.control_arming import ControlArming

PASSWORD = "correct horse battery staple"  # noqa: S105 - of a test


def user(name: str, permission: Permission) -> User:
    return User(name.casefold(), name, permission, has_password=True, created_at=0.0)


WALTER = user("Walter", Permission.WATCH)
WANDA = user("Wanda", Permission.WRITE)
CARLA = user("Carla", Permission.CONTROL)
TOKENS: Mapping[str, User] = {"mb_1_watch": WALTER, "mb_2_write": WANDA, "mb_3_control": CARLA}
"""What they show, and who that is."""


class FakeUsers:
    """Knows one user for each permission. Implements ``UserContract`` as far as the API uses it."""

    arming: ControlArming
    """The real one."""

    def __init__(self) -> None:
        self.fault: ErrorInfo | None = None
        """Why no token can be checked now."""
        self.logins: dict[str, Login] = {
            text: Login(known, Token(text.split("_")[1], known.id, "test", 0.0))
            for text, known in TOKENS.items()
        }

    async def check_token(self, text: str) -> ServiceResult[Login]:
        if self.fault is not None:
            return Failure(self.fault)
        if (login := self.logins.get(text)) is None:
            return _refused("This token is not known")
        return Success(login)

    async def log_in(self, name: str, password: str) -> ServiceResult[NewToken]:
        known = next((each for each in TOKENS.values() if each.name == name), None)
        if known is None or password != PASSWORD:
            return _refused("The name or the password is not right")
        token = Token(f"s{len(self.logins)}", known.id, "browser", 0.0, is_session=True)
        text = f"mb_{token.id}_session"
        self.logins[text] = Login(known, token)
        return Success(NewToken(token, text))

    async def revoke_token(self, token_id: str, *, actor: str) -> ServiceResult[Token]:
        found = next((text for text, login in self.logins.items() if login.token.id == token_id), None)
        if found is None:
            return Failure.of(MicboardError(ErrorCode.TOKEN_NOT_FOUND, "No token has that number"))
        return Success(self.logins.pop(found).token)

    async def log_out(self, text: str) -> ServiceResult[None]:
        if self.fault is not None:
            return Failure(self.fault)
        if (login := self.logins.get(text)) is not None:
            await self.arming.disarm(login.user.name)
            if login.token.is_session:
                del self.logins[text]
        return Success(None)

    async def arm_control(self, minutes: int, *, actor: str) -> ServiceResult[float]:
        return Success(await self.arming.arm(actor, minutes))

    async def disarm_control(self, *, actor: str) -> ServiceResult[bool]:
        return Success(await self.arming.disarm(actor))

    async def find_armed_end(self, name: str) -> ServiceResult[float | None]:
        return Success(self.arming.end_of(name)) if self.fault is None else Failure(self.fault)

    async def list_users(self) -> ServiceResult[Sequence[User]]:
        return Success(list(TOKENS.values()))

    async def add_user(
        self, name: str, permission: Permission, password: str | None = None, *, actor: str
    ) -> NoReturn:
        raise AssertionError

    async def change_user(
        self,
        name: str,
        *,
        permission: Permission | None = None,
        password: str | None = None,
        actor: str,
    ) -> NoReturn:
        raise AssertionError

    async def set_key(self, name: str, public_key: str | None, *, actor: str) -> NoReturn:
        raise AssertionError

    async def remove_user(self, name: str, *, actor: str) -> NoReturn:
        raise AssertionError

    async def make_token(
        self, name: str, label: str, *, expires_at: float | None = None, actor: str
    ) -> NoReturn:
        raise AssertionError

    async def list_tokens(self, name: str) -> NoReturn:
        raise AssertionError


def _refused(message: str) -> Failure:
    return Failure.of(MicboardError(ErrorCode.LOGIN_REFUSED, message, hint="Log in again"))
