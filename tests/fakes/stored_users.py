"""Users and tokens in memory, and hashes that take no time. The same tests hold for the real ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.users import PasswordHasher, StoredToken, StoredUser, UserRepository
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.user import Permission, Token, User
from micboard_tui.services.user.control_arming import ControlArming
from micboard_tui.services.user.user_events import UserEvents
from micboard_tui.services.user.user_service import UserService


class InMemoryUsers:
    """Implements ``UserRepository``; while ``is_full`` is set nothing can be stored."""

    def __init__(self) -> None:
        self.users: dict[str, StoredUser] = {}
        self.tokens: dict[str, StoredToken] = {}
        self.is_full = False

    async def list_users(self) -> Sequence[User]:
        return [stored.user for stored in self.users.values()]

    async def find_user(self, name: str) -> StoredUser | None:
        folded = fold_name(name)
        return next((each for each in self.users.values() if fold_name(each.user.name) == folded), None)

    async def add_user(self, user: StoredUser) -> None:
        if await self.find_user(user.user.name) is not None:
            raise StorageError(ErrorCode.USER_EXISTS, "The name is taken", hint="Another")
        self.users[user.user.id] = user

    async def change_user(
        self, user_id: str, *, permission: Permission | None = None, password_hash: str | None = None
    ) -> None:
        if (stored := self.users.get(user_id)) is None:
            return
        if permission is not None:
            stored = replace(stored, user=replace(stored.user, permission=permission))
        if password_hash is not None:
            stored = StoredUser(replace(stored.user, has_password=True), password_hash)
            self._drop(token for token in self._tokens_of(user_id) if token.is_session)
        self.users[user_id] = stored

    async def set_key(self, user_id: str, public_key: str | None) -> None:
        if (stored := self.users.get(user_id)) is not None:
            self.users[user_id] = replace(stored, user=replace(stored.user, public_key=public_key))

    async def remove_user(self, user_id: str) -> None:
        self._drop(self._tokens_of(user_id))
        self.users.pop(user_id, None)

    async def list_tokens(self, user_id: str) -> Sequence[Token]:
        return sorted(self._tokens_of(user_id), key=lambda token: (token.created_at, token.id), reverse=True)

    async def add_token(
        self, token: StoredToken, ended: Sequence[str] = (), *, password_hash: str | None = None
    ) -> None:
        user = self.users.get(token.token.user_id)
        if user is None or (password_hash is not None and user.password_hash != password_hash):
            raise StorageError(ErrorCode.CHANGED_SINCE, "It was changed meanwhile", hint="Look again")
        for token_id in ended:
            del self.tokens[token_id]
        self.tokens[token.token.id] = token

    async def find_token(self, token_id: str) -> tuple[StoredToken, User] | None:
        stored = self.tokens.get(token_id)
        return None if stored is None else (stored, self.users[stored.token.user_id].user)

    async def remove_token(self, token_id: str) -> None:
        self.tokens.pop(token_id, None)

    async def mark_used(self, token_id: str, at: float) -> None:
        if self.is_full:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
        if (stored := self.tokens.get(token_id)) is not None:
            self.tokens[token_id] = replace(stored, token=replace(stored.token, last_used_at=at))

    def _tokens_of(self, user_id: str) -> list[Token]:
        return [each.token for each in self.tokens.values() if each.token.user_id == user_id]

    def _drop(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            del self.tokens[token.id]


class FastHasher:
    """Implements ``PasswordHasher``; counts what was checked, and against what."""

    def __init__(self) -> None:
        self.checked: list[str | None] = []

    async def hash_password(self, password: str) -> str:
        return f"hash of {password}"

    async def check_password(self, password: str, known: str | None) -> bool:
        self.checked.append(known)
        return known == f"hash of {password}"


def build_users(
    users: UserRepository, hasher: PasswordHasher, events: EventSink, clock: WallClock
) -> UserService:
    """The service, with an arming of control of its own."""
    user_events = UserEvents(events, clock)
    return UserService(users, hasher, user_events, ControlArming(user_events, clock), clock)
